import { pause } from '../pause.ts';

/** How many at the same time, and how fast. */
export interface Pace {
  readonly concurrency: number;
  /** At most so many begin in a second; as fast as it goes when undefined. */
  readonly perSecond?: number | undefined;
}

/**
 * Calls `work` up to `total` times, several lanes at a time; each lane has its own number, so that it can keep a
 * connection. Nothing new begins once `stop` aborts, or `work` says that it is done. Rejects with the first error of `work`.
 */
export async function runPaced(
  { concurrency, perSecond }: Pace,
  total: number,
  stop: AbortSignal,
  work: (lane: number) => Promise<'done' | 'more'>,
): Promise<void> {
  const interval = perSecond === undefined ? 0 : 1000 / perSecond;
  let left = total;
  let free = performance.now();
  /** Milliseconds until the next may begin. What was missed while targets were slow is not made up for. */
  const takeTurn = () => {
    const now = performance.now();
    const begin = Math.max(free, now);
    free = begin + interval;
    return begin - now;
  };
  const runLane = async (lane: number) => {
    while (left > 0 && !stop.aborted) {
      left -= 1;
      if (interval > 0) await pause(takeTurn(), stop);
      if (stop.aborted) return;
      if ((await work(lane)) === 'done') left = 0;
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, total) }, (_, lane) => runLane(lane)));
}
