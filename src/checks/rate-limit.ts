import type { Outcome } from '../delivery/outcome.ts';
import { statusOf } from '../delivery/outcome.ts';
import { readRetryAfter } from '../delivery/retry.ts';
import { headerValues } from '../message.ts';
import { pause } from '../pause.ts';
import type { Check, CheckResult } from './check.ts';
import type { Workbench } from './workbench.ts';

/** What a wait for a rate limit depends on. */
export interface LimitOptions {
  /** Nothing is waited for once it aborts. */
  readonly stop?: AbortSignal;
  /** Called when a rate limit is waited for, with how long, in milliseconds. */
  readonly onLimit?: (milliseconds: number) => void;
}

/** Whether a rate limit answered in place of the handler; for many at once that is an answer as good as any. */
export function isLimited({ check, exchanges }: CheckResult): boolean {
  return !check.isAlone && exchanges.some(({ outcome }) => statusOf(outcome) === 429);
}

function askedWait(outcome: Outcome, now: number): number {
  return outcome.answered ? readRetryAfter(headerValues(outcome.headers, 'retry-after')[0], now) : 0;
}

/** Time that a run waits for rate limits in all, and at a time, in milliseconds. */
const LONGEST_WAIT = 65_000;
const ALL_WAITS = 130_000;

/** Waits where a handler limits how often it is called, as it asks for it, until patience has run out. */
export class LimitPatience {
  readonly #options: LimitOptions;
  readonly #bench: Workbench;
  #left = ALL_WAITS;
  /** The stage at hand, and how many of it were limited. */
  #stage: readonly Check[] | undefined;
  #before = 0;

  constructor(options: LimitOptions, bench: Workbench) {
    this.#options = options;
    this.#bench = bench;
  }

  /** Waits when one of the results is of a limit; says whether those are to be run again. */
  async wait(results: readonly CheckResult[], stage: readonly Check[]): Promise<boolean> {
    const checks = results.filter(isLimited);
    const limited = checks.flatMap(({ exchanges }) => exchanges);
    const isBetter = stage !== this.#stage || checks.length < this.#before;
    this.#stage = stage;
    this.#before = checks.length;
    // Where waiting has changed nothing, more of it will not either.
    if (limited.length === 0 || !isBetter || this.#bench.ended !== undefined) return false;
    const now = this.#bench.materials.now();
    const asked = Math.max(1000, ...limited.map(({ outcome }) => askedWait(outcome, now)));
    if (asked > LONGEST_WAIT || asked > this.#left) return false;
    this.#left -= asked;
    this.#options.onLimit?.(asked);
    await pause(asked, this.#options.stop ?? new AbortController().signal);
    return this.#bench.ended === undefined;
  }
}
