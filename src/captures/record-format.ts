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
  outcomeLine,
  outcomeMembers,
  RECORD_VERSION,
  readMembers,
} from './record.ts';
import type { Entry, StoreRecord } from './store.ts';

export interface MessageRecord {
  readonly headers: Headers;
  readonly body?: string | null;
  readonly body_base64?: string | null;
}

/** Whether a record has headers and a body. */
export function isMessage(value: unknown): value is MessageRecord {
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

/** A record as one line: text, and perhaps bytes that are to be written as a JSON text. */
export interface RecordLine {
  readonly start: string;
  readonly body?: Uint8Array;
  readonly end: string;
}

/** Puts a record into a line. */
export function lineOf(record: StoreRecord): RecordLine {
  if (record.kind === 'outcome') return { start: outcomeLine(record.outcome), end: '\n' };
  const { body } = record.capture;
  const head = captureHead(record.capture);
  if (isUtf8(body)) return { start: `${head},"body":"`, body, end: '"}\n' };
  return { start: `${head},"body_base64":"${Buffer.from(body).toString('base64')}`, end: '"}\n' };
}

/** What a line takes at most, in bytes. */
export function longestForm({ start, body, end }: RecordLine): number {
  return (start.length + end.length) * 3 + (body?.length ?? 0) * LONGEST_ESCAPE;
}

/** Writes a line, and returns where it ends. There must be room for its longest form. */
export function writeLine({ start, body, end }: RecordLine, into: Buffer, at: number): number {
  let used = at + into.write(start, at);
  if (body) used = writeJsonText(body, into, used);
  return used + into.write(end, used);
}

const [quote, backslash, space, closingBrace] = [0x22, 0x5c, 0x20, 0x7d];

/** Bytes that a JSON text can have at most for one byte of what it says: `\u0000`. */
export const LONGEST_ESCAPE = 6;

/**
 * Writes bytes of UTF-8 as the inside of a JSON text (RFC 8259, 7), and returns where it ends. Byte by byte: making a
 * text of a body, escaping that and encoding it again costs a busy listener a tenth of its speed. There must be room
 * for LONGEST_ESCAPE times as many bytes.
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
 * What a line of a journal holds. `newer` is a record of a later version of this program, `other` a fact of `--json`
 * that is no message, `damaged` what is none of ours, or half of one.
 */
export type ReadRecord =
  | {
      readonly kind: 'capture';
      readonly head: CaptureHead;
      /** Reads headers and body; undefined when they are damaged. */
      load(): Capture | undefined;
    }
  | { readonly kind: 'outcome'; readonly outcome: CaptureOutcome }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'other' }
  | { readonly kind: 'damaged' };

const damaged: ReadRecord = { kind: 'damaged' };
const headersMember = Buffer.from(',"headers":');

/**
 * Reads what is searched by, without parsing headers and body where these come last, as in records of ours. Inside a
 * JSON text every quotation mark is escaped, so what looks like the member `headers` is that. `line` must stay as it
 * is until the Capture is loaded.
 */
export function readRecord(line: Buffer): ReadRecord {
  if (line[line.length - 1] !== closingBrace) return damaged;
  const at = endsInText(line) ? line.indexOf(headersMember) : -1;
  if (at === -1) return readWhole(parseJson(line.toString()));
  const first = parseJson(`${line.toString('utf8', 0, at)}}`);
  const head = isCurrent(first) && !('kind' in first) ? readMembers(captureMembers, first) : undefined;
  if (head) {
    return captureOf(head, () => parseJson(`{${line.toString('utf8', at + 1)}`));
  }
  // Members may have been put in another order since, or the version is another.
  return readWhole(parseJson(line.toString()));
}

/** Whether a line ends as records of ours do, with a text: one that was cut inside its body does not. */
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
  const head = readMembers(captureMembers, record);
  if (!head) return damaged;
  // In what --json prints secrets are masked, so that such a body is not the one that came.
  const isAltered =
    kind !== undefined && /(?:whsec|insec)_.{0,2}…/.test(String((record as { body?: unknown }).body));
  return captureOf(head, () => (isAltered ? undefined : record));
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
        ...head,
        headers,
        body: typeof body === 'string' ? Buffer.from(body) : Buffer.from(body_base64 ?? '', 'base64'),
      };
    },
  };
}

/** Where a line stands, and who counts it when it is damaged. */
export interface LinePlace {
  /** The file or pipe, for the sentences. */
  readonly path: string;
  countDamage(): void;
}

/**
 * What a line gives a reader; undefined for none of its records. `line` is undefined for one that is longer than any
 * record. Throws HooksError for a record of a later version.
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
      return record;
    case 'capture':
      return {
        ...record,
        load() {
          const capture = record.load();
          if (!capture) countDamage();
          return capture;
        },
      };
  }
}
