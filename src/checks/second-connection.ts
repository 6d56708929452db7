import { pause } from '../pause.ts';
import type { CheckPlan } from './plan.ts';
import { endedOr } from './pooled.ts';
import type { Exchange, Workbench } from './workbench.ts';

/** How long a message on a second connection may take before the first one is closed. */
const MIN_SECOND_WAIT_MS = 1000;

/**
 * Sends a message on a second connection while the first is open. A server that serves one connection at a time answers
 * only after the first is closed; the run then uses one connection at a time.
 */
export async function trySecondConnection(plan: CheckPlan, first: Exchange, bench: Workbench): Promise<void> {
  const { subject } = bench;
  const by = subject.connect?.();
  if (!by || !subject.useOneConnection) return;
  const waitMs = Math.max(MIN_SECOND_WAIT_MS, 5 * first.outcome.milliseconds);
  const waited = new AbortController();
  try {
    const sent = bench.send(plan.plain(bench), { part: plan.first.part, by }).finally(() => waited.abort());
    await pause(waitMs, waited.signal);
    const hadToWait = !waited.signal.aborted;
    if (hadToWait) await subject.useOneConnection();
    bench.secondConnection = { exchange: await sent, hadToWait };
  } catch (error) {
    endedOr(error);
  } finally {
    await by.close();
  }
}
