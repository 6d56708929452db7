import { findNodeAtLocation, modify, type Node, parseTree } from 'jsonc-parser';
import type { EditPath, Step } from './edit-path.ts';

/** One change to an event. Values are JSON text, which preserves the text of numbers. */
export type Edit =
  | { readonly kind: 'set' | 'add'; readonly path: EditPath; readonly json: string }
  | { readonly kind: 'unset'; readonly path: EditPath };

/** Why an edit does not apply: no such field, an existing field, a scalar on the path, or an index out of range. */
export type EditFault =
  | { readonly fault: 'no_such_field' }
  | { readonly fault: 'field_exists' }
  | { readonly fault: 'not_a_container'; readonly at: readonly Step[]; readonly type: string }
  | { readonly fault: 'no_such_index'; readonly at: readonly Step[]; readonly length: number };

/**
 * Applies one change to JSON text and keeps every other byte. `set` and `unset` require the field to exist. `add`
 * requires that it does not; it creates missing parent objects and appends to an array at its length.
 */
export function applyEdit(json: string, edit: Edit): string | EditFault {
  const root = parseTree(json)!;
  const path = asIndexes(root, edit.path);
  const node = findNodeAtLocation(root, path);
  if (edit.kind === 'add') return node ? { fault: 'field_exists' } : add(json, root, path, edit.json);
  if (!node) return findPathFault(root, path) ?? { fault: 'no_such_field' };
  if (edit.kind === 'set')
    return json.slice(0, node.offset) + edit.json + json.slice(node.offset + node.length);
  return applyChanges(json, modify(json, path, undefined, {}));
}

function add(json: string, root: Node, path: Step[], value: string): string | EditFault {
  const fault = findPathFault(root, path);
  if (fault) return fault;
  // `modify` would re-serialize the value, so it inserts a placeholder that is replaced with our JSON text.
  const placeholder = `placeholder for the value at ${path.join(' ')}`;
  const changes = modify(json, path, placeholder, {}).map((change) => ({
    ...change,
    content: change.content.replace(JSON.stringify(placeholder), () => value),
  }));
  return applyChanges(json, changes);
}

/** Finds a scalar on the path, a name in an array, or an array index out of range. */
function findPathFault(root: Node, path: readonly Step[]): EditFault | undefined {
  for (let depth = 0; depth < path.length; depth += 1) {
    const at = path.slice(0, depth);
    const node = findNodeAtLocation(root, [...at]);
    // A created array is empty, so only index 0 is in range.
    if (!node)
      return path.slice(depth).some((step) => typeof step === 'number' && step > 0)
        ? { fault: 'no_such_index', at, length: 0 }
        : undefined;
    const step = path[depth]!;
    if (node.type === 'array') {
      const length = node.children?.length ?? 0;
      if (typeof step !== 'number' || step > length) return { fault: 'no_such_index', at, length };
    } else if (node.type !== 'object' || typeof step === 'number') {
      const type = node.type === 'object' || node.type === 'null' ? node.type : `a ${node.type}`;
      return { fault: 'not_a_container', at, type };
    }
  }
  return undefined;
}

/** Converts names to indexes in arrays: `groups.0` is the first item if `groups` is an array. */
function asIndexes(root: Node, path: EditPath): Step[] {
  const steps: Step[] = [];
  for (const step of path) {
    const parent = findNodeAtLocation(root, [...steps]);
    const isIndex =
      parent?.type === 'array' && typeof step === 'string' && /^(0|[1-9][0-9]{0,8})$/.test(step);
    steps.push(isIndex ? Number(step) : step);
  }
  return steps;
}

function applyChanges(json: string, changes: { offset: number; length: number; content: string }[]): string {
  // From the end, so that earlier offsets stay valid.
  return [...changes]
    .sort((a, b) => b.offset - a.offset)
    .reduce(
      (text, { offset, length, content }) => text.slice(0, offset) + content + text.slice(offset + length),
      json,
    );
}

/** The paths of all fields and array items in JSON text. */
export function pathsIn(json: string): Step[][] {
  const paths: Step[][] = [];
  const visit = (node: Node, path: Step[]) => {
    if (path.length > 0) paths.push(path);
    if (node.type === 'object') {
      for (const { children } of node.children ?? []) visit(children![1]!, [...path, children![0]!.value]);
    } else if (node.type === 'array') {
      for (const [index, child] of (node.children ?? []).entries()) visit(child, [...path, index]);
    }
  };
  visit(parseTree(json)!, []);
  return paths;
}
