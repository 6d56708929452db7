import { pause } from '../pause.ts';

export interface Pace {
  readonly concurrency: number;
  /** The most starts per second; unlimited if undefined. */
  readonly perSecond?: number | undefined;
}

/**
 * Calls `work` up to `total` times in concurrent lanes. The lane's number lets each lane reuse a connection. Starts
 * nothing new once `stop` aborts or `work` returns 'done'. Rejects with the first error of `work`.
 */
export async function runPaced(
  { concurrency, perSecond }: Pace,
  total: number,
  stop: AbortSignal,
  work: (lane: number) => Promise<'done' | 'more'>,
): Promise<void> {
  const intervalMs = perSecond === undefined ? 0 : 1000 / perSecond;
  let remaining = total;
  let nextStart = performance.now();
  /** Reserves a start and returns the ms until then. Starts missed because of a slow target are not caught up. */
  const reserveStart = () => {
    const now = performance.now();
    const start = Math.max(nextStart, now);
    nextStart = start + intervalMs;
    return start - now;
  };
  const runLane = async (lane: number) => {
    while (remaining > 0 && !stop.aborted) {
      remaining -= 1;
      if (intervalMs > 0) await pause(reserveStart(), stop);
      if (stop.aborted) return;
      if ((await work(lane)) === 'done') remaining = 0;
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, total) }, (_, lane) => runLane(lane)));
}
