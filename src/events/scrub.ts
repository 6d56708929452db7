import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';

type Kind = 'email' | 'name' | 'phone' | 'ip' | 'ipv6' | 'secret';

/** What stands in for a value; `tag` is the same for the same value, wherever and whenever it is met. */
const standIns: Record<Kind, (tag: number) => string> = {
  email: (tag) => `user-${hex(tag)}@example.com`,
  name: (tag) => `Name-${hex(tag)}`,
  // 555-0100 to 555-0199 belong to nobody (ATIS-0300115), nor do these addresses (RFC 5737, RFC 3849).
  phone: (tag) => `+120255501${String(tag % 100).padStart(2, '0')}`,
  ip: (tag) => `192.0.2.${1 + (tag % 254)}`,
  ipv6: (tag) => `2001:db8::${hex(tag)}`,
  secret: (tag) => `scrubbed-${hex(tag)}`,
};

/** Fields whose whole value is of a kind, by their name. */
const kindsByField: [kind: Kind, field: RegExp][] = [
  [
    'secret',
    /^(?!.*(_at|At|_type|_in|_id)$).*(secret|token|passw|api_?key|private_?key|credential|authorization|cookie|assertion)/i,
  ],
  ['phone', /phone|mobile|fax/i],
  ['name', /^((given|family|middle|first|last|full|nick|user|display|preferred_user)?_?name|formatted)$/i],
];

/** What is of a kind wherever it stands in a text. */
const kindsByForm: [kind: Kind, form: RegExp][] = [
  ['secret', /\b(?:whsec|insec)_[A-Za-z0-9+/=_-]{8,}|\beyJ[\w-]+\.[\w-]+\.[\w-]*/g],
  ['email', /[\p{L}\p{N}._+-]+(?:@|%40)[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu],
  ['phone', /\+[0-9][0-9 ().-]{5,}[0-9]/g],
  ['ip', /(?<![\w./-])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.])/g],
];

/** A name this short may be part of any word. */
const SHORTEST_NAME = 4;

/**
 * Replaces what is personal or secret in an event's data by stand-ins: e-mail addresses, names, phone numbers, IP
 * addresses, and secrets. Equal values get equal stand-ins, in every event. All else stays byte for byte.
 */
export function scrub(json: string): { readonly json: string; readonly count: number } {
  const data = findNodeAtLocation(parseTree(json)!, ['data']);
  if (!data) return { json, count: 0 };
  const texts = textsIn(data, []);
  const whole = new Map<string, string>();
  for (const { field, path, value } of texts) {
    const kind = kindOf(field, path);
    if (kind && value !== '') whole.set(value, standIn(kind, value));
  }
  // The longest first: a full name holds the given name.
  const named = [...whole].filter(([value]) => value.length >= SHORTEST_NAME);
  named.sort(([a], [b]) => b.length - a.length);
  let [result, count] = [json, 0];
  for (const { node, field, path, value } of texts.reverse()) {
    const replaced = (kindOf(field, path) && whole.get(value)) ?? scrubText(value, field, named);
    if (replaced === value) continue;
    const written = node.type === 'number' ? replaced.slice(1) : JSON.stringify(replaced);
    result = result.slice(0, node.offset) + written + result.slice(node.offset + node.length);
    count += 1;
  }
  return { json: result, count };
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
      return kindOf(field, path) === 'phone' ? [{ node, field, path, value: String(node.value) }] : [];
    default:
      return [];
  }
}

/** The kind of a field's whole value. What a role is called is no person's name. */
function kindOf(field: string, path: readonly string[]): Kind | undefined {
  const kind = kindsByField.find(([, name]) => name.test(field))?.[0];
  return kind === 'name' && path.some((step) => /roles|permissions|scopes/i.test(step)) ? undefined : kind;
}

function scrubText(text: string, field: string, named: readonly [string, string][]): string {
  let result = text;
  for (const [kind, form] of kindsByForm) {
    // 120.0.0.0 is a version of a browser.
    if (kind === 'ip' && /version/i.test(field)) continue;
    result = result.replace(form, (value) => standIn(kind, value));
  }
  result = result.replace(/[0-9a-fA-F:.]{3,}/g, (value) => (isIPv6(value) ? standIn('ipv6', value) : value));
  for (const [value, replacement] of field === '' ? [] : named)
    result = result.replaceAll(value, replacement);
  return result;
}

/**
 * Sixteen bits of a hash: enough to tell the people of some fixtures apart, too few to prove whose address it was.
 */
function standIn(kind: Kind, value: string): string {
  const own = kind === 'email' ? value.toLowerCase().replace('%40', '@') : value;
  return standIns[kind](createHash('sha256').update(`${kind} ${own}`).digest().readUInt16BE());
}

function hex(tag: number): string {
  return tag.toString(16).padStart(4, '0');
}
