import { HooksError } from '../errors.ts';
import { asBuffer, type Headers, type Message } from '../message.ts';

/** A request as it was read from a file, and what should be known of how. */
export interface RequestRead {
  readonly message: Message;
  readonly notes: readonly string[];
}

/**
 * Reads an HTTP/1.x request from bytes (RFC 9112): a request line, header lines that end in CRLF or a line feed, an
 * empty line, and the body, byte for byte. Throws HooksError for what is none; `source` names it there.
 */
export function parseHttpRequest(bytes: Uint8Array, source: string): RequestRead {
  const buffer = asBuffer(bytes);
  const end = endOfHead(buffer);
  const lines = unfolded(buffer.toString('latin1', 0, end.head)).split(/\r?\n/);
  if (!/^[A-Z]+ \S+( HTTP\/\d(\.\d)?)?$/.test(lines[0] ?? '')) {
    const reason = 'it does not begin with a request line, as POST /webhook HTTP/1.1';
    throw new HooksError('not_a_message', { source, reason });
  }
  const headers = lines.slice(1).map((line, index) => parseHeaderLine(line, { source, number: index + 2 }));
  const { body, notes } = delimit(buffer.subarray(end.body), headers);
  return { message: { headers, body }, notes };
}

/** Where the head ends and the body begins. Without an empty line all of it is head. */
function endOfHead(buffer: Buffer): { head: number; body: number } {
  const ends = ['\r\n\r\n', '\n\n', '\n\r\n']
    .map((separator) => ({ at: buffer.indexOf(separator), length: separator.length }))
    .filter(({ at }) => at !== -1)
    .sort((a, b) => a.at - b.at);
  const [first] = ends;
  if (first) return { head: first.at, body: first.at + first.length };
  const head = buffer.length - (buffer.at(-1) === 0x0a ? (buffer.at(-2) === 0x0d ? 2 : 1) : 0);
  return { head, body: buffer.length };
}

/** Obsolete line folding (RFC 9112, 5.2): a line that begins with a blank goes on with the one before. */
function unfolded(head: string): string {
  return head.replace(/\r?\n[ \t]+/g, ' ');
}

function parseHeaderLine(line: string, place: { source: string; number: number }): readonly [string, string] {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:(.*)$/s.exec(line);
  // By hand: an expression for blanks at the end would look again at each of them.
  if (match) return [match[1]!, trimBlanks(match[2]!)];
  const reason = `line ${place.number} is no header (name: value)`;
  throw new HooksError('not_a_message', { source: place.source, reason });
}

function trimBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (text[start] === ' ' || text[start] === '\t') start += 1;
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end -= 1;
  return text.slice(start, end);
}

/** What of the rest is the body: chunks are put together, and what stands after the announced length is left out. */
function delimit(rest: Buffer, headers: Headers): { body: Uint8Array; notes: string[] } {
  const header = (name: string) => headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
  if (/\bchunked\b/i.test(header('transfer-encoding') ?? '')) {
    const body = readChunks(rest);
    if (body) return { body, notes: ['the body came in chunks, which were put together'] };
  }
  const announced = /^\d{1,10}$/.test(header('content-length') ?? '')
    ? Number(header('content-length'))
    : rest.length;
  if (announced < rest.length) {
    // An editor or a shell adds line ends: they are not worth a word.
    const isMore = rest.subarray(announced).some((byte) => byte !== 0x0a && byte !== 0x0d);
    const more = `${rest.length - announced} bytes after the body were left out: content-length says ${announced}`;
    return { body: rest.subarray(0, announced), notes: isMore ? [more] : [] };
  }
  return announced > rest.length
    ? {
        body: rest,
        notes: [
          `the body has ${rest.length} bytes and content-length says ${announced}: it was cut, or changed`,
        ],
      }
    : { body: rest, notes: [] };
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
