import { applyEdits, findNodeAtLocation, format, type ParseError, parseTree } from 'jsonc-parser';

/** Longer or deeper JSON is not indented, because that would multiply its length. */
const MAX_CHARACTERS = 64 * 1024;
const MAX_DEPTH = 64;

/** The part of a body to format: the event's `data`, if present, or the whole body. */
export type TextPart = 'data' | 'all';

/**
 * Indents a JSON body with 2 spaces; values keep their text and order. Undefined if it is not JSON, or too long or too
 * deeply nested.
 */
export function indent(body: string, part: TextPart): string | undefined {
  if (body.length > MAX_CHARACTERS || depthOf(body) > MAX_DEPTH) return undefined;
  const errors: ParseError[] = [];
  const root = parseTree(body, errors, { allowTrailingComma: false, disallowComments: true });
  if (!root || errors.length > 0) return undefined;
  const { offset, length } = (part === 'data' && findNodeAtLocation(root, ['data'])) || root;
  const json = body.slice(offset, offset + length);
  return applyEdits(json, format(json, undefined, { insertSpaces: true, tabSize: 2, eol: '\n' }));
}

/** Nesting depth of brackets. Also counts brackets in strings, so the result may be too high. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of json.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
