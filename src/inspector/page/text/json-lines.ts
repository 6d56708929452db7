import { type BodyToken, type BodyTokenKind, isJson, tokensOf } from './json.ts';

/** A line of an indented body. `last` is the line that closes what this one opens; null if it is beyond the limit. */
export interface BodyLine {
  readonly depth: number;
  readonly tokens: BodyToken[];
  last: number | null;
}

/**
 * The lines of valid JSON, indented with 2 spaces per level; empty objects and arrays stay on one line. Stops after
 * `limit` lines.
 */
export function linesOf(tokens: Iterable<BodyToken>, limit = Number.POSITIVE_INFINITY): BodyLine[] {
  const lines: BodyLine[] = [{ depth: 0, tokens: [], last: null }];
  const open: BodyLine[] = [];
  let before: BodyTokenKind | undefined;
  for (const token of tokens) {
    const { kind } = token;
    if (kind === 'space') continue;
    const opener = kind === 'close' ? open.pop() : undefined;
    const isNewLine = kind === 'close' ? before !== 'open' : before === 'open' || before === 'comma';
    if (isNewLine && lines.length === limit) return lines;
    if (isNewLine) lines.push({ depth: open.length, tokens: [], last: null });
    if (isNewLine && opener) opener.last = lines.length - 1;
    const line = lines.at(-1)!;
    line.tokens.push(token);
    if (kind === 'open') open.push(line);
    before = kind;
  }
  return lines;
}

/**
 * Where the value of a line starts and ends, with everything in it. Null for a line that only closes another, and for a
 * value that ends beyond the limit.
 */
export function valueRange(lines: readonly BodyLine[], index: number): readonly [number, number] | null {
  const { tokens, last } = lines[index]!;
  const first = tokens.find(({ kind }) => kind !== 'key' && kind !== 'colon');
  if (!first || first.kind === 'close') return null;
  if (first.kind !== 'open') return [first.start, first.end];
  const closing = last === null ? tokens.find(({ kind }) => kind === 'close') : lines[last]!.tokens[0];
  return closing ? [first.start, closing.end] : null;
}

function lineText(text: string, { depth, tokens }: BodyLine): string {
  const parts = tokens.map(({ kind, start, end }) => text.slice(start, end) + (kind === 'colon' ? ' ' : ''));
  return '  '.repeat(depth) + parts.join('');
}

/** Valid JSON indented with 2 spaces; any other text as it is. */
export function indented(text: string): string {
  if (!isJson(text)) return text;
  return linesOf(tokensOf(text))
    .map((line) => lineText(text, line))
    .join('\n');
}
