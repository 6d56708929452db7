import { type Node, parseTree } from 'jsonc-parser';

/** The members of a JSON object, each value as JSON text in wire form. Order is of no matter. */
export type Members = ReadonlyMap<string, string>;

/**
 * JSON text as Scalekit puts it on the wire: compact, keys in alphabetical order at every level. The text of numbers
 * is kept (`1.0`, `1e400` and integers past 2^53 stay as written), which no parse into JavaScript values could do.
 * `json` must be valid JSON.
 */
export function wireForm(json: string): string {
  return writeNode(tree(json), json);
}

/** The members of a JSON object, to build an event from; undefined when the text is another kind of value. */
export function readMembers(json: string): Members | undefined {
  const root = tree(json);
  return root.type === 'object' ? membersOf(root, json) : undefined;
}

/** The object with these members, in wire form. */
export function writeMembers(members: Members): string {
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

function tree(json: string): Node {
  const root = parseTree(json, [], { allowTrailingComma: false, disallowComments: true });
  if (!root) throw new SyntaxError('not JSON');
  return root;
}

/** As in JSON.parse, the last of several members with one name counts. */
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
