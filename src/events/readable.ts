import { applyEdits, findNodeAtLocation, format, type ParseError, parseTree } from 'jsonc-parser';

/** Beyond these, laying out JSON would make it many times as long. */
const LONGEST = 64 * 1024;
const DEEPEST = 64;

/**
 * The data of an event, or all of it when it has none, laid out for reading: the values and their order are as in the
 * body, number for number. Undefined for what is not JSON, or too long or deep to be read.
 */
export function readableData(body: string): string | undefined {
  if (body.length > LONGEST || depthOf(body) > DEEPEST) return undefined;
  const errors: ParseError[] = [];
  const root = parseTree(body, errors, { allowTrailingComma: false, disallowComments: true });
  if (!root || errors.length > 0) return undefined;
  const { offset, length } = findNodeAtLocation(root, ['data']) ?? root;
  const json = body.slice(offset, offset + length);
  return applyEdits(json, format(json, undefined, { insertSpaces: true, tabSize: 2, eol: '\n' }));
}

/** How deep brackets are nested; those in texts count too, which errs on the safe side. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of json.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
