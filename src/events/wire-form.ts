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

/** The wire form of a value, which has no number text to keep; much faster than that of a text. */
export function wireFormOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(wireFormOf).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return writeMembers(new Map(Object.entries(value).map(([name, member]) => [name, wireFormOf(member)])));
}

/** The members of a JSON object; undefined if `json` is another type of value. */
export function readMembers(json: string): Members | undefined {
  const root = tree(json);
  return root.type === 'object' ? membersOf(root, json) : undefined;
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
function membersOf(object: Node, json: string): Members {
  return new Map(
    object.children?.map(({ children }) => [children![0]!.value, writeNode(children![1]!, json)]),
  );
}

function writeNode(node: Node, json: string): string {
  switch (node.type) {
    case 'object':
      return writeMembers(membersOf(node, json));
    case 'array':
      return `[${node.children?.map((child) => writeNode(child, json)).join(',') ?? ''}]`;
    case 'string':
      return JSON.stringify(node.value);
    default:
      return json.slice(node.offset, node.offset + node.length);
  }
}
