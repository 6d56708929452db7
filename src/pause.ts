import { setTimeout as wait } from 'node:timers/promises';

/** Node.js timers with a longer delay fire immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Waits; returns early, without an error, when `stop` aborts. */
export async function pause(durationMs: number, stop: AbortSignal): Promise<void> {
  for (let remainingMs = durationMs; remainingMs >= 1 && !stop.aborted; remainingMs -= MAX_TIMER_MS) {
    try {
      await wait(Math.min(remainingMs, MAX_TIMER_MS), undefined, { signal: stop });
    } catch (error) {
      if (!stop.aborted) throw error;
    }
  }
}
