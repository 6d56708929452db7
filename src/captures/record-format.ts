import { isUtf8 } from 'node:buffer';
import { HooksError } from '../errors.ts';
import { parseJson } from '../json.ts';
import type { Headers } from '../message.ts';
import {
  type Capture,
  type CaptureHead,
  type CaptureOutcome,
  captureHead,
  captureMembers,
  type ListenerChange,
  listenerLine,
  listenerMembers,
  outcomeLine,
  outcomeMembers,
  RECORD_VERSION,
  readMembers,
} from './record.ts';
import type { Entry, StoreRecord } from './store.ts';

interface MessageRecord {
  readonly headers: Headers;
  readonly body?: string | null;
  readonly body_base64?: string | null;
}

/** Whether a value has headers and a body, as text or base64. */
function isMessage(value: unknown): value is MessageRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { headers, body, body_base64 } = value as Record<string, unknown>;
  const isPair = (pair: unknown) =>
    Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string' && typeof pair[1] === 'string';
  return (
    Array.isArray(headers) &&
    headers.every(isPair) &&
    (typeof body === 'string' || (typeof body_base64 === 'string' && (body ?? null) === null))
  );
}

/** One line of JSON, with the body's bytes still to be escaped as a JSON string between `start` and `end`. */
interface RecordLine {
  readonly start: string;
  readonly body?: Uint8Array;
  readonly end: string;
}

/** The line of a record. A body is base64 if it is not UTF-8, or if a JSON string of it would be much longer. */
export function lineOf(record: StoreRecord): RecordLine {
  if (record.kind === 'outcome') return { start: outcomeLine(record.outcome), end: '\n' };
  if (record.kind === 'listener') return { start: listenerLine(record.change), end: '\n' };
  const { body } = record.capture;
  const head = captureHead(record.capture);
  if (isUtf8(body) && !isMostlyEscapes(body)) return { start: `${head},"body":"`, body, end: '"}\n' };
  return { start: `${head},"body_base64":"${Buffer.from(body).toString('base64')}`, end: '"}\n' };
}

/** A shorter body takes little room even if every byte is escaped. */
const MIN_COUNTED_BYTES = 16 * 1024;

/** Whether base64 is shorter than a JSON string: a body of control characters would take six times its length. */
function isMostlyEscapes(body: Uint8Array): boolean {
  if (body.length < MIN_COUNTED_BYTES) return false;
  const mostAdded = body.length / 3;
  let added = 0;
  for (const byte of body) {
    if (byte < space) added += LONGEST_ESCAPE - 1;
    else if (byte === quote || byte === backslash) added += 1;
    if (added > mostAdded) return true;
  }
  return false;
}

/** The most bytes that a line can take once it is encoded. */
export function longestForm({ start, body, end }: RecordLine): number {
  return (start.length + end.length) * 3 + (body?.length ?? 0) * LONGEST_ESCAPE;
}

/** Writes a line and returns the offset where it ends. `into` needs room for `longestForm`. */
export function writeLine({ start, body, end }: RecordLine, into: Buffer, at: number): number {
  let used = at + into.write(start, at);
  if (body) used = writeJsonText(body, into, used);
  return used + into.write(end, used);
}

const [quote, backslash, space, closingBrace] = [0x22, 0x5c, 0x20, 0x7d];

/** The most bytes that one byte of UTF-8 takes in a JSON string: `\u0000`. */
export const LONGEST_ESCAPE = 6;

/**
 * Writes UTF-8 bytes as the content of a JSON string (RFC 8259, section 7) and returns the offset where it ends. Works
 * on bytes, because decoding, escaping and encoding a body costs a busy listener a tenth of its speed. `into` needs
 * room for LONGEST_ESCAPE bytes per byte.
 */
export function writeJsonText(bytes: Uint8Array, into: Buffer, at: number): number {
  let end = at;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]!;
    if (byte === quote || byte === backslash) {
      into[end] = backslash;
      into[end + 1] = byte;
      end += 2;
    } else if (byte < space) {
      end += into.write(`\\u00${byte < 16 ? '0' : ''}${byte.toString(16)}`, end, 'latin1');
    } else {
      into[end] = byte;
      end += 1;
    }
  }
  return end;
}

/**
 * The content of a line in a journal. `newer`: a record from a later version of this program. `other`: a line of
 * `--json` output that is not a message. `damaged`: an incomplete record, or not a record.
 */
type ReadRecord =
  | {
      readonly kind: 'capture';
      readonly head: CaptureHead;
      /** Parses headers and body; undefined if they are damaged. */
      load(): Capture | undefined;
    }
  | { readonly kind: 'outcome'; readonly outcome: CaptureOutcome }
  | { readonly kind: 'listener'; readonly change: ListenerChange }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'other' }
  | { readonly kind: 'damaged' };

const damaged: ReadRecord = { kind: 'damaged' };
const headersMember = Buffer.from(',"headers":');

/**
 * Parses the searchable members of a record. Headers and body are left unparsed if they come last, as this program
 * writes them. Quotation marks inside JSON strings are escaped, so the bytes `,"headers":` are always that member.
 * `line` must not change until the Capture is loaded.
 */
export function readRecord(line: Buffer): ReadRecord {
  if (line[line.length - 1] !== closingBrace) return damaged;
  const at = endsInText(line) ? line.indexOf(headersMember) : -1;
  if (at === -1) return readWhole(parseJson(line.toString()));
  const searchable = parseJson(`${line.toString('utf8', 0, at)}}`);
  const head =
    isCurrent(searchable) && !('kind' in searchable) ? readMembers(captureMembers, searchable) : undefined;
  if (head) {
    return captureOf(head, () => parseJson(`{${line.toString('utf8', at + 1)}`));
  }
  // Another tool may have reordered the members, or the version differs.
  return readWhole(parseJson(line.toString()));
}

/** Whether a line ends with a complete JSON string. A record that was truncated inside its body does not. */
function endsInText(line: Buffer): boolean {
  let end = line.length - 2;
  if (line[end] !== quote) return false;
  let backslashes = 0;
  while (line[end - 1] === backslash) {
    backslashes += 1;
    end -= 1;
  }
  return backslashes % 2 === 0;
}

function readWhole(record: unknown): ReadRecord {
  if (typeof record !== 'object' || record === null) return damaged;
  const { v: version, kind, record: recordKind } = record as Record<string, unknown>;
  if (typeof version === 'number' && version > RECORD_VERSION) return { kind: 'newer', version };
  if (typeof kind === 'string' && kind !== 'received' && kind !== 'capture_whole') return { kind: 'other' };
  if (recordKind === 'outcome') {
    const outcome = readMembers(outcomeMembers, record);
    return outcome ? { kind: 'outcome', outcome } : damaged;
  }
  if (recordKind === 'listener') {
    const change = readMembers(listenerMembers, record);
    return change ? { kind: 'listener', change } : damaged;
  }
  // In the output of `captures show --json`, `time` is when the line was printed.
  const { captured_at: time = (record as { time?: unknown }).time } = record as { captured_at?: unknown };
  const head = readMembers(captureMembers, { ...record, time });
  if (!head) return damaged;
  // --json output masks secrets, so a masked body is not the received body.
  const isMasked =
    kind !== undefined && /(?:whsec|insec)_.{0,2}…/.test(String((record as { body?: unknown }).body));
  return captureOf(head, () => (isMasked ? undefined : record));
}

function isCurrent(record: unknown): record is object {
  return typeof record === 'object' && record !== null && 'v' in record && record.v === RECORD_VERSION;
}

function captureOf(head: CaptureHead, readMessage: () => unknown): ReadRecord {
  return {
    kind: 'capture',
    head,
    load() {
      const message = readMessage();
      if (!isMessage(message)) return undefined;
      const { headers, body, body_base64 } = message;
      return {
        headers,
        body: typeof body === 'string' ? Buffer.from(body) : Buffer.from(body_base64 ?? '', 'base64'),
        // Last: if the spread comes first, V8 makes a hidden class for each capture, and all that reads one is slow.
        ...head,
      };
    },
  };
}

/** The source of a line, and the callback that counts damaged lines. */
interface LinePlace {
  /** Names the file or pipe in errors. */
  readonly path: string;
  countDamage(): void;
}

/**
 * Parses a line into an entry; undefined if it has no readable record. `line` is undefined if it is longer than any
 * record. Throws HooksError `newer_captures` for a record from a later version.
 */
export function readEntry(line: Buffer | undefined, { path, countDamage }: LinePlace): Entry | undefined {
  const record = line ? readRecord(line) : ({ kind: 'damaged' } as const);
  switch (record.kind) {
    case 'newer':
      throw new HooksError('newer_captures', { path, version: record.version });
    case 'damaged':
      countDamage();
      return undefined;
    case 'other':
      return undefined;
    case 'outcome':
    case 'listener':
      return record;
    case 'capture':
      return {
        kind: 'capture',
        head: record.head,
        load() {
          const capture = record.load();
          if (!capture) countDamage();
          return capture;
        },
      };
  }
}
