import { linesOf } from '../../captures/lines.ts';
import { withStore } from '../../captures/open.ts';
import type { Capture } from '../../captures/record.ts';
import { readRecord } from '../../captures/record-format.ts';
import type { CapturesPlace } from '../../config/captures.ts';
import { HooksError } from '../../errors.ts';
import { type Chunks, exists, openFile, readWhole, withoutBom } from '../../input/bytes.ts';
import { type LoggedMessage, messagesInJson } from '../../input/messages/logged-messages.ts';
import { messagesInPrint, messagesInText, whyNoMessage } from '../../input/messages/text-messages.ts';
import type { Io } from '../../io.ts';
import { parseJson } from '../../json.ts';
import { asBuffer, type Message } from '../../message.ts';
import type { Report } from '../../report/index.ts';
import type { Context } from '../context.ts';

/** A message to verify, and what is known about its receipt. */
export interface GivenMessage {
  readonly message: Message;
  /** The time of receipt in ms since 1970, if known. */
  readonly time: number | undefined;
  readonly capture: string | undefined;
  /** Set if a log has only the parsed body, which was serialized again here. */
  readonly isParsed?: boolean;
  /** Set if the headers come from `-H`. */
  readonly isFromFlags?: boolean;
  /** Whether the listener that stored it verified it. */
  readonly wasVerified?: boolean;
  /** Set if only the beginning of the body was stored. */
  readonly truncated?: Capture;
}

function givenCapture(capture: Capture): GivenMessage {
  const { time, id, verified: wasVerified } = capture;
  const given = { message: capture, time, capture: id || undefined, wasVerified };
  return capture.truncated ? { ...given, truncated: capture } : given;
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
  folder: CapturesPlace,
  context: Context,
): AsyncGenerator<GivenMessage | Unread> {
  const { io, report } = context;
  if (source === undefined) throw new HooksError('nothing_to_verify', {});
  if (source === '-') {
    if (io.stdin.isTerminal) report.note('reading a message from the terminal. Press Ctrl-D to finish');
    yield* readStream(io.stdin.stream(), 'stdin', context);
  } else if (isPath(source, io)) {
    yield* readStream(openFile(source, io.cwd), source, context);
  } else {
    yield givenCapture(await captureNamed(source, folder, report));
  }
}

/** Ids of captures, events and messages have no slashes and no file extension, and a file is seldom named like one. */
function isPath(source: string, { cwd }: Pick<Io, 'cwd'>): boolean {
  return /[\\/]|^\.|\.[A-Za-z]\w*$/.test(source) || (!isLikeId(source) && exists(source, cwd));
}

const isLikeId = (source: string) => /^(?:last(?::\d+)?$|cap_|evt_|msg_)/.test(source);

/** The capture with an id. A name that is not like an id may be a mistyped path, so its error covers both. */
async function captureNamed(source: string, place: CapturesPlace, report: Report): Promise<Capture> {
  const { findNoted } = await import('../find-noted.ts');
  try {
    const [found] = await withStore(place, async (store) =>
      findNoted([source], { reader: await store.openReader(), place: store.name }, report),
    );
    return found!.capture;
  } catch (error) {
    const isUnknown =
      error instanceof HooksError && (error.code === 'unknown_capture' || error.code === 'no_captures');
    if (isLikeId(source) || !isUnknown) throw error;
    throw new HooksError('unreadable_file', {
      path: source,
      reason: 'no file has this name, and no capture has an id that starts with it',
      fix: 'check the path, or run scalekit-hooks captures to list the captures',
    });
  }
}

/** Detects JSON Lines, one JSON value over several lines, or other text from the first characters. */
async function* readStream(
  chunks: Chunks,
  source: string,
  { report }: Context,
): AsyncGenerator<GivenMessage | Unread> {
  const [beginning, all] = await peek(chunks);
  if (/^(?:\{\s*[\r\n]|\[)/.test(beginning) || isPrinted(beginning)) {
    yield* readValue(withoutBom(asBuffer(await readWhole(all, source))), source);
  } else if (beginning.startsWith('{')) {
    yield* readLines(all, source);
  } else {
    const { messages, notes } = messagesInText(await readWhole(all, source), source);
    for (const note of notes) report.note(note);
    yield* messages.map(fromLog);
  }
}

/** The most objects and arrays in one JSON value: more take minutes to search, and no log of one request has as many. */
const MAX_CONTAINERS = 1_000_000;

/** Throws HooksError for a JSON value with countless values in it. */
function rejectCountless(json: Uint8Array, source: string): void {
  const containers = json.length > MAX_CONTAINERS ? countContainers(json) : 0;
  if (containers <= MAX_CONTAINERS) return;
  const reason = `it is one JSON value with ${containers} objects and arrays; the limit is ${MAX_CONTAINERS}`;
  throw new HooksError('not_a_message', { source, reason });
}

const [quote, backslash, brace, bracket] = [0x22, 0x5c, 0x7b, 0x5b];

/** Brackets inside strings do not count: the body of a capture is one string. */
function countContainers(json: Uint8Array): number {
  let [count, isText] = [0, false];
  for (let index = 0; index < json.length; index += 1) {
    const byte = json[index];
    if (byte === backslash && isText) index += 1;
    else if (byte === quote) isText = !isText;
    else if (!isText && (byte === brace || byte === bracket)) count += 1;
  }
  return count;
}

async function* readLines(chunks: Chunks, source: string): AsyncGenerator<GivenMessage | Unread> {
  let count = 0;
  for await (const line of linesOf(chunks)) {
    const found: (GivenMessage | Unread)[] =
      line === undefined ? [unread] : line.length === 0 ? [] : readLine(withoutBom(line), source);
    count += found.filter((given) => given !== unread).length;
    yield* found;
  }
  if (count === 0) throw noMessage(source);
}

/** One JSON value over several lines, or objects as programs print them. Throws HooksError. */
function readValue(bytes: Buffer, source: string): (GivenMessage | Unread)[] {
  const found = readLine(bytes, source).filter((given) => given !== unread);
  if (found.length > 0) return found;
  // A line of a log can begin with a bracket, too.
  if (bytes[0] === bracket && parseJson(bytes) === undefined)
    return messagesInText(bytes, source).messages.map(fromLog);
  throw noMessage(source, bytes.toString());
}

/** Whether an object is not JSON, from its first member: a dict of Python, a hash of Ruby, an object of JavaScript. */
function isPrinted(beginning: string): boolean {
  return /^\{\s*(?:['\w:]|"(?:[^"\\]|\\.)*"\s*=>)/.test(beginning);
}

function fromLog({ message, isParsed }: LoggedMessage): GivenMessage {
  return { message, time: undefined, capture: undefined, isParsed };
}

function noMessage(source: string, text = ''): HooksError {
  const usually =
    'it contains no request with a signature header and a body. An event alone has no headers to verify';
  return new HooksError('not_a_message', { source, reason: whyNoMessage(text, usually) });
}

/** The messages of a JSON value: one for a capture, none for another fact. Throws HooksError for a newer record. */
function readLine(line: Buffer, source: string): (GivenMessage | Unread)[] {
  rejectCountless(line, source);
  const record = readRecord(line);
  if (record.kind === 'newer')
    throw new HooksError('newer_captures', { path: source, version: record.version });
  if (record.kind === 'capture') {
    const capture = record.load();
    return [capture ? givenCapture(capture) : unread];
  }
  if (record.kind === 'outcome' || record.kind === 'listener') return [];
  // Output of send --dry-run --json, or of another program.
  const value = parseJson(line);
  const found = value === undefined ? messagesInPrint(line.toString()) : messagesInJson(value);
  if (found.length > 0) return found.map(fromLog);
  return record.kind === 'damaged' && value === undefined ? [unread] : [];
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
