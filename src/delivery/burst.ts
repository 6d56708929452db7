import { pause } from '../pause.ts';

/** How many, how many at a time, and how fast. */
export interface Pace {
  /** Infinity when the work itself says when it is done. */
  readonly total: number;
  readonly concurrency: number;
  /** At most so many begin in a second; as fast as it goes when undefined. */
  readonly perSecond?: number | undefined;
}

/**
 * Works off numbers from 0 to total, several lanes at a time; each lane has its own number, so that it can keep a
 * connection. Nothing new begins once `stop` aborts, or `work` says that it is done. Rejects with the first error of `work`.
 */
export async function runPaced(
  { total, concurrency, perSecond }: Pace,
  stop: AbortSignal,
  work: (index: number, lane: number) => Promise<'done' | 'more'>,
): Promise<void> {
  const interval = perSecond === undefined ? 0 : 1000 / perSecond;
  let next = 0;
  let free = performance.now();
  /** Milliseconds until the next may begin. What was missed while targets were slow is not made up for. */
  const takeTurn = () => {
    const now = performance.now();
    const begin = Math.max(free, now);
    free = begin + interval;
    return begin - now;
  };
  const runLane = async (lane: number) => {
    while (next < total && !stop.aborted) {
      const index = next;
      next += 1;
      if (interval > 0) await pause(takeTurn(), stop);
      if (stop.aborted) return;
      if ((await work(index, lane)) === 'done') next = total;
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, total) }, (_, lane) => runLane(lane)));
}
