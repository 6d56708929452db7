import { trimSpaces } from '../cli/values.ts';
import { HooksError } from '../errors.ts';
import { asBuffer, type Headers, type Message } from '../message.ts';

/** A request as it was read from a file, and what should be known of how. */
export interface RequestRead {
  readonly message: Message;
  readonly notes: readonly string[];
}

const requestLine = /^[A-Z]+ \S+( HTTP\/\d(\.\d)?)?$/;
const headerLine = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]*:/;

/**
 * Reads HTTP/1.x requests from bytes (RFC 9112), one after the other: a request line, which may be left out, header
 * lines that end in CRLF or a line feed, an empty line, and the body, byte for byte. Where several follow each other,
 * content-length says where a body ends. Throws HooksError for what is none; `source` names it there.
 */
export function* parseHttpRequests(bytes: Uint8Array, source: string): Generator<RequestRead> {
  let rest = withoutBlankLines(asBuffer(bytes));
  if (rest.length === 0) throw new HooksError('not_a_message', { source, reason: 'it is empty' });
  while (rest.length > 0) {
    const { message, notes, next } = parseOne(rest, source);
    yield { message, notes };
    rest = withoutBlankLines(next);
  }
}

function parseOne(bytes: Buffer, source: string): RequestRead & { readonly next: Buffer } {
  const end = endOfHead(bytes);
  const lines = unfolded(bytes.toString('latin1', 0, end.head)).split(/\r?\n/);
  const hasRequestLine = requestLine.test(lines[0] ?? '');
  if (!hasRequestLine && !headerLine.test(lines[0] ?? '')) {
    const reason =
      'it begins neither with a request line, as POST /webhook HTTP/1.1, nor with a header, as webhook-id: msg_1';
    throw new HooksError('not_a_message', { source, reason });
  }
  const first = hasRequestLine ? 1 : 0;
  const headers = lines
    .slice(first)
    .map((line, index) => parseHeaderLine(line, { source, number: index + first + 1 }));
  const { body, notes, next } = delimit(bytes.subarray(end.body), headers);
  return { message: { headers, body }, notes, next };
}

/** A file may begin with empty lines (RFC 9112, 2.2), and has them between requests. */
function withoutBlankLines(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0x0a && byte !== 0x0d);
  return start === -1 ? bytes.subarray(bytes.length) : bytes.subarray(start);
}

/** Where the head ends and the body begins. Without an empty line all of it is head. */
function endOfHead(buffer: Buffer): { head: number; body: number } {
  for (let at = buffer.indexOf('\n'); at !== -1; at = buffer.indexOf('\n', at + 1)) {
    const next = buffer[at + 1] === 0x0d ? at + 2 : at + 1;
    if (buffer[next] === 0x0a) return { head: buffer[at - 1] === 0x0d ? at - 1 : at, body: next + 1 };
  }
  const head = buffer.length - (buffer.at(-1) === 0x0a ? (buffer.at(-2) === 0x0d ? 2 : 1) : 0);
  return { head, body: buffer.length };
}

/** Obsolete line folding (RFC 9112, 5.2): a line that begins with a blank goes on with the one before. */
function unfolded(head: string): string {
  return head.replace(/\r?\n[ \t]+/g, ' ');
}

function parseHeaderLine(line: string, place: { source: string; number: number }): readonly [string, string] {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:(.*)$/s.exec(line);
  if (match) return [match[1]!, trimSpaces(match[2]!)];
  const reason = `line ${place.number} is no header (name: value)`;
  throw new HooksError('not_a_message', { source: place.source, reason });
}

/** What of the rest is the body, and what follows it: chunks are put together, and content-length is believed. */
function delimit(rest: Buffer, headers: Headers): { body: Uint8Array; notes: string[]; next: Buffer } {
  const header = (name: string) => headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
  const nothing = rest.subarray(rest.length);
  if (/\bchunked\b/i.test(header('transfer-encoding') ?? '')) {
    const body = readChunks(rest);
    if (body) return { body, notes: ['the body came in chunks, which were put together'], next: nothing };
    return {
      body: rest,
      notes: ['the chunks of the body are damaged: it is taken as it stands'],
      next: nothing,
    };
  }
  const length = header('content-length') ?? '';
  const announced = /^\d{1,10}$/.test(length) ? Number(length) : rest.length;
  const next = withoutBlankLines(rest.subarray(announced));
  // What an editor or a shell adds is not worth a word; what is no request belongs to a body that was changed.
  if (next.length === 0 || beginsRequest(next)) {
    const isCut = announced > rest.length;
    const notes = isCut
      ? [`the body has ${rest.length} bytes and content-length says ${announced}: it was cut, or changed`]
      : [];
    return { body: rest.subarray(0, announced), notes, next };
  }
  const more = `the body has ${rest.length} bytes and content-length says ${announced}: it was changed after that was written`;
  return { body: rest, notes: [more], next: nothing };
}

function beginsRequest(bytes: Buffer): boolean {
  const line = bytes.toString('latin1', 0, Math.min(bytes.length, 2000)).split(/\r?\n/)[0] ?? '';
  return requestLine.test(line) && line.includes(' HTTP/');
}

/** The body of chunked transfer coding (RFC 9112, 7.1); undefined when it is not coded so. */
function readChunks(rest: Buffer): Uint8Array | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = rest.indexOf('\r\n', at);
    const size = /^([0-9a-f]{1,8})(;.*)?$/i.exec(rest.toString('latin1', at, line === -1 ? at : line))?.[1];
    if (size === undefined) return undefined;
    const length = Number.parseInt(size, 16);
    if (length === 0) return Buffer.concat(chunks);
    const start = line + 2;
    if (rest.toString('latin1', start + length, start + length + 2) !== '\r\n') return undefined;
    chunks.push(rest.subarray(start, start + length));
    at = start + length + 2;
  }
}
