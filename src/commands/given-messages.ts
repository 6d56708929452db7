import { findCaptures } from '../captures/find.ts';
import { openJournals } from '../captures/journals.ts';
import { readRecord } from '../captures/read-record.ts';
import { isMessage } from '../captures/record-members.ts';
import { linesOf } from '../captures/stream.ts';
import { HooksError } from '../errors.ts';
import { parseJson } from '../events/json.ts';
import type { Message } from '../message.ts';
import { readFile } from '../settings/body.ts';
import type { CapturesFolder } from '../settings/captures.ts';
import { parseHttpRequest } from '../settings/http-request.ts';
import type { Context } from './context.ts';

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
    yield* readStream([readFile(source, io.cwd)], source, context);
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

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Lines of JSON, or one HTTP request: the first character tells. */
async function* readStream(
  chunks: Chunks,
  source: string,
  context: Context,
): AsyncGenerator<GivenMessage | Unread> {
  const [first, all] = await peek(chunks);
  if (/^\s*\{/.test(first)) yield* readLines(all, source);
  else {
    const { message, notes } = parseHttpRequest(await concat(all), source);
    for (const note of notes) context.report.note(note);
    yield { message, time: undefined, capture: undefined };
  }
}

async function* readLines(chunks: Chunks, source: string): AsyncGenerator<GivenMessage | Unread> {
  let count = 0;
  for await (const line of linesOf(chunks)) {
    const given = line.length === 0 ? undefined : readLine(line, source);
    if (!given) continue;
    if (given !== unread) count += 1;
    yield given;
  }
  if (count > 0) return;
  const reason =
    'it is JSON, but neither what listen --json prints nor a capture: an event alone has no headers to verify';
  throw new HooksError('not_a_message', { source, reason });
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
  // What send --dry-run --json prints, or a line that another program wrote.
  const value = parseJson(line);
  if (!isMessage(value)) return record.kind === 'damaged' ? unread : undefined;
  const body =
    typeof value.body === 'string' ? Buffer.from(value.body) : Buffer.from(value.body_base64 ?? '', 'base64');
  return { message: { headers: value.headers, body }, time: undefined, capture: undefined };
}

/** The beginning, as text, and all of it. */
async function peek(chunks: Chunks): Promise<[first: string, all: Chunks]> {
  const iterator =
    Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  const { value: first, done } = await iterator.next();
  const rest = { [Symbol.asyncIterator]: () => iterator as AsyncIterator<Uint8Array> };
  async function* all() {
    if (!done) yield first;
    if (!done) yield* rest;
  }
  return [done ? '' : Buffer.from(first.subarray(0, 100)).toString(), all()];
}

async function concat(chunks: Chunks): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
