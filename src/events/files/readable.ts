import { applyEdits, findNodeAtLocation, format, type ParseError, parseTree } from 'jsonc-parser';

/** Beyond these, laying out JSON would make it many times as long. */
const LONGEST = 64 * 1024;
const DEEPEST = 64;

/** What of a body is to be read: an event's data, if it has any, or all of it. */
export type TextPart = 'data' | 'all';

/**
 * A body laid out for reading: the values and their order are as they came, number for number. Undefined for what is
 * not JSON, or too long or deep to be read.
 */
export function indent(body: string, part: TextPart): string | undefined {
  if (body.length > LONGEST || depthOf(body) > DEEPEST) return undefined;
  const errors: ParseError[] = [];
  const root = parseTree(body, errors, { allowTrailingComma: false, disallowComments: true });
  if (!root || errors.length > 0) return undefined;
  const { offset, length } = (part === 'data' && findNodeAtLocation(root, ['data'])) || root;
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
