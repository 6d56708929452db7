import { type Outcome, statusOf } from '../delivery/outcome.ts';
import { readRetryAfter } from '../delivery/retry.ts';
import { headerValues } from '../message.ts';
import { pause } from '../pause.ts';
import type { Check, CheckResult } from './check.ts';
import type { Workbench } from './workbench.ts';

/** Options for waiting on a rate limit. */
export interface LimitOptions {
  /** Ends any wait. */
  readonly stop?: AbortSignal;
  /** Called before each wait, with its length in milliseconds. */
  readonly onLimit?: (milliseconds: number) => void;
}

/** Whether a rate limit answered. A burst keeps a 429 as its result, and checks of earlier responses send nothing. */
export function isLimited({ check, exchanges }: CheckResult): boolean {
  const isBurst = check.isAlone === true && check.sendsSeveral === true;
  return !isBurst && check.part !== 'answers' && exchanges.some(({ outcome }) => statusOf(outcome) === 429);
}

function askedWait(outcome: Outcome, now: number): number {
  return outcome.answered ? readRetryAfter(headerValues(outcome.headers, 'retry-after')[0], now) : 0;
}

/** Longest single wait of a run, and its total. */
const MAX_WAIT_MS = 65_000;
const MAX_TOTAL_WAIT_MS = 130_000;

/** Waits as long as a rate limit asks, within the limits above. */
export class LimitPatience {
  readonly #options: LimitOptions;
  readonly #bench: Workbench;
  #leftMs = MAX_TOTAL_WAIT_MS;
  /** The current stage, and how many of its checks were limited last time. */
  #stage: readonly Check[] | undefined;
  #lastLimited = 0;

  constructor(options: LimitOptions, bench: Workbench) {
    this.#options = options;
    this.#bench = bench;
  }

  /** Waits if some results come from a rate limit. Returns whether to rerun those checks. */
  async wait(results: readonly CheckResult[], stage: readonly Check[]): Promise<boolean> {
    const checks = results.filter(isLimited);
    const limited = checks.flatMap(({ exchanges }) => exchanges);
    const isProgress = stage !== this.#stage || checks.length < this.#lastLimited;
    this.#stage = stage;
    this.#lastLimited = checks.length;
    // If the last wait changed nothing, another one does not help.
    if (limited.length === 0 || !isProgress || this.#bench.ended !== undefined) return false;
    const now = this.#bench.materials.now();
    const waitMs = Math.max(1000, ...limited.map(({ outcome }) => askedWait(outcome, now)));
    if (waitMs > MAX_WAIT_MS || waitMs > this.#leftMs) return false;
    this.#leftMs -= waitMs;
    this.#options.onLimit?.(waitMs);
    await pause(waitMs, this.#options.stop ?? new AbortController().signal);
    return this.#bench.ended === undefined;
  }
}
