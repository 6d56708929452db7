import { findCaptures } from '../../captures/find.ts';
import { openJournals } from '../../captures/journal/reader.ts';
import { linesOf } from '../../captures/lines.ts';
import { isMessage, readRecord } from '../../captures/record-format.ts';
import type { CapturesFolder } from '../../config/captures.ts';
import { HooksError } from '../../errors.ts';
import { type Chunks, openFile, readWhole } from '../../input/bytes.ts';
import { parseHttpRequests } from '../../input/http-request.ts';
import { parseJson } from '../../json.ts';
import { asBuffer, type Message, toHeaderBytes } from '../../message.ts';
import type { Context } from '../context.ts';

/** A message that is to be verified. */
export interface GivenMessage {
  readonly message: Message;
  /** When it came, in milliseconds since 1970, if that is known. */
  readonly time: number | undefined;
  readonly capture: string | undefined;
}

/** A line that is to hold a message and cannot be read, or whose body is not the one that came: a secret in it is masked. */
export const unread = 'unread';
export type Unread = typeof unread;

/**
 * The messages that an argument means: `-` for stdin, a path, or the id of a capture. Lines of stdin are read as they
 * come. Throws HooksError.
 */
export async function* readMessages(
  source: string | undefined,
  folder: CapturesFolder,
  context: Context,
): AsyncGenerator<GivenMessage | Unread> {
  const { io, report } = context;
  if (source === undefined) throw new HooksError('nothing_to_verify', {});
  if (source === '-') {
    if (io.stdin.isTerminal) report.note('reading a message from the keyboard, Ctrl-D ends it');
    yield* readStream(io.stdin.stream(), 'stdin', context);
  } else if (isPath(source)) {
    yield* readStream(openFile(source, io.cwd), source, context);
  } else {
    const [found] = findCaptures([source], openJournals(folder.path), folder.name);
    const { capture } = found!;
    yield { message: capture, time: capture.time, capture: capture.id };
  }
}

/** Ids of captures, events and messages have neither slashes nor a file's ending. */
function isPath(source: string): boolean {
  return /[\\/]|\.[A-Za-z]+$/.test(source);
}

/** Lines of JSON, a message in JSON, or HTTP requests: the first character tells. */
async function* readStream(
  chunks: Chunks,
  source: string,
  { report }: Context,
): AsyncGenerator<GivenMessage | Unread> {
  const [beginning, all] = await peek(chunks);
  if (/^\{\s*[\r\n]/.test(beginning)) {
    yield await readLaidOut(all, source);
    return;
  }
  if (beginning.startsWith('{')) {
    yield* readLines(all, source);
    return;
  }
  const bytes = await readWhole(all, source);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    const reason = 'it is UTF-16, as PowerShell writes it with >: save it as UTF-8';
    throw new HooksError('not_a_message', { source, reason });
  }
  for (const { message, notes } of parseHttpRequests(bytes, source)) {
    for (const note of notes) report.note(note);
    yield { message, time: undefined, capture: undefined };
  }
}

/** Lines, each a message or a fact. */
async function* readLines(chunks: Chunks, source: string): AsyncGenerator<GivenMessage | Unread> {
  let count = 0;
  for await (const line of linesOf(chunks)) {
    const given = line?.length === 0 ? undefined : line ? readLine(withoutBom(line), source) : unread;
    if (!given) continue;
    if (given !== unread) count += 1;
    yield given;
  }
  if (count === 0) throw noMessage(source);
}

/** One message in JSON that is laid out over several lines. */
async function readLaidOut(chunks: Chunks, source: string): Promise<GivenMessage> {
  const given = readLine(withoutBom(asBuffer(await readWhole(chunks, source))), source);
  if (given && given !== unread) return given;
  throw noMessage(source);
}

function noMessage(source: string): HooksError {
  const reason =
    'it is JSON, but neither what listen --json prints nor {"headers": …, "body": …}: an event alone has no headers to verify';
  return new HooksError('not_a_message', { source, reason });
}

function withoutBom(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** The message of a line; undefined for a fact that is none. Throws HooksError for a line of a later version. */
function readLine(line: Buffer, source: string): GivenMessage | Unread | undefined {
  const record = readRecord(line);
  if (record.kind === 'newer')
    throw new HooksError('newer_captures', { path: source, version: record.version });
  if (record.kind === 'capture') {
    const capture = record.load();
    return capture ? { message: capture, time: capture.time, capture: capture.id || undefined } : unread;
  }
  if (record.kind === 'outcome') return undefined;
  // What send --dry-run --json prints, or what another program wrote.
  const value = withPairs(parseJson(line));
  if (!isMessage(value)) return record.kind === 'damaged' ? unread : undefined;
  const body =
    typeof value.body === 'string' ? Buffer.from(value.body) : Buffer.from(value.body_base64 ?? '', 'base64');
  return { message: { headers: value.headers, body }, time: undefined, capture: undefined };
}

/** A message whose headers are an object, as most programs write them, with pairs in its place. */
function withPairs(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('headers' in value)) return value;
  const { headers } = value;
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return value;
  const pairs = Object.entries(headers).flatMap(([name, texts]) =>
    [texts].flat().map((text) => [name, toHeaderBytes(String(text))]),
  );
  return { ...value, headers: pairs };
}

/** The beginning from the first character on that is no blank, and all of it. */
async function peek(chunks: Chunks): Promise<[beginning: string, all: Chunks]> {
  const iterator =
    Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  const begun: Uint8Array[] = [];
  let beginning = '';
  while (beginning.length < 2) {
    const { value, done } = await iterator.next();
    if (done) break;
    begun.push(value);
    const text = Buffer.concat(begun.map((chunk) => chunk.subarray(0, 1000))).toString();
    beginning = text.replace(/^\ufeff/, '').trimStart();
  }
  async function* all() {
    yield* begun;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return [beginning, all()];
}
