import { type Headers, maskCredentials } from '../message.ts';
import type { RejectionReason } from '../signature/verdict.ts';

/** One member of a record: its name in JSON, its valid values, and how to read and write them. */
interface RecordMember<T> {
  readonly name: string;
  accepts(value: unknown): boolean;
  read(value: unknown): T;
  write(value: T): unknown;
}

const isText = (value: unknown) => typeof value === 'string';
const isTextOrNull = (value: unknown) => value === null || isText(value);
const isNumberOrNull = (value: unknown) => value === null || typeof value === 'number';

/** The pattern alone accepts month 99, hence Date.parse. */
function isTime(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}

/** A member with the same value in JSON. */
function plain<T>(name: string, accepts: (value: unknown) => boolean): RecordMember<T> {
  return { name, accepts, read: (value) => value as T, write: (value) => value };
}

/** A member that is only written if it has another value than `fallback`. */
function seldom<T>(name: string, accepts: (value: unknown) => boolean, fallback: T): RecordMember<T> {
  return {
    ...optional(name, accepts, fallback),
    write: (value) => (value === fallback ? undefined : value),
  };
}

/** The same, but may be missing: lines of `listen --json` have fewer members and can be read too. */
function optional<T>(name: string, accepts: (value: unknown) => boolean, fallback: T): RecordMember<T> {
  return {
    ...plain(name, (value) => value === undefined || accepts(value)),
    read: (value) => (value === undefined ? fallback : (value as T)),
  };
}

function time(name: string): RecordMember<number> {
  return {
    name,
    accepts: isTime,
    read: (value) => Date.parse(value as string),
    write: (value) => new Date(value).toISOString(),
  };
}

function timeOrNull(name: string): RecordMember<number | null> {
  const present = time(name);
  return {
    name,
    accepts: (value) => value === null || isTime(value),
    read: (value) => (value === null ? null : present.read(value)),
    write: (value) => (value === null ? null : present.write(value)),
  };
}

/** A name from the body. Truncated, so that a very long name in the body is not stored twice. */
function ownName(name: string): RecordMember<string | null> {
  return {
    ...optional<string | null>(name, isTextOrNull, null),
    write: (value) => value?.slice(0, NAME_LIMIT) ?? null,
  };
}

/** The longest name from a body that is stored, in characters. */
const NAME_LIMIT = 1000;

/** The version of the records that this program writes. It does not read later versions. */
export const RECORD_VERSION = 1;

/** The source of a Capture: received by the listener, pulled from Scalekit's event log, or composed in the inspector. */
type CaptureOrigin = 'listen' | 'pull' | 'compose';

const origins: readonly unknown[] = ['listen', 'pull', 'compose'] satisfies CaptureOrigin[];

/** The searchable members of a Capture: everything except headers and body. */
export const captureMembers = {
  /** `cap_` and 12 letters and digits; empty in the output of a listener that does not store captures. */
  id: {
    ...plain<string>('capture', isTextOrNull),
    read: (value: unknown) => (value as string | null) ?? '',
  },
  /** When it was received, in ms since 1970. */
  time: time('time'),
  source: optional<CaptureOrigin>('source', (value) => origins.includes(value), 'listen'),
  /** From the body, as are the next two; null if the body does not have it. */
  eventType: ownName('event_type'),
  eventId: ownName('event_id'),
  organizationId: ownName('organization_id'),
  webhookId: plain<string | null>('webhook_id', isTextOrNull),
  verified: plain<boolean>('verified', (value) => typeof value === 'boolean'),
  /** Why verification rejected it; null if verified. */
  reason: plain<RejectionReason | null>('reason', isTextOrNull),
  /** Names of the headers that caused the rejection. */
  reasonHeaders: optional<readonly string[]>(
    'reason_headers',
    (value) => Array.isArray(value) && value.every(isText),
    [],
  ),
  /** Seconds between its timestamp and its receipt. */
  age: plain<number | null>('age_seconds', isNumberOrNull),
  /** The status sent to the sender; null if the handler's response was passed on, which the Outcome has. */
  status: plain<number | null>('status', isNumberOrNull),
  /** The URL that it was forwarded to; null if it was not. */
  forwardTo: optional<string | null>('forward_to', isTextOrNull, null),
  method: plain<string>('method', isText),
  path: plain<string>('path', isText),
  /** Whether the body is only the beginning of the received one: a rejected message has a limit. */
  truncated: seldom<boolean>('truncated', (value) => typeof value === 'boolean', false),
  /** Length of the received body in bytes, and its SHA-256 in hex; null unless truncated. */
  bodyBytes: seldom<number | null>('body_bytes', isNumberOrNull, null),
  bodySha256: seldom<string | null>('body_sha256', isTextOrNull, null),
} as const satisfies Record<string, RecordMember<unknown>>;

/** The result of forwarding or replaying a Capture. */
export const outcomeMembers = {
  /** The id of the Capture. */
  capture: plain<string>('capture', isText),
  /** In ms since 1970. */
  time: time('time'),
  /** The webhook-id of the delivered message. */
  webhookId: plain<string | null>('webhook_id', isTextOrNull),
  via: plain<'forward' | 'replay'>('via', (value) => value === 'forward' || value === 'replay'),
  /** Who replayed or composed it; null if the listener forwarded it. */
  follower: optional<string | null>('follower', isTextOrNull, null),
  url: plain<string>('url', isText),
  /** Status of the response; null without a response. */
  status: plain<number | null>('status', isNumberOrNull),
  /** Why there was no response, or why it was incomplete; null for a complete response. */
  failure: plain<string | null>('failure', isTextOrNull),
  milliseconds: {
    ...plain<number>('duration_ms', (value) => typeof value === 'number'),
    write: (value: number) => Math.round(value * 10) / 10,
  },
  /** The beginning of the response body, as text; null if there is none. Not in records of earlier versions. */
  response: seldom<string | null>('response', isTextOrNull, null),
} as const satisfies Record<string, RecordMember<unknown>>;

/** That a listener begins or ends to receive. Between two listeners, nobody stores what is sent. */
export const listenerMembers = {
  /** In ms since 1970. */
  time: time('time'),
  state: plain<'started' | 'stopped'>('state', (value) => value === 'started' || value === 'stopped'),
  /** When the listener before it ended, in ms since 1970; null if there was none, or one is still running. */
  idleSince: timeOrNull('idle_since'),
  /** Its process, to learn whether it is still running. */
  pid: plain<number | null>('pid', isNumberOrNull),
} as const satisfies Record<string, RecordMember<unknown>>;

type RecordMembers = Readonly<Record<string, RecordMember<unknown>>>;
type RecordOf<M extends RecordMembers> = {
  readonly [K in keyof M]: M[K] extends RecordMember<infer T> ? T : never;
};

export type CaptureHead = RecordOf<typeof captureMembers>;
export type CaptureOutcome = RecordOf<typeof outcomeMembers>;
export type ListenerChange = RecordOf<typeof listenerMembers>;

/** A Message that was received or pulled. Credentials in its headers are masked when it is written. */
export interface Capture extends CaptureHead {
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** Reads a record from parsed JSON; undefined if a member is missing or has an invalid value. */
export function readMembers<M extends RecordMembers>(members: M, json: object): RecordOf<M> | undefined {
  const record: Record<string, unknown> = {};
  for (const key in members) {
    const { name, accepts, read } = members[key]!;
    const value = (json as Record<string, unknown>)[name];
    if (!accepts(value)) return undefined;
    record[key] = read(value);
  }
  return record as RecordOf<M>;
}

function writeMembers<M extends RecordMembers>(members: M, record: RecordOf<M>): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (const key in members) json[members[key]!.name] = members[key]!.write(record[key]);
  return json;
}

/** A Capture's JSON without the body and the closing brace. Searchable members come first. */
export function captureHead(capture: Capture): string {
  const head = {
    v: RECORD_VERSION,
    record: 'capture',
    ...writeMembers(captureMembers, capture),
    headers: maskCredentials(capture.headers),
  };
  return JSON.stringify(head).slice(0, -1);
}

/** An Outcome's JSON, without the newline. */
export function outcomeLine(outcome: CaptureOutcome): string {
  return lineWith('outcome', writeMembers(outcomeMembers, outcome));
}

/** The JSON of a listener's start or end, without the newline. */
export function listenerLine(change: ListenerChange): string {
  return lineWith('listener', writeMembers(listenerMembers, change));
}

function lineWith(record: string, members: Record<string, unknown>): string {
  return JSON.stringify({ v: RECORD_VERSION, record, ...members });
}
