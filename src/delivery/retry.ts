import { headerValues, type Message } from '../message.ts';
import { pause } from '../pause.ts';
import { isAccepted, type Outcome } from './outcome.ts';
import type { Delivery } from './transport/index.ts';

const [secondMs, hourMs] = [1000, 3_600_000];

export interface RetryPolicy {
  /** In ms, one before each retry. */
  readonly waits: readonly number[];
  /** Multiplies every wait: 0.001 turns a minute into 60 ms. */
  readonly scale: number;
}

/** The longest Retry-After that is honored, in ms. A longer one ends the retries. */
export const RETRY_AFTER_CAP = hourMs;

/**
 * How long to wait before the next attempt, in ms. Undefined for no further attempt: the message was accepted, the
 * schedule has ended, the delivery was stopped, or Retry-After exceeds RETRY_AFTER_CAP. `attempt` counts from 1; `now`
 * is in ms since 1970.
 */
export function waitBeforeRetry(
  attempt: number,
  outcome: Outcome,
  { waits, scale }: RetryPolicy,
  now: number,
): number | undefined {
  const plannedMs = waits[attempt - 1];
  if (plannedMs === undefined || isAccepted(outcome)) return undefined;
  if (!outcome.answered && outcome.failure === 'stopped') return undefined;
  const askedMs = outcome.answered ? readRetryAfter(headerValues(outcome.headers, 'retry-after')[0], now) : 0;
  if (askedMs > RETRY_AFTER_CAP) return undefined;
  return Math.round(Math.max(plannedMs, askedMs) * scale);
}

/** The handler's Retry-After in seconds if it exceeds RETRY_AFTER_CAP and so ends the retries. */
export function asksForTooLong(outcome: Outcome, now: number): number | undefined {
  if (!outcome.answered || isAccepted(outcome)) return undefined;
  const askedMs = readRetryAfter(headerValues(outcome.headers, 'retry-after')[0], now);
  return askedMs > RETRY_AFTER_CAP ? Math.round(askedMs / secondMs) : undefined;
}

/** Parses Retry-After (RFC 9110, section 10.2.3) into ms; 0 if it is missing, invalid or in the past. */
export function readRetryAfter(value: string | undefined, now: number): number {
  if (value === undefined) return 0;
  if (/^[0-9]+$/.test(value)) return Number(value) * secondMs;
  const date = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(value)
    ? Date.parse(value)
    : Number.NaN;
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}

/** One delivery attempt, and the wait before the next. */
export interface Attempted {
  readonly message: Message;
  readonly outcome: Outcome;
  /** Counted from 1. */
  readonly attempt: number;
  /** In ms; undefined if this was the last attempt. */
  readonly retryIn: number | undefined;
}

export interface AttemptOptions {
  readonly retry: RetryPolicy | undefined;
  /** Prevents further attempts once it aborts. */
  readonly asked: AbortSignal;
  now(): number;
}

/**
 * Delivers until the message is accepted or the policy allows no further attempt. Calls `makeMessage` before each
 * attempt, so that each has a fresh signature, and `onAttempt` after it. Returns the last Outcome.
 */
export async function deliverWithRetries(
  delivery: Delivery,
  makeMessage: () => Message,
  onAttempt: (attempted: Attempted) => void,
  { retry, asked, now }: AttemptOptions,
): Promise<Outcome> {
  for (let attempt = 1; ; attempt += 1) {
    const message = makeMessage();
    const outcome = await delivery.deliver(message);
    const retryIn = retry && !asked.aborted ? waitBeforeRetry(attempt, outcome, retry, now()) : undefined;
    onAttempt({ message, outcome, attempt, retryIn });
    if (retryIn === undefined) return outcome;
    await pause(retryIn, asked);
    if (asked.aborted) return outcome;
  }
}
