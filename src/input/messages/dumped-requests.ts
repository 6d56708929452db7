import { isJson } from '../../json.ts';
import type { Message } from '../../message.ts';
import { parseHttpRequests } from './http-request.ts';
import { contentOf, quoted } from './printed-values.ts';

/** The beginning of a request anywhere in a line of a log, but not after the mark of curl -v, which omits the body. */
const requestLine = /(?<![A-Za-z]|^> )[A-Z]{3,7} \S+ HTTP\/\d(?:\.\d)?/;
const wholeLines = new RegExp(`${requestLine.source}(?=\\r?\\n)`, 'gm');
/** A request as a quoted string. Groups: the `b` of bytes, the string. */
const quotedRequest = new RegExp(`(b?)(?=["']${requestLine.source}\\\\r\\\\n)(${quoted})`, 'g');

/**
 * The HTTP requests that a program dumped into a log, between other text: as they are, such as httputil.DumpRequest of
 * Go, also with the same prefix before each line; or as a quoted string, such as %q of Go and bytes of Python.
 */
export function dumpedRequests(bytes: Buffer): Message[] {
  const inStrings = [...bytes.toString().matchAll(quotedRequest)].map(([, isBytes, string]) =>
    Buffer.from(contentOf(string!), isBytes ? 'latin1' : 'utf8').toString('latin1'),
  );
  return [...linesOfRequests(bytes.toString('latin1')), ...inStrings].flatMap(
    (text) => requestIn(text) ?? [],
  );
}

/** Whether the first line of a text has a request line after other text. */
export function dumpBegins(bytes: Buffer): boolean {
  const [line = ''] = bytes.toString('latin1').trimStart().split('\n', 1);
  return !/^[A-Z]{3,7} /.test(line) && requestLine.test(line);
}

/** The text from each request line to the next one, without the prefix of its lines. */
function linesOfRequests(text: string): string[] {
  const starts = [...text.matchAll(wholeLines)].map(({ index }) => index);
  return starts.map((start, number) => {
    const before = text.slice(text.lastIndexOf('\n', start) + 1, start);
    return withoutPrefix(text.slice(start, starts[number + 1]), before);
  });
}

/** Removes from all lines but the first what they share with the text before it, and what follows the last of them. */
function withoutPrefix(text: string, before: string): string {
  const [first = '', ...lines] = text.split('\n');
  // Half a word is not a prefix: webhook-id may follow "webhook received: POST …".
  const prefix = shared(before, lines[0] ?? '').replace(/[\w-]+$/, '');
  if (prefix === '') return text;
  const end = lines.findIndex((line) => !line.startsWith(prefix) && line.trim() !== prefix.trim());
  const own = lines.slice(0, end === -1 ? undefined : end);
  return [first, ...own.map((line) => line.slice(prefix.length))].join('\n');
}

/** The beginning that two texts have in common. */
function shared(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}

/** The signed request at the beginning of a text, without what follows it; undefined if it or its body is not there. */
function requestIn(text: string): Message | undefined {
  const end = /\r?\n\r?\n/.exec(text);
  if (!end) return undefined;
  const head = text.slice(0, end.index);
  const rest = text.slice(end.index + end[0].length);
  const body = /^transfer-encoding:.*chunked/im.test(head) ? rest : bodyAt(rest, head);
  // Some programs write head and body with two calls. What is missing here was not lost on the way.
  if (body === '') return undefined;
  try {
    const [request] = parseHttpRequests(Buffer.from(`${head}\r\n\r\n${body}`, 'latin1'), 'dump');
    return request?.message.headers.some(([name]) => /signature$/i.test(name)) ? request.message : undefined;
  } catch {
    return undefined;
  }
}

/** As long as the head says; otherwise JSON, or the text up to an empty line. */
function bodyAt(rest: string, head: string): string {
  const length = /^content-length:\s*(\d{1,10})\s*$/im.exec(head)?.[1];
  if (length !== undefined) return rest.slice(0, Number(length));
  return jsonAt(rest) ?? rest.split(/\r?\n\r?\n/, 1)[0]!;
}

/** How many ends of an object are tried. */
const MAX_ENDS = 100;

/** The object at the beginning, up to the end of a line. */
function jsonAt(rest: string): string | undefined {
  if (!rest.startsWith('{')) return undefined;
  for (const { index } of [...rest.matchAll(/\}(?=\r?\n|$)/g)].slice(0, MAX_ENDS)) {
    const json = rest.slice(0, index + 1);
    if (isJson(json)) return json;
  }
  return undefined;
}
