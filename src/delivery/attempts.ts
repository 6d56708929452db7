import type { Message } from '../message.ts';
import { pause } from '../pause.ts';
import type { Delivery } from './deliver.ts';
import type { Outcome } from './outcome.ts';
import { type RetryPolicy, waitBeforeRetry } from './retry.ts';

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
