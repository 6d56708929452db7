import { type Finding, skip } from './check.ts';
import { RunEnded, type Workbench } from './workbench.ts';

/** Checks, or probes, that run at the same time. */
const CONCURRENCY = 10;

/** How many messages to send at the same time: one to a server that serves one connection at a time. */
export function concurrencyOf({ secondConnection }: Workbench): number {
  return secondConnection?.hadToWait ? 1 : CONCURRENCY;
}

/**
 * Runs `work` on all items with limited concurrency; the results are in the order of the items. Takes an item only when
 * its work can begin.
 */
export async function pooled<T, R>(
  items: Iterable<T>,
  work: (item: T) => Promise<R>,
  concurrency = CONCURRENCY,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items[Symbol.iterator]();
  let count = 0;
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const index = count;
      count += 1;
      results[index] = await work(next.value);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}

/** The result of a check that could not run because the run has ended; throws every other error. */
export function endedOr(error: unknown): Finding {
  if (error instanceof RunEnded) return skip('run-ended', `not run: ${error.message}`);
  throw error;
}
