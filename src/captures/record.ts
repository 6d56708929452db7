import { type Headers, maskCredentials } from '../message.ts';
import type { RejectionReason } from '../signature/verdict.ts';

/** One member of a record: its name in JSON, which values it may have, and how they are read and written. */
interface RecordMember<T> {
  readonly name: string;
  accepts(value: unknown): boolean;
  read(value: unknown): T;
  write(value: T): unknown;
}

const isText = (value: unknown) => typeof value === 'string';
const isTextOrNull = (value: unknown) => value === null || isText(value);
const isNumberOrNull = (value: unknown) => value === null || typeof value === 'number';

/** The form alone would let a month 99 through, which is no time. */
function isTime(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}

/** A member whose value is the same in JSON. */
function plain<T>(name: string, accepts: (value: unknown) => boolean): RecordMember<T> {
  return { name, accepts, read: (value) => value as T, write: (value) => value };
}

/** The same, where the member may be absent: `listen --json` prints fewer, and those lines are read too. */
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

/** A name that a body gives itself. It is cut: a body of one long name would be stored twice. */
function ownName(name: string): RecordMember<string | null> {
  return {
    ...optional<string | null>(name, isTextOrNull, null),
    write: (value) => value?.slice(0, NAME_LIMIT) ?? null,
  };
}

/** Characters of a name that a body gives itself. */
export const NAME_LIMIT = 1000;

/** The version of the records that this program writes; it reads no later one. */
export const RECORD_VERSION = 1;

/** How a Capture came into the store: received by the listener, or pulled from Scalekit's event log. */
export type CaptureOrigin = 'listen' | 'pull';

/** What can be known of a Capture without reading its headers and body: everything that is searched by. */
export const captureMembers = {
  /** `cap_` and 12 letters and digits; empty in a fact of a listener that stored nothing. */
  id: {
    ...plain<string>('capture', isTextOrNull),
    read: (value: unknown) => (value as string | null) ?? '',
  },
  /** When it was received, in milliseconds since 1970. */
  time: time('time'),
  source: optional<CaptureOrigin>('source', (value) => value === 'listen' || value === 'pull', 'listen'),
  /** What the body says of itself; null where it says nothing. */
  eventType: ownName('event_type'),
  eventId: ownName('event_id'),
  organizationId: ownName('organization_id'),
  webhookId: plain<string | null>('webhook_id', isTextOrNull),
  verified: plain<boolean>('verified', (value) => typeof value === 'boolean'),
  /** Why it was rejected. */
  reason: plain<RejectionReason | null>('reason', isTextOrNull),
  /** The headers that the reason is about. */
  reasonHeaders: optional<readonly string[]>(
    'reason_headers',
    (value) => Array.isArray(value) && value.every(isText),
    [],
  ),
  /** Seconds between its timestamp and when it was received. */
  age: plain<number | null>('age', isNumberOrNull),
  /** What the sender was answered; null when the app's response counts, which its Outcome has. */
  status: plain<number | null>('status', isNumberOrNull),
  /** Where it was forwarded; null when it was not. */
  forwardTo: optional<string | null>('forward_to', isTextOrNull, null),
  method: plain<string>('method', isText),
  path: plain<string>('path', isText),
} as const satisfies Record<string, RecordMember<unknown>>;

/** What an app did with a Capture that was forwarded or replayed. */
export const outcomeMembers = {
  /** The id of the Capture. */
  capture: plain<string>('capture', isText),
  /** In milliseconds since 1970. */
  time: time('time'),
  /** Of the message as it was delivered. */
  webhookId: plain<string | null>('webhook_id', isTextOrNull),
  via: plain<'forward' | 'replay'>('via', (value) => value === 'forward' || value === 'replay'),
  /** Who replayed it; null for the listener that forwarded it. */
  follower: optional<string | null>('follower', isTextOrNull, null),
  url: plain<string>('url', isText),
  /** Of the response; null when there was none. */
  status: plain<number | null>('status', isNumberOrNull),
  /** Why there was no response, or why it broke off. */
  failure: plain<string | null>('failure', isTextOrNull),
  milliseconds: {
    ...plain<number>('duration_ms', (value) => typeof value === 'number'),
    write: (value: number) => Math.round(value * 10) / 10,
  },
} as const satisfies Record<string, RecordMember<unknown>>;

type RecordMembers = Readonly<Record<string, RecordMember<unknown>>>;
type RecordOf<M extends RecordMembers> = {
  readonly [K in keyof M]: M[K] extends RecordMember<infer T> ? T : never;
};

export type CaptureHead = RecordOf<typeof captureMembers>;
export type CaptureOutcome = RecordOf<typeof outcomeMembers>;

/** A Message that was received or pulled. Credentials among its headers are masked. */
export interface Capture extends CaptureHead {
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** The record that JSON holds; undefined when a member is absent or has another type. */
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

/** A Capture's line of JSON up to its last member, the body: everything that is searched by comes first. */
export function captureHead(capture: Capture): string {
  const head = {
    v: RECORD_VERSION,
    record: 'capture',
    ...writeMembers(captureMembers, capture),
    headers: maskCredentials(capture.headers),
  };
  return JSON.stringify(head).slice(0, -1);
}

/** An Outcome's line of JSON. */
export function outcomeLine(outcome: CaptureOutcome): string {
  return JSON.stringify({
    v: RECORD_VERSION,
    record: 'outcome',
    ...writeMembers(outcomeMembers, outcome),
  });
}
