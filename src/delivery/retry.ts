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
  /** Retries only after no response, and then without end: the last wait is repeated. */
  readonly untilAnswered?: true;
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
  { waits, scale, untilAnswered }: RetryPolicy,
  now: number,
): number | undefined {
  if (untilAnswered && outcome.answered) return undefined;
  const plannedMs = waits[attempt - 1] ?? (untilAnswered ? waits.at(-1) : undefined);
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

interface AttemptOptions {
  readonly retry: RetryPolicy | undefined;
  /** Prevents further attempts once it aborts. */
  readonly asked: AbortSignal;
  now(): number;
}

/** Makes the message of one attempt; undefined if it cannot be made any more, which ends the attempts. */
export type MakeMessage = () => Message | undefined | Promise<Message | undefined>;

/**
 * Delivers until the message is accepted or the policy allows no further attempt. Calls `makeMessage` before each
 * attempt, so that each has a fresh signature, and `onAttempt` after it. Returns the last Outcome; undefined if there was
 * no message for the first attempt.
 */
export async function deliverWithRetries(
  delivery: Delivery,
  makeMessage: MakeMessage,
  onAttempt: (attempted: Attempted) => void,
  options: AttemptOptions,
): Promise<Outcome | undefined> {
  let last: Outcome | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const result = await attemptOnce(attempt, { delivery, makeMessage, onAttempt }, options);
    if (!result) return last;
    last = result.outcome;
    if (result.retryIn === undefined) return last;
    await pause(result.retryIn, options.asked);
    if (options.asked.aborted) return last;
  }
}

/** A separate function, so that nothing holds the bodies of the message and of the response during the wait. */
async function attemptOnce(
  attempt: number,
  {
    delivery,
    makeMessage,
    onAttempt,
  }: { delivery: Delivery; makeMessage: MakeMessage; onAttempt: (attempted: Attempted) => void },
  { retry, asked, now }: AttemptOptions,
): Promise<Pick<Attempted, 'outcome' | 'retryIn'> | undefined> {
  const made = makeMessage();
  // Most messages are made at once; an await would cost every delivery a turn.
  const message = made instanceof Promise ? await made : made;
  if (!message) return undefined;
  const outcome = await delivery.deliver(message);
  const retryIn = retry && !asked.aborted ? waitBeforeRetry(attempt, outcome, retry, now()) : undefined;
  onAttempt({ message, outcome, attempt, retryIn });
  return { outcome: retryIn === undefined ? outcome : withoutBody(outcome), retryIn };
}

function withoutBody(outcome: Outcome): Outcome {
  return outcome.answered ? { ...outcome, body: new Uint8Array() } : outcome;
}
