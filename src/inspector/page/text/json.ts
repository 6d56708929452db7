/**
 * JSON as tokens of the text. Bodies are shown and edited by these, never by JSON.parse and JSON.stringify, because those
 * change numbers, escapes and repeated keys. Text that is not JSON has tokens too, of kind `other`.
 */
export type BodyTokenKind =
  | 'open'
  | 'close'
  | 'comma'
  | 'colon'
  | 'key'
  | 'string'
  | 'number'
  | 'literal'
  | 'space'
  | 'other';

export interface BodyToken {
  readonly kind: BodyTokenKind;
  readonly start: number;
  readonly end: number;
}

const marks: Readonly<Record<string, BodyTokenKind>> = {
  '{': 'open',
  '[': 'open',
  '}': 'close',
  ']': 'close',
  ',': 'comma',
  ':': 'colon',
};

const isSpace = (code: number) =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0xfeff;
const isDigit = (code: number) => code >= 0x30 && code <= 0x39;
const isWord = (code: number) =>
  isDigit(code) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f;
const isInNumber = (code: number) => isDigit(code) || '.eE+-'.includes(String.fromCharCode(code));

/** A loop, not a pattern: a pattern overflows the stack on a string of a few megabytes. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    at += code === 0x5c ? 2 : 1;
  }
  return text.length;
}

function endOfRun(text: string, start: number, belongs: (code: number) => boolean): number {
  let at = start + 1;
  while (at < text.length && belongs(text.charCodeAt(at))) at++;
  return at;
}

function stringAt(text: string, start: number): BodyToken {
  const end = endOfString(text, start);
  let next = end;
  while (isSpace(text.charCodeAt(next))) next++;
  return { kind: text[next] === ':' ? 'key' : 'string', start, end };
}

function tokenAt(text: string, start: number): BodyToken {
  const code = text.charCodeAt(start);
  if (code === 0x22) return stringAt(text, start);
  const mark = marks[text[start]!];
  if (mark) return { kind: mark, start, end: start + 1 };
  if (isSpace(code)) return { kind: 'space', start, end: endOfRun(text, start, isSpace) };
  if (isDigit(code) || (code === 0x2d && isDigit(text.charCodeAt(start + 1)))) {
    return { kind: 'number', start, end: endOfRun(text, start, isInNumber) };
  }
  if (!isWord(code)) return { kind: 'other', start, end: start + 1 };
  const end = endOfRun(text, start, isWord);
  const isLiteral = /^(true|false|null)$/.test(text.slice(start, Math.min(end, start + 6)));
  return { kind: isLiteral ? 'literal' : 'other', start, end };
}

/** One token after the other, to read only the first ones, or to keep none. */
export function* eachToken(text: string): Generator<BodyToken> {
  for (let at = 0; at < text.length; ) {
    const token = tokenAt(text, at);
    yield token;
    at = token.end;
  }
}

export const tokensOf = (text: string): BodyToken[] => [...eachToken(text)];

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A line of an indented body. `last` is the line that closes what this one opens; null if it is beyond the limit. */
export interface BodyLine {
  readonly depth: number;
  readonly tokens: BodyToken[];
  last: number | null;
}

/**
 * The lines of valid JSON, indented with 2 spaces per level; empty objects and arrays stay on one line. Stops after
 * `limit` lines.
 */
export function linesOf(tokens: Iterable<BodyToken>, limit = Number.POSITIVE_INFINITY): BodyLine[] {
  const lines: BodyLine[] = [{ depth: 0, tokens: [], last: null }];
  const open: BodyLine[] = [];
  let before: BodyTokenKind | undefined;
  for (const token of tokens) {
    const { kind } = token;
    if (kind === 'space') continue;
    const opener = kind === 'close' ? open.pop() : undefined;
    const isNewLine = kind === 'close' ? before !== 'open' : before === 'open' || before === 'comma';
    if (isNewLine && lines.length === limit) return lines;
    if (isNewLine) lines.push({ depth: open.length, tokens: [], last: null });
    if (isNewLine && opener) opener.last = lines.length - 1;
    const line = lines.at(-1)!;
    line.tokens.push(token);
    if (kind === 'open') open.push(line);
    before = kind;
  }
  return lines;
}

/**
 * Where the value of a line starts and ends, with everything in it. Null for a line that only closes another, and for a
 * value that ends beyond the limit.
 */
export function valueRange(lines: readonly BodyLine[], index: number): readonly [number, number] | null {
  const { tokens, last } = lines[index]!;
  const first = tokens.find(({ kind }) => kind !== 'key' && kind !== 'colon');
  if (!first || first.kind === 'close') return null;
  if (first.kind !== 'open') return [first.start, first.end];
  const closing = last === null ? tokens.find(({ kind }) => kind === 'close') : lines[last]!.tokens[0];
  return closing ? [first.start, closing.end] : null;
}

function lineText(text: string, { depth, tokens }: BodyLine): string {
  const parts = tokens.map(({ kind, start, end }) => text.slice(start, end) + (kind === 'colon' ? ' ' : ''));
  return '  '.repeat(depth) + parts.join('');
}

/** Valid JSON indented with 2 spaces; any other text as it is. */
export function indented(text: string): string {
  if (!isJson(text)) return text;
  return linesOf(tokensOf(text))
    .map((line) => lineText(text, line))
    .join('\n');
}

/** Valid JSON without whitespace between tokens; any other text as it is. */
export function compacted(text: string): string {
  if (!isJson(text)) return text;
  return tokensOf(text)
    .filter(({ kind }) => kind !== 'space')
    .map(({ start, end }) => text.slice(start, end))
    .join('');
}

/** The text that a JSON string stands for; the literal itself if it is not valid. */
export function decoded(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}

/** A value that is not an object or array. */
export interface JsonLeaf {
  /** Such as `data.items[0].id`. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** Where its name starts; in an array, where it starts itself. */
  readonly from: number;
}

export function* eachLeaf(text: string): Generator<JsonLeaf> {
  const path: (string | number)[] = [];
  let from: number | undefined;
  const name = () =>
    path.reduce<string>(
      (sum, step) => (typeof step === 'number' ? `${sum}[${step}]` : sum ? `${sum}.${step}` : step),
      '',
    );
  for (const { kind, start, end } of eachToken(text)) {
    if (kind === 'open') path.push(text[start] === '[' ? 0 : '');
    else if (kind === 'close') path.pop();
    else if (kind === 'key') path[path.length - 1] = decoded(text.slice(start, end));
    else if (kind === 'comma' && typeof path.at(-1) === 'number')
      path[path.length - 1] = Number(path.at(-1)) + 1;
    else if (kind === 'string' || kind === 'number' || kind === 'literal')
      yield { path: name(), start, end, from: from ?? start };
    if (kind === 'key') from = start;
    else if (kind !== 'space' && kind !== 'colon') from = undefined;
  }
}

/** The text of each leaf by its path. */
export function leavesOf(text: string): Map<string, string> {
  const leaves = new Map<string, string>();
  for (const { path, start, end } of eachLeaf(text)) leaves.set(path, text.slice(start, end));
  return leaves;
}

/** The line, from 0, of each value in a text, by its path as JSON. */
export function linesByPath(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  const path: (string | number)[] = [];
  let line = 0;
  const note = () => {
    const name = JSON.stringify(path);
    if (!lines.has(name)) lines.set(name, line);
  };
  for (const { kind, start, end } of tokensOf(text)) {
    if (kind === 'space') line += text.slice(start, end).split('\n').length - 1;
    else if (kind === 'key') path[path.length - 1] = decoded(text.slice(start, end));
    else if (kind === 'comma' && typeof path.at(-1) === 'number')
      path[path.length - 1] = Number(path.at(-1)) + 1;
    else if (kind === 'close') path.pop();
    if (kind !== 'space' && kind !== 'comma' && kind !== 'close') note();
    if (kind === 'open') path.push(text[start] === '[' ? 0 : '');
  }
  return lines;
}

/** The line of a value; for one that is missing, that of the object it is missing in. */
export function lineOfPath(lines: ReadonlyMap<string, number>, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const line = lines.get(JSON.stringify(path.slice(0, length)));
    if (line !== undefined) return line;
  }
  return 0;
}

const isOpening = (code: number) => code === 0x7b || code === 0x5b;
const isClosing = (code: number) => code === 0x7d || code === 0x5d;

/**
 * The text of each member of the outermost object of valid JSON, by name. Character by character, because the tokens of a
 * large body would keep the page busy for longer than anyone should notice.
 */
export function membersOf(text: string): Map<string, string> {
  const members = new Map<string, string>();
  let depth = 0;
  let name = '';
  /** Where the value starts; undefined before it. */
  let start: number | undefined;
  for (let at = 0, next = 0; at < text.length; at = next) {
    const code = text.charCodeAt(at);
    next = code === 0x22 ? endOfString(text, at) : at + 1;
    if (isClosing(code)) depth--;
    if (start !== undefined && (depth === 0 || (depth === 1 && code === 0x2c))) {
      members.set(name, text.slice(start, at).trim());
      start = undefined;
    }
    if (depth === 1 && start === undefined && code === 0x22) name = decoded(text.slice(at, next));
    if (depth === 1 && start === undefined && code === 0x3a) start = next;
    if (isOpening(code)) depth++;
  }
  return members;
}
