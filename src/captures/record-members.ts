import type { Headers } from '../message.ts';
import type { RefusalReason } from '../signature/verdict.ts';
import type { CaptureHead, CaptureOutcome } from './record.ts';

/** What a member must be. */
type Rule = (value: unknown) => boolean;

const isText: Rule = (value) => typeof value === 'string';
const isNumber: Rule = (value) => typeof value === 'number';
/** The form alone would let a month 99 through, whose moment is not a number. */
const isTime: Rule = (value) =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
  !Number.isNaN(Date.parse(value));
const orNull =
  (rule: Rule): Rule =>
  (value) =>
    value === null || rule(value);
const orAbsent =
  (rule: Rule): Rule =>
  (value) =>
    value === undefined || rule(value);

/**
 * The members of records. Held by hand rather than by zod: they are few, and read by the hundred thousand.
 */
const headRules: [name: string, rule: Rule][] = [
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

const outcomeRules: [name: string, rule: Rule][] = [
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

function follows(record: object, rules: readonly [name: string, rule: Rule][]): boolean {
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
