import { setTimeout as wait } from 'node:timers/promises';

/** A timer of Node.js that is set for longer fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Waits some milliseconds; ends early, without an error, when `stop` aborts. */
export async function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  for (let left = milliseconds; left >= 1 && !stop.aborted; left -= LONGEST_TIMER) {
    try {
      await wait(Math.min(left, LONGEST_TIMER), undefined, { signal: stop });
    } catch (error) {
      if (!stop.aborted) throw error;
    }
  }
}
