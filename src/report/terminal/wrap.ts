import { stripVTControlCharacters } from 'node:util';
import type { Output } from '../../io.ts';

/** Below this width, wrapped text would be harder to read than text that the terminal wraps. */
const MIN_WIDTH = 40;

/** Lines of sentences. Others, such as commands, bodies and tables, stay whole, so that they can be copied. */
const prose =
  /^ *(?:[✗✓?!-] \S|\d+\. |\+\d+ more|(?:evidence|fix|why|cause|likely|note|error|detail|means|for): | {2}(?:the|a|an|no|nothing|\d{3}) )/;
/** Commands in sentences would break in two. */
const command = /^ *(?:rerun|try): |^ *To find the cause, run /;

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

/** Wraps one line at spaces, indented below its beginning. `width` is in columns. */
export function wrapLine(line: string, width: number): string {
  const bare = stripVTControlCharacters(line);
  if (bare.length <= width || !prose.test(bare) || command.test(bare)) return line;
  const indent = ' '.repeat(/^ */.exec(bare)![0].length + 2);
  const lines: string[] = [];
  let [current, length] = ['', 0];
  // Runs of spaces stay together with the word after them.
  for (const part of line.match(/ *[^ ]+/g) ?? []) {
    const { length: partLength } = stripVTControlCharacters(part);
    if (length + partLength > width && stripVTControlCharacters(current).trim() !== '') {
      lines.push(current);
      current = indent + part.trimStart();
      length = stripVTControlCharacters(current).length;
    } else {
      current += part;
      length += partLength;
    }
  }
  return [...lines, current].join('\n');
}
