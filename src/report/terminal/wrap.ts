import { stripVTControlCharacters } from 'node:util';
import type { Output } from '../../io.ts';

/** Below this width, wrapped text would be harder to read than text that the terminal wraps. */
const MIN_WIDTH = 40;

/**
 * Lines of sentences, and rows of tables. Others, such as commands, bodies and headers, stay whole, so that they can be
 * copied.
 */
const prose =
  /^ *(?:[✗✓?!-] \S|\d+\. |\+\d+ more|(?:evidence|fix|why|cause|likely|note|error|for): )|^ {2}\w+,? [a-z(]|^(?:no listener|\d+ \w+:) /;
const row = /^[\w.-]+ {2}/;
/** Commands in sentences would break in two. */
const command = /^ *To find the cause, run /;

/** Wraps lines of prose to the width of a terminal; returns text for other outputs unchanged. */
export function wrapFor(output: Output): (text: string) => string {
  if (!output.isTerminal) return (text) => text;
  return (text) => {
    const lines = text.split('\n');
    // The stream is loaded only for text that may have to wrap.
    const { columns = 0 } = lines.some(({ length }) => length > MIN_WIDTH) ? output.stream() : {};
    return columns < MIN_WIDTH ? text : lines.map((line) => wrapLine(line, columns)).join('\n');
  };
}

const [words, cells] = [/ *[^ ]+/g, / *\S+(?: \S+)*/g];

/** Wraps one line at spaces, indented below its beginning, and a row between its cells. `width` is in columns. */
export function wrapLine(line: string, width: number): string {
  const bare = stripVTControlCharacters(line);
  const isRow = row.test(bare);
  if (bare.length <= width || !(isRow || prose.test(bare)) || command.test(bare)) return line;
  const indent = ' '.repeat(/^ */.exec(bare)![0].length + 2);
  const whole = isRow ? fold(line, cells, indent, width) : [line];
  return whole.flatMap((part) => fold(part, words, indent, width)).join('\n');
}

function fold(line: string, parts: RegExp, indent: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const part of line.match(parts) ?? []) {
    if (lengthOf(current + part) <= width || lengthOf(current.trim()) === 0) current += part;
    else {
      lines.push(current);
      current = indent + part.trimStart();
    }
  }
  return [...lines, current];
}

function lengthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
