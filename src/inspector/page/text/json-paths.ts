import { type BodyToken, decoded, eachToken, tokensOf } from './json.ts';

/** A value that is not an object or array. */
export interface JsonLeaf {
  /** Such as `data.items[0].id`. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** Where its name starts; in an array, where it starts itself. */
  readonly from: number;
}

/** The steps to a value; `''` in an object whose next name was not read yet. */
type Path = (string | number)[];

/** Changes the path from that of the value before a token to that of the value after it. */
function move(path: Path, { kind, start, end }: BodyToken, text: string): void {
  const step = path.at(-1);
  if (kind === 'open') path.push(text[start] === '[' ? 0 : '');
  else if (kind === 'close') path.pop();
  else if (kind === 'key') path[path.length - 1] = decoded(text.slice(start, end));
  else if (kind === 'comma' && typeof step === 'number') path[path.length - 1] = step + 1;
}

/** Writes a path as `data.items[0].id`. */
function nameOf(path: Path): string {
  return path.reduce<string>(
    (sum, step) => (typeof step === 'number' ? `${sum}[${step}]` : sum ? `${sum}.${step}` : step),
    '',
  );
}

/** The leaves in the order of the text. */
export function* eachLeaf(text: string): Generator<JsonLeaf> {
  const path: Path = [];
  let from: number | undefined;
  for (const token of eachToken(text)) {
    const { kind, start, end } = token;
    move(path, token, text);
    if (kind === 'string' || kind === 'number' || kind === 'literal')
      yield { path: nameOf(path), start, end, from: from ?? start };
    if (kind === 'key') from = start;
    else if (kind !== 'space' && kind !== 'colon') from = undefined;
  }
}

/** The text of each leaf by its path. */
export function leavesOf(text: string): Map<string, string> {
  const leaves = new Map<string, string>();
  for (const { path, start, end } of eachLeaf(text)) leaves.set(path, text.slice(start, end));
  return leaves;
}

/** The line, from 0, of each value in a text, by its path as JSON. */
export function linesByPath(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  const path: Path = [];
  let line = 0;
  const note = () => {
    const name = JSON.stringify(path);
    if (!lines.has(name)) lines.set(name, line);
  };
  for (const token of tokensOf(text)) {
    const { kind, start, end } = token;
    if (kind === 'space') line += text.slice(start, end).split('\n').length - 1;
    // Before the move: an object or array is on the line of its bracket.
    if (kind === 'open') note();
    move(path, token, text);
    if (kind !== 'open' && kind !== 'space' && kind !== 'comma' && kind !== 'close') note();
  }
  return lines;
}

/** The line of a value; for one that is missing, that of the object it is missing in. */
export function lineOfPath(lines: ReadonlyMap<string, number>, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const line = lines.get(JSON.stringify(path.slice(0, length)));
    if (line !== undefined) return line;
  }
  return 0;
}
