import { LONGEST_TIMER_MS } from './duration.ts';
import { realTimers } from './real-timers.ts';

/** Waits; returns early, without an error, when `stop` aborts. */
export async function pause(durationMs: number, stop: AbortSignal): Promise<void> {
  for (let remainingMs = durationMs; remainingMs >= 1 && !stop.aborted; remainingMs -= LONGEST_TIMER_MS)
    await wait(Math.min(remainingMs, LONGEST_TIMER_MS), stop);
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
