import { pause } from '../../pause.ts';
import { realNow } from '../../real-clock.ts';
import type { Observer } from './observer.ts';

/** The pauses between two readings, in ms: a change that comes at once is seen at once. */
const FIRST_PAUSE_MS = 10;
const MAX_PAUSE_MS = 200;
/** The shortest time without a change after which a state rests, in ms. */
const MIN_QUIET_MS = 250;
/** The state must rest within this many times the time to settle. */
const MAX_SETTLES = 5;

export interface WatchOptions {
  /** How long the app may take to act after its response, in ms. */
  readonly settleMs: number;
  readonly stop: AbortSignal;
}

/** Watches a state until it changes, or rests. */
export class StateWatch {
  readonly #observer: Observer;
  readonly #options: WatchOptions;
  /** The longest time that a change took after a response, in ms; the time to settle until one was seen. */
  #lateMs: number | undefined;

  constructor(observer: Observer, options: WatchOptions) {
    this.#observer = observer;
    this.#options = options;
  }

  /** How long a state must stay the same to rest, in ms: longer if the app was seen to act late. */
  get quietMs(): number {
    const { settleMs } = this.#options;
    if (this.#lateMs === undefined) return settleMs;
    return Math.min(settleMs, Math.max(MIN_QUIET_MS, 3 * this.#lateMs));
  }

  /** The state once it rests; undefined if it keeps changing. Throws ObserverProblem. */
  async rested(quietMs = this.quietMs): Promise<string | undefined> {
    const { settleMs, stop } = this.#options;
    const until = realNow() + MAX_SETTLES * settleMs;
    let state = await this.#observer.read(stop);
    let since = realNow();
    let pauseMs = FIRST_PAUSE_MS;
    while (realNow() - since < quietMs && !stop.aborted) {
      const leftMs = quietMs - (realNow() - since);
      await pause(Math.min(pauseMs, Math.max(1, leftMs)), stop);
      pauseMs = Math.min(MAX_PAUSE_MS, 2 * pauseMs);
      const next = await this.#observer.read(stop);
      if (next === state) continue;
      if (realNow() > until) return undefined;
      [state, since, pauseMs] = [next, realNow(), FIRST_PAUSE_MS];
    }
    return state;
  }

  /** The state once it has rested as another than `before`; undefined if it stays the same for the time to settle. */
  async changed(before: string): Promise<{ readonly state: string; readonly afterMs: number } | undefined> {
    const { settleMs, stop } = this.#options;
    const started = realNow();
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(MAX_PAUSE_MS, 2 * pauseMs)) {
      const askedMs = realNow() - started;
      const state = await this.#observer.read(stop);
      if (state !== before) {
        this.#lateMs = Math.max(this.#lateMs ?? 0, askedMs);
        const rested = await this.rested();
        return rested === undefined || rested === before ? undefined : { state: rested, afterMs: askedMs };
      }
      if (askedMs > settleMs || stop.aborted) return undefined;
      await pause(pauseMs, stop);
    }
  }
}
