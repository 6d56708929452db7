import type { Message } from '../../message.ts';
import { headersInText } from './header-lines.ts';

/** The messages of curl commands, each on a new line; none for other text, and without a body. */
export function messagesInCurl(text: string): Message[] {
  const words = shellWords(withoutCarets(text).replace(/^\s*\$\s+(?=curl\s)/gm, ''));
  if (words[0] !== 'curl') return [];
  const starts = words.flatMap((word, index) => (word === NEXT_COMMAND || index === 0 ? [index + 1] : []));
  return starts.flatMap((start, index) => messageOfCurl(words.slice(start, starts[index + 1])) ?? []);
}

function messageOfCurl(words: readonly string[]): Message | undefined {
  const headers: (readonly [string, string])[] = [];
  let body: string | undefined;
  for (const [index, word] of words.entries()) {
    const [option, joined] = /^(--[\w-]+)=([\s\S]*)$/.exec(word)?.slice(1) ?? [word, undefined];
    const value = joined ?? words[index + 1] ?? '';
    if (option === '-H' || option === '--header') headers.push(...headersInText(value));
    else if (/^(?:-d|--json|--data(?:-raw|-binary|-ascii)?)$/.test(option!))
      body = body === undefined ? value : `${body}&${value}`;
    else if (/^-H./.test(word)) headers.push(...headersInText(word.slice(2)));
  }
  // A file, stdin or a variable is not in the command.
  const isElsewhere = body === undefined || /^@|^\$\{?\w+\}?$/.test(body);
  return isElsewhere ? undefined : { headers, body: Buffer.from(body!) };
}

/** Undoes the escapes of the Windows command prompt, as browsers copy commands for it. */
function withoutCarets(text: string): string {
  return text.includes('^"') ? text.replace(/\^\r?\n\s*/g, ' ').replace(/\^(.)/g, '$1') : text;
}

/** The word curl at the beginning of a later line. */
const NEXT_COMMAND = '\ncurl';

/** Splits a command line as a POSIX shell does; also reads $'…'. A newline ends a command only before another curl. */
function shellWords(text: string): string[] {
  const token =
    /\\\r?\n|\s+|\$'(?:[^'\\]|\\[\s\S])*'|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s'"\\$]+|\$/g;
  const words: string[] = [];
  let word: string | undefined;
  let isLineStart = false;
  for (const [part] of text.matchAll(token)) {
    if (/^(?:\\\r?\n|\s+)$/.test(part)) {
      if (word !== undefined) words.push(isLineStart && word === 'curl' ? NEXT_COMMAND : word);
      isLineStart = /^\s*\n/.test(part);
      word = undefined;
    } else word = (word ?? '') + unquoted(part);
  }
  return word === undefined ? words : [...words, word];
}

function unquoted(part: string): string {
  if (part.startsWith("$'")) {
    return part.slice(2, -1).replace(/\\(x[0-9a-f]{2}|u[0-9a-f]{4}|[\s\S])/gi, (_all, code: string) => {
      if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
      return { n: '\n', t: '\t', r: '\r' }[code] ?? code;
    });
  }
  if (part.startsWith("'")) return part.slice(1, -1);
  if (part.startsWith('"')) return part.slice(1, -1).replace(/\\([$`"\\])/g, '$1');
  return part.startsWith('\\') ? part.slice(1) : part;
}
