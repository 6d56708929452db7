import { trimSpaces } from '../../cli/values.ts';
import { HooksError } from '../../errors.ts';
import { asBuffer, type Headers, type Message } from '../../message.ts';

/** A request read from a file or pipe, and notes about how it was read. */
export interface RequestRead {
  readonly message: Message;
  readonly notes: readonly string[];
}

const requestLine = /^[A-Z]+ \S+( HTTP\/\d(\.\d)?)?$/;
const headerLine = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]*:/;

/**
 * Parses one or more HTTP/1.x requests (RFC 9112): an optional request line, header lines that end in CRLF or LF, an
 * empty line, and the body, byte for byte. If several requests follow each other, content-length delimits each body.
 * Throws HooksError `not_a_message` for anything else; `source` names the input in that error.
 */
export function* parseHttpRequests(bytes: Uint8Array, source: string): Generator<RequestRead> {
  let rest = fromFirstLine(asBuffer(bytes));
  if (rest.length === 0) throw new HooksError('not_a_message', { source, reason: 'the input is empty' });
  while (rest.length > 0) {
    const { message, notes, next } = parseOne(rest, source);
    yield { message, notes };
    rest = fromFirstLine(next);
  }
}

function parseOne(bytes: Buffer, source: string): RequestRead & { readonly next: Buffer } {
  const end = endOfHead(bytes);
  const lines = unfolded(bytes.toString('latin1', 0, end.head)).split(/\r?\n/);
  const hasRequestLine = requestLine.test(lines[0] ?? '');
  if (!hasRequestLine && !headerLine.test(lines[0] ?? '')) {
    const reason =
      'the first line is neither a request line (POST /webhook HTTP/1.1) nor a header (webhook-id: msg_1)';
    throw new HooksError('not_a_message', { source, reason });
  }
  const first = hasRequestLine ? 1 : 0;
  const headers = lines
    .slice(first)
    .map((line, index) => parseHeaderLine(line, { source, number: index + first + 1 }));
  const isEditorFile = hasRequestLine && !lines[0]!.includes(' HTTP/');
  const { body, notes, next } = delimit(bytes.subarray(end.body), headers, isEditorFile);
  return { message: { headers, body }, notes, next };
}

/**
 * Empty lines may precede a request line (RFC 9112, section 2.2), and comments do in the .http files of editors, which
 * separate requests by ###.
 */
function fromFirstLine(bytes: Buffer): Buffer {
  let start = 0;
  for (;;) {
    while (bytes[start] === 0x0a || bytes[start] === 0x0d) start += 1;
    if (!/^(?:#|\/\/)/.test(bytes.toString('latin1', start, start + 2))) return bytes.subarray(start);
    const end = bytes.indexOf('\n', start);
    start = end === -1 ? bytes.length : end;
  }
}

/** Finds where the head ends and the body begins. Without an empty line, everything is head. */
function endOfHead(buffer: Buffer): { head: number; body: number } {
  for (let at = buffer.indexOf('\n'); at !== -1; at = buffer.indexOf('\n', at + 1)) {
    const next = buffer[at + 1] === 0x0d ? at + 2 : at + 1;
    if (buffer[next] === 0x0a) return { head: buffer[at - 1] === 0x0d ? at - 1 : at, body: next + 1 };
  }
  const head = buffer.length - (buffer.at(-1) === 0x0a ? (buffer.at(-2) === 0x0d ? 2 : 1) : 0);
  return { head, body: buffer.length };
}

/** Obsolete line folding (RFC 9112, section 5.2): a line that starts with whitespace continues the previous one. */
function unfolded(head: string): string {
  return head.replace(/\r?\n[ \t]+/g, ' ');
}

function parseHeaderLine(line: string, place: { source: string; number: number }): readonly [string, string] {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:(.*)$/s.exec(line);
  if (match) return [match[1]!, trimSpaces(match[2]!)];
  const reason = `line ${place.number} is not a header (name: value)`;
  throw new HooksError('not_a_message', { source: place.source, reason });
}

/**
 * Splits the rest of the input into the body, decoded if it is chunked, and the bytes that follow it. `isEditorFile` is
 * set for the .http file of an editor, whose REST client does not send the newlines after the body.
 */
function delimit(
  rest: Buffer,
  headers: Headers,
  isEditorFile: boolean,
): { body: Uint8Array; notes: string[]; next: Buffer } {
  const header = (name: string) => headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
  const empty = rest.subarray(rest.length);
  if (/\bchunked\b/i.test(header('transfer-encoding') ?? '')) {
    const body = readChunks(rest);
    if (body) return { body, notes: ['the body used chunked transfer coding and was decoded'], next: empty };
    const malformed = 'the chunked transfer coding is malformed, so the body was not decoded';
    return { body: rest, notes: [malformed], next: empty };
  }
  const length = header('content-length') ?? '';
  const declared = /^\d{1,10}$/.test(length) ? Number(length) : endOfBody(rest, isEditorFile);
  const next = fromFirstLine(rest.subarray(declared));
  // Newlines after the body come from an editor or a shell. Anything else but a request means that the body changed.
  const mismatch = `the body has ${rest.length} bytes, but content-length is ${declared}`;
  // A response or a script after the request.
  if (/^(?:HTTP\/\d|<> |> )/.test(next.toString('latin1', 0, 10)))
    return { body: rest.subarray(0, declared), notes: [], next: empty };
  const isSeparated = /^[\r\n]*###/.test(rest.toString('latin1', declared, declared + 1000));
  if (next.length === 0 || beginsRequest(next, isSeparated)) {
    const isTruncated = declared > rest.length;
    const notes = isTruncated ? [`${mismatch}: the body was truncated or changed`] : [];
    return { body: rest.subarray(0, declared), notes, next };
  }
  return { body: rest, notes: [`${mismatch}: the body was changed after the header was set`], next: empty };
}

/** How a line after the body begins: a recorded response, and in a .http file the next request, a script or a response. */
const afterBody = /^(?:HTTP\/|###|<> |> )/;

/** Where a body of unknown length ends. JSON has none of these lines in it. */
function endOfBody(rest: Buffer, isEditorFile: boolean): number {
  let end = rest.indexOf('\n');
  while (end !== -1 && !afterBody.test(rest.toString('latin1', end + 1, end + 6)))
    end = rest.indexOf('\n', end + 1);
  if (end === -1) {
    if (!isEditorFile) return rest.length;
    end = rest.length;
  }
  while (rest[end - 1] === 0x0a || rest[end - 1] === 0x0d) end -= 1;
  return end;
}

/** After ###, the request line of an editor's file may lack the version. */
function beginsRequest(bytes: Buffer, isSeparated: boolean): boolean {
  const line = bytes.toString('latin1', 0, Math.min(bytes.length, 2000)).split(/\r?\n/)[0] ?? '';
  return requestLine.test(line) && (isSeparated || line.includes(' HTTP/'));
}

/** Decodes chunked transfer coding (RFC 9112, section 7.1); undefined if it is malformed. */
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
