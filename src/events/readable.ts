import { applyEdits, findNodeAtLocation, format, parseTree } from 'jsonc-parser';

/** Beyond these, laying out JSON would make it many times as long. */
const LONGEST = 64 * 1024;
const DEEPEST = 64;

/**
 * The data of an event, or all of it when it has none, laid out for reading: the values and their order are as in the
 * body, number for number. Undefined for what is not JSON, or too long or deep to be read.
 */
export function readableData(body: string): string | undefined {
  if (body.length > LONGEST || depthOf(body) > DEEPEST || !isJson(body)) return undefined;
  const root = parseTree(body)!;
  const { offset, length } = findNodeAtLocation(root, ['data']) ?? root;
  const json = body.slice(offset, offset + length);
  return applyEdits(json, format(json, undefined, { insertSpaces: true, tabSize: 2, eol: '\n' }));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
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
