import { headerValues, type Message } from '../message.ts';
import { pause } from '../pause.ts';
import { isAccepted, type Outcome } from './outcome.ts';
import type { Delivery } from './transport/index.ts';

const [second, hour] = [1000, 3_600_000];

export interface RetryPolicy {
  readonly waits: readonly number[];
  /** What every wait is multiplied by: 0.001 makes a minute 60 ms. */
  readonly scale: number;
}

/** The longest Retry-After that is waited for; a handler that asks for more is not tried again. */
export const RETRY_AFTER_CAP = hour;

/**
 * How long to wait before the next attempt, in milliseconds; undefined when there is none: the message was taken,
 * the schedule is at its end, somebody wants to stop, or the handler asks for more time than RETRY_AFTER_CAP.
 * `attempt` counts from 1; `now` is in milliseconds since 1970.
 */
export function waitBeforeRetry(
  attempt: number,
  outcome: Outcome,
  { waits, scale }: RetryPolicy,
  now: number,
): number | undefined {
  const planned = waits[attempt - 1];
  if (planned === undefined || isAccepted(outcome)) return undefined;
  if (!outcome.answered && outcome.failure === 'stopped') return undefined;
  const asked = outcome.answered ? readRetryAfter(headerValues(outcome.headers, 'retry-after')[0], now) : 0;
  if (asked > RETRY_AFTER_CAP) return undefined;
  return Math.round(Math.max(planned, asked) * scale);
}

/** The seconds that a handler asks for when they are more than RETRY_AFTER_CAP, so that it is not tried again. */
export function asksForTooLong(outcome: Outcome, now: number): number | undefined {
  if (!outcome.answered || isAccepted(outcome)) return undefined;
  const asked = readRetryAfter(headerValues(outcome.headers, 'retry-after')[0], now);
  return asked > RETRY_AFTER_CAP ? Math.round(asked / second) : undefined;
}

/** Retry-After in milliseconds (RFC 9110, 10.2.3: seconds or a date); 0 for none, for junk and for the past. */
export function readRetryAfter(value: string | undefined, now: number): number {
  if (value === undefined) return 0;
  if (/^[0-9]+$/.test(value)) return Number(value) * second;
  const date = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(value)
    ? Date.parse(value)
    : Number.NaN;
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}

/** One try to deliver, and when the next will be. */
export interface Attempted {
  readonly message: Message;
  readonly outcome: Outcome;
  /** Counted from 1. */
  readonly attempt: number;
  /** Milliseconds until the next attempt; undefined when this was the last. */
  readonly retryIn: number | undefined;
}

export interface AttemptOptions {
  readonly retry: RetryPolicy | undefined;
  /** No further attempt is made once this aborts. */
  readonly asked: AbortSignal;
  now(): number;
}

/**
 * Delivers until the message is taken or the policy is at its end. `makeMessage` is called for each attempt, so that
 * each is signed afresh; `tell` is called after each. Returns the last Outcome, which is the one that counts.
 */
export async function deliverWithRetries(
  delivery: Delivery,
  makeMessage: () => Message,
  tell: (attempted: Attempted) => void,
  { retry, asked, now }: AttemptOptions,
): Promise<Outcome> {
  for (let attempt = 1; ; attempt += 1) {
    const message = makeMessage();
    const outcome = await delivery.deliver(message);
    const retryIn = retry && !asked.aborted ? waitBeforeRetry(attempt, outcome, retry, now()) : undefined;
    tell({ message, outcome, attempt, retryIn });
    if (retryIn === undefined) return outcome;
    await pause(retryIn, asked);
    if (asked.aborted) return outcome;
  }
}
