import { visit } from 'jsonc-parser';

/** Parsed JSON that keeps the source text of names, strings and numbers, and the order of members. */
export type Json = string | readonly Json[] | { readonly members: readonly Member[] };
type Member = readonly [name: string, value: Json];

/** Layout, string escaping, and member order of serialized JSON. */
export interface JsonStyle {
  readonly layout: Layout;
  readonly escapes: Escapes;
  readonly order: 'kept' | 'sorted';
}

/** Parses JSON and keeps the text of every value; undefined for invalid or too deeply nested JSON. */
export function readJson(text: string): Json | undefined {
  type Open = { readonly items: Json[]; readonly names: string[] | undefined };
  const top: Json[] = [];
  const open: Open[] = [{ items: top, names: undefined }];
  let isBroken = false;
  const add = (value: Json) => open.at(-1)?.items.push(value);
  const begin = (names: string[] | undefined) => void open.push({ items: [], names });
  const end = () => {
    const { items, names } = open.pop()!;
    add(names ? { members: names.map((name, index) => [name, items[index]!] as const) } : items);
  };
  const options = { allowTrailingComma: false, disallowComments: true };
  try {
    JSON.parse(text);
    visit(
      text,
      {
        onObjectBegin: () => begin([]),
        onObjectProperty: (_name, offset, length) =>
          void open.at(-1)?.names?.push(text.slice(offset, offset + length)),
        onObjectEnd: end,
        onArrayBegin: () => begin(undefined),
        onArrayEnd: end,
        onLiteralValue: (_value, offset, length) => add(text.slice(offset, offset + length)),
        onError: () => {
          isBroken = true;
        },
      },
      options,
    );
  } catch {
    return undefined;
  }
  return isBroken ? undefined : top[0];
}

/** Serializes JSON in a style. Throws RangeError if it is nested too deeply. */
export function writeJson(json: Json, { layout, escapes, order }: JsonStyle): string {
  const { indent, colon, comma, eol, pad, hasInlineLists } = layouts[layout];
  const literal = (text: string) => (isPlain(text) ? text : escapings[escapes](text));
  const block = (parts: readonly string[], [before, after]: string, margin: string) => {
    if (parts.length === 0) return before + (hasInlineLists ? ' ' : '') + after;
    if (indent === '') return before + pad + parts.join(comma) + pad + after;
    const inner = margin + indent;
    return `${before}${eol}${inner}${parts.join(`,${eol}${inner}`)}${eol}${margin}${after}`;
  };
  const writeObject = (members: readonly Member[], margin: string) => {
    const listed = order === 'sorted' ? sorted(members) : members;
    const parts = listed.map(([name, value]) => literal(name) + colon + write(value, margin + indent));
    return block(parts, '{}', margin);
  };
  const writeList = (items: readonly Json[], margin: string) => {
    if (!hasInlineLists)
      return block(
        items.map((item) => write(item, margin + indent)),
        '[]',
        margin,
      );
    return `[ ${items.map((item) => write(item, margin)).join(', ')}${items.length > 0 ? ' ' : ''}]`;
  };
  const write = (value: Json, margin: string): string => {
    if (typeof value === 'string') return literal(value);
    return 'members' in value ? writeObject(value.members, margin) : writeList(value, margin);
  };
  return write(json, '');
}

function sorted(members: readonly Member[]): readonly Member[] {
  const byName = members.map((member) => [JSON.parse(member[0]) as string, member] as const);
  return byName.sort(([a], [b]) => (a < b ? -1 : Number(a > b))).map(([, member]) => member);
}

/** `pad` goes inside brackets; `hasInlineLists` keeps an array's brackets and items on one line. */
const plain = { indent: '', colon: ': ', comma: ', ', eol: '\n', pad: '', hasInlineLists: false };
const layouts = {
  compact: { ...plain, colon: ':', comma: ',' },
  spaced: plain,
  indent2: { ...plain, indent: '  ' },
  indent4: { ...plain, indent: '    ' },
  tabs: { ...plain, indent: '\t' },
  indent3: { ...plain, indent: '   ' },
  indent2_crlf: { ...plain, indent: '  ', eol: '\r\n' },
  indent4_crlf: { ...plain, indent: '    ', eol: '\r\n' },
  padded: { ...plain, pad: ' ' },
  colon_spaced: { ...plain, comma: ',' },
  jackson: { ...plain, indent: '  ', colon: ' : ', hasInlineLists: true },
};
export type Layout = keyof typeof layouts;
export const layoutNames = Object.keys(layouts) as Layout[];

const lower = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
const upper = (character: string) =>
  `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
/** Escapes as JSON.stringify does: only quotation marks, backslashes, control characters and lone surrogates. */
const minimal = (literal: string) => JSON.stringify(JSON.parse(literal));
const beyondAscii = /[^ -~]/g;

/** Escaping styles by serializer. Each takes a JSON string literal with its quotation marks. */
const escapings = {
  kept: (literal: string) => literal,
  minimal,
  ascii: (literal: string) => minimal(literal).replace(beyondAscii, lower),
  ascii_upper: (literal: string) => minimal(literal).replace(beyondAscii, upper),
  go: (literal: string) =>
    minimal(literal)
      .replace(/[<>&\u2028\u2029]/g, lower)
      .replace(/\\([bf])/g, (all, letter, offset, whole) =>
        isEscaped(whole, offset) ? all : letter === 'b' ? '\\u0008' : '\\u000c',
      ),
  html: (literal: string) => minimal(literal).replace(/[<>&\u2028\u2029]/g, lower),
  slashes: (literal: string) => minimal(literal).replaceAll('/', '\\/'),
  slashes_ascii: (literal: string) => minimal(literal).replaceAll('/', '\\/').replace(beyondAscii, lower),
  gson: (literal: string) => minimal(literal).replace(/[<>&='\u2028\u2029]/g, lower),
  dotnet: (literal: string) => {
    const inner = minimal(literal)
      .slice(1, -1)
      .replaceAll(/\\\\|\\"/g, (pair) => (pair === '\\"' ? '\\u0022' : pair));
    return `"${inner.replace(/[<>&'+`\x7f-\uffff]/g, upper)}"`;
  },
};
export type Escapes = keyof typeof escapings;

/** Whether a value is not a string, or a string that every style escapes the same way. */
function isPlain(literal: string): boolean {
  return !literal.startsWith('"') || /^"[\w .,:;@!?#$%()*[\]{}|~^-]*"$/.test(literal);
}

/** The escaping styles that produce different output for a body; `kept` comes first. */
export function escapesFor(json: Json): Escapes[] {
  const literals = textsOf(json).filter((literal) => !isPlain(literal));
  const distinct = new Map<string, Escapes>();
  for (const name of Object.keys(escapings) as Escapes[]) {
    const written = literals.map((literal) => escapings[name](literal)).join('\n');
    if (!distinct.has(written)) distinct.set(written, name);
  }
  return [...distinct.values()];
}

/** All names and scalar values. Not recursive, because JSON may be nested deeper than the stack allows. */
export function textsOf(json: Json): string[] {
  const texts: string[] = [];
  const rest = [json];
  for (let value = rest.pop(); value !== undefined; value = rest.pop()) {
    if (typeof value === 'string') texts.push(value);
    else if ('members' in value) {
      for (const [name, member] of value.members) {
        texts.push(name);
        rest.push(member);
      }
    } else for (const item of value) rest.push(item);
  }
  return texts;
}

/** Whether the backslash at an offset is itself escaped, by an odd number of backslashes before it. */
function isEscaped(text: string, offset: number): boolean {
  let before = 0;
  while (text[offset - 1 - before] === '\\') before += 1;
  return before % 2 === 1;
}
