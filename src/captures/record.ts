import { type Headers, maskCredentials } from '../message.ts';
import type { RefusalReason } from '../signature/verdict.ts';

/** What can be known of a Capture without reading its headers and body: what is searched by stands here. */
export interface CaptureHead {
  /** `cap_` and 12 letters and digits. */
  readonly id: string;
  /** When it came, in milliseconds since 1970. */
  readonly time: number;
  /** What the body says of itself, cut at NAME_LIMIT characters; null where it says nothing. */
  readonly eventType: string | null;
  readonly eventId: string | null;
  readonly webhookId: string | null;
  readonly verified: boolean;
  readonly reason: RefusalReason | null;
  /** The headers that the reason speaks of. */
  readonly reasonHeaders: readonly string[];
  /** Seconds between its timestamp and when it came. */
  readonly age: number | null;
  /** What the sender was answered; null when that was left to the app, whose Outcome tells. */
  readonly status: number | null;
  /** Where it was handed on to; null when it was not. */
  readonly forwardTo: string | null;
  readonly method: string;
  readonly path: string;
}

/** A Message that the listener saw. Credentials among its headers are masked. */
export interface Capture extends CaptureHead {
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** What an app did with a Capture that was handed on or replayed. */
export interface CaptureOutcome {
  /** The id of the Capture. */
  readonly capture: string;
  /** Of the message as it was delivered. */
  readonly webhookId: string | null;
  readonly time: number;
  readonly via: 'forward' | 'replay';
  readonly url: string;
  /** Of the answer; null when no status line came. */
  readonly status: number | null;
  /** Why no status line came, or the answer broke off. */
  readonly failure: string | null;
  readonly milliseconds: number;
}

/** The version of the records that this program writes; it reads no later one. */
export const RECORD_VERSION = 1;

/** What is kept of the names that a body gives itself: a body of one long name would be kept twice. */
export const NAME_LIMIT = 1000;

/** A Capture's line of JSON up to its last member, the body: what is searched by comes first. */
export function captureHead(capture: Capture): string {
  const head = {
    v: RECORD_VERSION,
    record: 'capture',
    capture: capture.id,
    time: new Date(capture.time).toISOString(),
    event_type: capture.eventType?.slice(0, NAME_LIMIT) ?? null,
    event_id: capture.eventId?.slice(0, NAME_LIMIT) ?? null,
    webhook_id: capture.webhookId,
    verified: capture.verified,
    reason: capture.reason,
    reason_headers: capture.reasonHeaders,
    age: capture.age,
    status: capture.status,
    forward_to: capture.forwardTo,
    method: capture.method,
    path: capture.path,
    headers: maskCredentials(capture.headers),
  };
  return JSON.stringify(head).slice(0, -1);
}

/** An Outcome's line of JSON. */
export function outcomeLine(outcome: CaptureOutcome): string {
  const record = {
    v: RECORD_VERSION,
    record: 'outcome',
    capture: outcome.capture,
    time: new Date(outcome.time).toISOString(),
    webhook_id: outcome.webhookId,
    via: outcome.via,
    url: outcome.url,
    status: outcome.status,
    failure: outcome.failure,
    duration_ms: Math.round(outcome.milliseconds * 10) / 10,
  };
  return JSON.stringify(record);
}
