import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';

type ScrubKind = 'email' | 'name' | 'phone' | 'ip' | 'ipv6' | 'secret';

/** Replacement values. Equal values get the same `tag`, in every event and every run. */
const replacements: Record<ScrubKind, (tag: number) => string> = {
  email: (tag) => `user-${hex(tag)}@example.com`,
  name: (tag) => `Name-${hex(tag)}`,
  // Reserved: 555-0100 to 555-0199 (ATIS-0300115), and these IP addresses (RFC 5737, RFC 3849).
  phone: (tag) => `+120255501${String(tag % 100).padStart(2, '0')}`,
  ip: (tag) => `192.0.2.${1 + (tag % 254)}`,
  ipv6: (tag) => `2001:db8::${hex(tag)}`,
  secret: (tag) => `scrubbed-${hex(tag)}`,
};

/** Fields whose entire value, including nested values, is of a kind, by field name and format of the value. */
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

/** A date has enough digits to look like a phone number. */
const date = /^\d{4}-\d\d-\d\d/;

/** Patterns that are replaced anywhere in a string. */
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
 * Replaces email addresses, names, phone numbers, IP addresses and secrets in an event's data. Equal values get equal
 * replacements, in every event. All other bytes stay the same. `count` is the number of changed values.
 */
export function scrub(json: string): { readonly json: string; readonly count: number } {
  const data = findNodeAtLocation(parseTree(json)!, ['data']);
  if (!data) return { json, count: 0 };
  const texts = textsIn(data, []);
  const wholeValues = new Map<string, string>();
  for (const text of texts) {
    const kind = kindOf(text);
    if (kind) wholeValues.set(text.value, replacement(kind, text.value));
  }
  // A single letter is not searched for as a name.
  const names = new Names([...wholeValues].filter(([value]) => value.length > 1));
  const pieces: string[] = [];
  let [from, count] = [0, 0];
  for (const text of texts) {
    const { node, value } = text;
    const replaced = (kindOf(text) && wholeValues.get(value)) ?? scrubText(text, names);
    if (replaced === value) continue;
    pieces.push(json.slice(from, node.offset), toJson(node, replaced));
    from = node.offset + node.length;
    count += 1;
  }
  return { json: [...pieces, json.slice(from)].join(''), count };
}

/** A number is replaced with a number. */
function toJson({ type }: Node, replaced: string): string {
  const digits = replaced.replaceAll(/\D/g, '').replace(/^0+/, '');
  return type === 'number' ? digits || '0' : JSON.stringify(replaced);
}

/** A string in the data, or a number that may be a phone number. */
interface Text {
  readonly node: Node;
  /** The name of the field that holds it; empty for a field name itself. */
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
        const fieldName = { node: name, field: '', path, value: name.value as string };
        return [fieldName, ...textsIn(value, [...path, name.value])];
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

/** The kind of a field's entire value. The name of a role is not personal. */
function kindOf({ field, path, value }: Pick<Text, 'field' | 'path' | 'value'>): ScrubKind | undefined {
  if (field === '' || value === '') return undefined;
  const isRole = path.some((step) => /roles|permissions|scopes/i.test(step));
  for (const [kind, name, form] of kindsByField) {
    const isNamed = kind === 'name' ? !isRole && name.test(field) : path.some((step) => name.test(step));
    if (isNamed && form.test(value) && !date.test(value)) return kind;
  }
  return undefined;
}

function scrubText({ value, field }: Text, names: Names): string {
  let result = value;
  for (const [kind, form] of kindsByForm) {
    // 120.0.0.0 can be a browser version.
    if (kind === 'ip' && /version/i.test(field)) continue;
    result = result.replace(form, (found) => replacement(kind, found));
  }
  result = result.replace(/[0-9a-fA-F:.]{3,}/g, (found) =>
    isIPv6(found) ? replacement('ipv6', found) : found,
  );
  // Field names are part of the schema, so names of people in them are kept.
  return field === '' ? result : names.replaceIn(result);
}

const word = /[\p{L}\p{N}]+/gu;

interface Name {
  /** In lowercase, because names match in any case. */
  readonly lower: string;
  /** Offset of its first word. */
  readonly lead: number;
  readonly replacement: string;
}

/** Finds names anywhere in a text. Indexed by first word, because there may be as many names as texts. */
class Names {
  readonly #byFirstWord = new Map<string, Name[]>();

  constructor(names: readonly [name: string, replacement: string][]) {
    // Longest first, because a full name contains the given name.
    for (const [name, replacement] of [...names].sort(([a], [b]) => b.length - a.length)) {
      const lower = lowercase(name);
      const [first] = lower.matchAll(word);
      if (!first) continue;
      const [key] = first;
      const known = this.#byFirstWord.get(key) ?? [];
      this.#byFirstWord.set(key, known);
      known.push({ lower, lead: first.index, replacement });
    }
  }

  /** Replaces all names that occur as whole words. */
  replaceIn(text: string): string {
    if (this.#byFirstWord.size === 0) return text;
    const lower = lowercase(text);
    const pieces: string[] = [];
    let done = 0;
    for (const { 0: key, index } of lower.matchAll(word)) {
      const found = this.#byFirstWord
        .get(key)
        ?.find((name) => index - name.lead >= done && occursAt(lower, index - name.lead, name.lower));
      if (!found) continue;
      const start = index - found.lead;
      pieces.push(text.slice(done, start), found.replacement);
      done = start + found.lower.length;
    }
    return pieces.length === 0 ? text : pieces.join('') + text.slice(done);
  }
}

/** Lowercases but keeps offsets: letters whose lowercase form has a different length stay unchanged. */
function lowercase(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return text.replace(/./gsu, (letter) => {
    const small = letter.toLowerCase();
    return small.length === letter.length ? small : letter;
  });
}

/** Whether a name occurs at an offset and is not part of a longer word. */
function occursAt(text: string, at: number, name: string): boolean {
  return (
    text.startsWith(name, at) &&
    !/[\p{L}\p{N}]$/u.test(text.slice(Math.max(0, at - 2), at)) &&
    !/^[\p{L}\p{N}]/u.test(text.slice(at + name.length, at + name.length + 2))
  );
}

/** Uses 16 bits of a hash: enough to distinguish people in fixtures, too few to prove the original value. */
function replacement(kind: ScrubKind, value: string): string {
  const normalized = kind === 'email' ? value.toLowerCase().replace('%40', '@') : value;
  return replacements[kind](createHash('sha256').update(`${kind} ${normalized}`).digest().readUInt16BE());
}

function hex(tag: number): string {
  return tag.toString(16).padStart(4, '0');
}
