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

export interface GivenMessage {
  readonly message: Message;
  /** The time of receipt in ms since 1970, if known. */
  readonly time: number | undefined;
  readonly capture: string | undefined;
}

/** A line that is damaged, or whose body cannot be verified because a secret in it is masked. */
export const unread = 'unread';
export type Unread = typeof unread;

/**
 * Reads messages from `-` (stdin), a path or the id of a capture. Lines of stdin are yielded as they arrive. Throws
 * HooksError.
 */
export async function* readMessages(
  source: string | undefined,
  folder: CapturesFolder,
  context: Context,
): AsyncGenerator<GivenMessage | Unread> {
  const { io, report } = context;
  if (source === undefined) throw new HooksError('nothing_to_verify', {});
  if (source === '-') {
    if (io.stdin.isTerminal) report.note('reading a message from the terminal. Press Ctrl-D to finish');
    yield* readStream(io.stdin.stream(), 'stdin', context);
  } else if (isPath(source)) {
    yield* readStream(openFile(source, io.cwd), source, context);
  } else {
    const [found] = findCaptures([source], openJournals(folder.path), folder.name);
    const { capture } = found!;
    yield { message: capture, time: capture.time, capture: capture.id };
  }
}

/** Ids of captures, events and messages have no slashes and no file extension. */
function isPath(source: string): boolean {
  return /[\\/]|\.[A-Za-z]+$/.test(source);
}

/** Detects JSON Lines, one indented JSON message, or HTTP requests from the first characters. */
async function* readStream(
  chunks: Chunks,
  source: string,
  { report }: Context,
): AsyncGenerator<GivenMessage | Unread> {
  const [beginning, all] = await peek(chunks);
  if (/^\{\s*[\r\n]/.test(beginning)) {
    yield await readIndented(all, source);
    return;
  }
  if (beginning.startsWith('{')) {
    yield* readLines(all, source);
    return;
  }
  const bytes = await readWhole(all, source);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    const reason = 'it is UTF-16, which PowerShell writes with >. Save it as UTF-8';
    throw new HooksError('not_a_message', { source, reason });
  }
  for (const { message, notes } of parseHttpRequests(bytes, source)) {
    for (const note of notes) report.note(note);
    yield { message, time: undefined, capture: undefined };
  }
}

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

async function readIndented(chunks: Chunks, source: string): Promise<GivenMessage> {
  const given = readLine(withoutBom(asBuffer(await readWhole(chunks, source))), source);
  if (given && given !== unread) return given;
  throw noMessage(source);
}

function noMessage(source: string): HooksError {
  const reason =
    'it is neither output of listen --json nor {"headers": …, "body": …}. An event alone has no headers to verify';
  return new HooksError('not_a_message', { source, reason });
}

function withoutBom(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** Undefined for a fact that is not a message. Throws HooksError for a record of a newer version. */
function readLine(line: Buffer, source: string): GivenMessage | Unread | undefined {
  const record = readRecord(line);
  if (record.kind === 'newer')
    throw new HooksError('newer_captures', { path: source, version: record.version });
  if (record.kind === 'capture') {
    const capture = record.load();
    return capture ? { message: capture, time: capture.time, capture: capture.id || undefined } : unread;
  }
  if (record.kind === 'outcome') return undefined;
  // Output of send --dry-run --json, or of another program.
  const value = withPairs(parseJson(line));
  if (!isMessage(value)) return record.kind === 'damaged' ? unread : undefined;
  const body =
    typeof value.body === 'string' ? Buffer.from(value.body) : Buffer.from(value.body_base64 ?? '', 'base64');
  return { message: { headers: value.headers, body }, time: undefined, capture: undefined };
}

/** Converts headers from an object, as most programs write them, to pairs. */
function withPairs(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('headers' in value)) return value;
  const { headers } = value;
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return value;
  const pairs = Object.entries(headers).flatMap(([name, texts]) =>
    [texts].flat().map((text) => [name, toHeaderBytes(String(text))]),
  );
  return { ...value, headers: pairs };
}

/** The first two or more characters after any whitespace, and all chunks from the start. */
async function peek(chunks: Chunks): Promise<[beginning: string, all: Chunks]> {
  const iterator =
    Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  const consumed: Uint8Array[] = [];
  let beginning = '';
  while (beginning.length < 2) {
    const { value, done } = await iterator.next();
    if (done) break;
    consumed.push(value);
    const text = Buffer.concat(consumed.map((chunk) => chunk.subarray(0, 1000))).toString();
    beginning = text.replace(/^\ufeff/, '').trimStart();
  }
  async function* all() {
    yield* consumed;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return [beginning, all()];
}
