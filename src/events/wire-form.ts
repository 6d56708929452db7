import { type Node, parseTree } from 'jsonc-parser';

/** The members of a JSON object, each value as JSON text in wire form. The order has no meaning. */
export type Members = ReadonlyMap<string, string>;

/**
 * Converts JSON text to the form that Scalekit sends: compact, with keys sorted at every level. Numbers keep their text
 * (`1.0`, `1e400`, integers beyond 2^53), which JSON.parse would lose. `json` must be valid JSON.
 */
export function wireForm(json: string): string {
  return writeNode(tree(json), json);
}

/**
 * The wire form of a value, which has no number text to keep; much faster than that of a text. `jsonOf` writes the texts
 * in it, except the names of members.
 */
export function wireFormOf(value: unknown, jsonOf: (text: string) => string = JSON.stringify): string {
  if (typeof value === 'string') return jsonOf(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${listOf(value, (item) => wireFormOf(item, jsonOf))}]`;
  const members = value as Readonly<Record<string, unknown>>;
  const member = (name: string) => `${JSON.stringify(name)}:${wireFormOf(members[name], jsonOf)}`;
  return `{${listOf(Object.keys(members).sort(), member)}}`;
}

/** Adds to one text, because Array.join takes twice as long for the many short lists of an event. */
function listOf<T>(items: readonly T[], jsonOf: (item: T) => string): string {
  let list = '';
  for (const item of items) list += list === '' ? jsonOf(item) : `,${jsonOf(item)}`;
  return list;
}

/** The members of an object that is a value. */
export function membersOf(value: object): Members {
  return new Map(Object.entries(value).map(([name, member]) => [name, wireFormOf(member)]));
}

/** The members of a JSON object; undefined if `json` is another type of value. */
export function readMembers(json: string): Members | undefined {
  const root = tree(json);
  return root.type === 'object' ? membersOfNode(root, json) : undefined;
}

/** Serializes an object in wire form. */
export function writeMembers(members: Members): string {
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

function tree(json: string): Node {
  const root = parseTree(json, [], { allowTrailingComma: false, disallowComments: true });
  if (!root) throw new SyntaxError('not JSON');
  return root;
}

/** If a name is repeated, the last member wins, as in JSON.parse. */
function membersOfNode(object: Node, json: string): Members {
  return new Map(
    object.children?.map(({ children }) => [children![0]!.value, writeNode(children![1]!, json)]),
  );
}

function writeNode(node: Node, json: string): string {
  switch (node.type) {
    case 'object':
      return writeMembers(membersOfNode(node, json));
    case 'array':
      return `[${node.children?.map((child) => writeNode(child, json)).join(',') ?? ''}]`;
    case 'string':
      return JSON.stringify(node.value);
    default:
      return json.slice(node.offset, node.offset + node.length);
  }
}
