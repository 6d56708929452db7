import { realTimers } from './real-timers.ts';

/** Node.js timers with a longer delay fire immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Waits; returns early, without an error, when `stop` aborts. */
export async function pause(durationMs: number, stop: AbortSignal): Promise<void> {
  for (let remainingMs = durationMs; remainingMs >= 1 && !stop.aborted; remainingMs -= MAX_TIMER_MS)
    await wait(Math.min(remainingMs, MAX_TIMER_MS), stop);
}

function wait(durationMs: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      realTimers.clearTimeout(timer);
      stop.removeEventListener('abort', end);
      resolve();
    };
    const timer = realTimers.setTimeout(end, durationMs);
    stop.addEventListener('abort', end);
  });
}
