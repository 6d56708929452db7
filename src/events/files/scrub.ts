import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';

type ScrubKind = 'email' | 'name' | 'phone' | 'ip' | 'ipv6' | 'secret';

/** What stands in for a value; `tag` is the same for the same value, wherever and whenever it is met. */
const standIns: Record<ScrubKind, (tag: number) => string> = {
  email: (tag) => `user-${hex(tag)}@example.com`,
  name: (tag) => `Name-${hex(tag)}`,
  // 555-0100 to 555-0199 belong to nobody (ATIS-0300115), nor do these addresses (RFC 5737, RFC 3849).
  phone: (tag) => `+120255501${String(tag % 100).padStart(2, '0')}`,
  ip: (tag) => `192.0.2.${1 + (tag % 254)}`,
  ipv6: (tag) => `2001:db8::${hex(tag)}`,
  secret: (tag) => `scrubbed-${hex(tag)}`,
};

/** Fields whose whole value, and all that is in it, is of a kind: by their name, and by what the value looks like. */
const kindsByField: [kind: ScrubKind, field: RegExp, value: RegExp][] = [
  [
    'secret',
    /^(?!.*(_at|At|_type|Type|_in|_id|Id)$).*(secret|token|passw|api_?key|private_?key|credential|authorization|cookie|assertion)/i,
    /./s,
  ],
  ['phone', /phone|mobile|fax/i, /^\+?[0-9 ()./-]{4,}$/],
  [
    'name',
    /^((given|family|middle|first|last|full|nick|user|display|preferred_user)?_?name|formatted|cn|sn)$/i,
    /./s,
  ],
];

/** Looks like a phone number by its digits, and is a date. */
const date = /^\d{4}-\d\d-\d\d/;

/** What is of a kind wherever it stands in a text. */
const kindsByForm: [kind: ScrubKind, form: RegExp][] = [
  ['secret', /(?:whsec|insec)_[A-Za-z0-9+/=_-]{8,}|\beyJ[\w-]+\.[\w-]+\.[\w-]*/g],
  ['email', /(?:"[^"]+"|[\p{L}\p{N}._+-]+)(?:@|%40)[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*/gu],
  [
    'phone',
    /\+[0-9][0-9 ().-]{5,}[0-9]|(?<![\w.-])(?:\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}|0\d{2,4}[ /-]\d{5,8})(?![\w.-])/g,
  ],
  ['ip', /(?<![\w.-]|[^/]\/)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.])/g],
];

/**
 * Replaces what is personal or secret in an event's data by stand-ins: e-mail addresses, names, phone numbers, IP
 * addresses, and secrets. Equal values get equal stand-ins, in every event. All else stays byte for byte.
 */
export function scrub(json: string): { readonly json: string; readonly count: number } {
  const data = findNodeAtLocation(parseTree(json)!, ['data']);
  if (!data) return { json, count: 0 };
  const texts = textsIn(data, []);
  const whole = new Map<string, string>();
  for (const text of texts) {
    const kind = kindOf(text);
    if (kind) whole.set(text.value, standIn(kind, text.value));
  }
  // One letter is no name.
  const named = new Names([...whole].filter(([value]) => value.length > 1));
  const pieces: string[] = [];
  let [from, count] = [0, 0];
  for (const text of texts) {
    const { node, value } = text;
    const replaced = (kindOf(text) && whole.get(value)) ?? scrubText(text, named);
    if (replaced === value) continue;
    pieces.push(json.slice(from, node.offset), written(node, replaced));
    from = node.offset + node.length;
    count += 1;
  }
  return { json: [...pieces, json.slice(from)].join(''), count };
}

/** A number stays one. */
function written({ type }: Node, replaced: string): string {
  const digits = replaced.replaceAll(/\D/g, '').replace(/^0+/, '');
  return type === 'number' ? digits || '0' : JSON.stringify(replaced);
}

/** A text in the data, or a number that may be that of a phone; in order of appearance. */
interface Text {
  readonly node: Node;
  /** The name of the field that holds it; empty for the name of a field itself. */
  readonly field: string;
  readonly path: readonly string[];
  readonly value: string;
}

function textsIn(node: Node, path: readonly string[]): Text[] {
  const field = path.at(-1) ?? '';
  switch (node.type) {
    case 'object':
      return (node.children ?? []).flatMap(({ children }) => {
        const [name, value] = children as [Node, Node];
        const own = { node: name, field: '', path, value: name.value as string };
        return [own, ...textsIn(value, [...path, name.value])];
      });
    case 'array':
      return (node.children ?? []).flatMap((child) => textsIn(child, path));
    case 'string':
      return [{ node, field, path, value: node.value }];
    case 'number':
      return kindOf({ field, path, value: String(node.value) })
        ? [{ node, field, path, value: String(node.value) }]
        : [];
    default:
      return [];
  }
}

/** The kind of a field's whole value. What a role is called is no person's name. */
function kindOf({ field, path, value }: Pick<Text, 'field' | 'path' | 'value'>): ScrubKind | undefined {
  if (field === '' || value === '') return undefined;
  const isRole = path.some((step) => /roles|permissions|scopes/i.test(step));
  for (const [kind, name, form] of kindsByField) {
    const isNamed = kind === 'name' ? !isRole && name.test(field) : path.some((step) => name.test(step));
    if (isNamed && form.test(value) && !date.test(value)) return kind;
  }
  return undefined;
}

function scrubText({ value, field }: Text, named: Names): string {
  let result = value;
  for (const [kind, form] of kindsByForm) {
    // 120.0.0.0 is a version of a browser.
    if (kind === 'ip' && /version/i.test(field)) continue;
    result = result.replace(form, (found) => standIn(kind, found));
  }
  result = result.replace(/[0-9a-fA-F:.]{3,}/g, (found) => (isIPv6(found) ? standIn('ipv6', found) : found));
  // The name of a field is a word of the handler's.
  return field === '' ? result : named.replaceIn(result);
}

const word = /[\p{L}\p{N}]+/gu;

interface Name {
  /** In lower case: names are found whatever their case. */
  readonly lower: string;
  /** Where its first word begins. */
  readonly lead: number;
  readonly standIn: string;
}

/** Names that may stand anywhere in a text, found by their first word: there may be as many as texts. */
class Names {
  readonly #byFirstWord = new Map<string, Name[]>();

  constructor(names: readonly [name: string, standIn: string][]) {
    // The longest first: a full name holds the given name.
    for (const [name, standIn] of [...names].sort(([a], [b]) => b.length - a.length)) {
      const lower = inLowerCase(name);
      const [first] = lower.matchAll(word);
      if (!first) continue;
      const [key] = first;
      const known = this.#byFirstWord.get(key) ?? [];
      this.#byFirstWord.set(key, known);
      known.push({ lower, lead: first.index, standIn });
    }
  }

  /** The text with stand-ins for all names that stand in it as words of their own. */
  replaceIn(text: string): string {
    if (this.#byFirstWord.size === 0) return text;
    const lower = inLowerCase(text);
    const pieces: string[] = [];
    let done = 0;
    for (const { 0: key, index } of lower.matchAll(word)) {
      const found = this.#byFirstWord
        .get(key)
        ?.find((name) => index - name.lead >= done && standsAt(lower, index - name.lead, name.lower));
      if (!found) continue;
      const start = index - found.lead;
      pieces.push(text.slice(done, start), found.standIn);
      done = start + found.lower.length;
    }
    return pieces.length === 0 ? text : pieces.join('') + text.slice(done);
  }
}

/** In lower case, each letter in its place: few have another length there, and those stay. */
function inLowerCase(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return text.replace(/./gsu, (letter) => {
    const small = letter.toLowerCase();
    return small.length === letter.length ? small : letter;
  });
}

/** Whether a name stands at a place of a text, and is no part of a longer word there. */
function standsAt(text: string, at: number, name: string): boolean {
  return (
    text.startsWith(name, at) &&
    !/[\p{L}\p{N}]$/u.test(text.slice(Math.max(0, at - 2), at)) &&
    !/^[\p{L}\p{N}]/u.test(text.slice(at + name.length, at + name.length + 2))
  );
}

/**
 * Sixteen bits of a hash: enough to tell the people of some fixtures apart, too few to prove whose address it was.
 */
function standIn(kind: ScrubKind, value: string): string {
  const own = kind === 'email' ? value.toLowerCase().replace('%40', '@') : value;
  return standIns[kind](createHash('sha256').update(`${kind} ${own}`).digest().readUInt16BE());
}

function hex(tag: number): string {
  return tag.toString(16).padStart(4, '0');
}
