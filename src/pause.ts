import { setTimeout as wait } from 'node:timers/promises';

/** Waits some milliseconds; ends early, without an error, when `stop` aborts. */
export async function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  if (milliseconds < 1) return;
  try {
    await wait(milliseconds, undefined, { signal: stop });
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}
