import { isUtf8 } from 'node:buffer';
import { HooksError } from '../errors.ts';
import { parseJson } from '../json.ts';
import type { Headers } from '../message.ts';
import type { RefusalReason } from '../signature/verdict.ts';
import {
  type Capture,
  type CaptureHead,
  type CaptureOutcome,
  captureHead,
  outcomeLine,
  RECORD_VERSION,
} from './record.ts';
import type { Entry, Kept } from './store.ts';

/** What a member must be. */
type MemberRule = (value: unknown) => boolean;

const isText: MemberRule = (value) => typeof value === 'string';
const isNumber: MemberRule = (value) => typeof value === 'number';
/** The form alone would let a month 99 through, whose moment is not a number. */
const isTime: MemberRule = (value) =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
  !Number.isNaN(Date.parse(value));
const orNull =
  (rule: MemberRule): MemberRule =>
  (value) =>
    value === null || rule(value);
const orAbsent =
  (rule: MemberRule): MemberRule =>
  (value) =>
    value === undefined || rule(value);

/**
 * The members of records. Held by hand rather than by zod: they are few, and read by the hundred thousand.
 */
const headRules: [name: string, rule: MemberRule][] = [
  // Null in a fact of a listener that kept nothing.
  ['capture', orNull(isText)],
  ['time', isTime],
  ['event_type', orNull(isText)],
  ['event_id', orNull(isText)],
  ['webhook_id', orNull(isText)],
  ['verified', (value) => typeof value === 'boolean'],
  ['reason', orNull(isText)],
  ['reason_headers', orAbsent((value) => Array.isArray(value) && value.every(isText))],
  ['age', orNull(isNumber)],
  ['status', orNull(isNumber)],
  ['forward_to', orAbsent(orNull(isText))],
  ['method', isText],
  ['path', isText],
];

const outcomeRules: [name: string, rule: MemberRule][] = [
  ['capture', isText],
  ['time', isTime],
  ['webhook_id', orNull(isText)],
  ['via', (value) => value === 'forward' || value === 'replay'],
  ['url', isText],
  ['status', orNull(isNumber)],
  ['failure', orNull(isText)],
  ['duration_ms', isNumber],
];

/** Whether a record has the members of a Capture's head. */
export function isHead(record: object): record is HeadRecord {
  return follows(record, headRules);
}

/** Whether a record has the members of an Outcome. */
export function isOutcome(record: object): record is OutcomeRecord {
  return follows(record, outcomeRules);
}

function follows(record: object, rules: readonly [name: string, rule: MemberRule][]): boolean {
  return rules.every(([name, holds]) => holds((record as Record<string, unknown>)[name]));
}

export interface HeadRecord {
  readonly capture: string | null;
  readonly time: string;
  readonly event_type: string | null;
  readonly event_id: string | null;
  readonly webhook_id: string | null;
  readonly verified: boolean;
  readonly reason: RefusalReason | null;
  readonly reason_headers?: readonly string[];
  readonly age: number | null;
  readonly status: number | null;
  readonly forward_to?: string | null;
  readonly method: string;
  readonly path: string;
}

export interface OutcomeRecord {
  readonly capture: string;
  readonly time: string;
  readonly webhook_id: string | null;
  readonly via: 'forward' | 'replay';
  readonly url: string;
  readonly status: number | null;
  readonly failure: string | null;
  readonly duration_ms: number;
}

export function toHead(record: HeadRecord): CaptureHead {
  return {
    id: record.capture ?? '',
    time: Date.parse(record.time),
    eventType: record.event_type,
    eventId: record.event_id,
    webhookId: record.webhook_id,
    verified: record.verified,
    reason: record.reason,
    reasonHeaders: record.reason_headers ?? [],
    age: record.age,
    status: record.status,
    forwardTo: record.forward_to ?? null,
    method: record.method,
    path: record.path,
  };
}

export function toOutcome(record: OutcomeRecord): CaptureOutcome {
  return {
    capture: record.capture,
    webhookId: record.webhook_id,
    time: Date.parse(record.time),
    via: record.via,
    url: record.url,
    status: record.status,
    failure: record.failure,
    milliseconds: record.duration_ms,
  };
}

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
export function lineOf(record: Kept): RecordLine {
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
  if (isCurrent(first) && !('fact' in first) && isHead(first)) {
    return captureOf(first, () => parseJson(`{${line.toString('utf8', at + 1)}`));
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
  const { v: version, fact, record: kind } = record as Record<string, unknown>;
  if (typeof version === 'number' && version > RECORD_VERSION) return { kind: 'newer', version };
  if (typeof fact === 'string' && fact !== 'received' && fact !== 'capture_whole') return { kind: 'other' };
  if (kind === 'outcome') {
    return isOutcome(record) ? { kind: 'outcome', outcome: toOutcome(record) } : damaged;
  }
  if (!isHead(record)) return damaged;
  // In what --json prints secrets are masked, so that such a body is not the one that came.
  const isAltered =
    fact !== undefined && /(?:whsec|insec)_.{0,2}…/.test(String((record as { body?: unknown }).body));
  return captureOf(record, () => (isAltered ? undefined : record));
}

function isCurrent(record: unknown): record is object {
  return typeof record === 'object' && record !== null && 'v' in record && record.v === RECORD_VERSION;
}

function captureOf(record: HeadRecord, readMessage: () => unknown): ReadRecord {
  const head = toHead(record);
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
