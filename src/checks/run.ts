import { describeOutcome, isJudgment, type Outcome, statusOf } from '../delivery/outcome.ts';
import { type Check, type CheckResult, type Finding, skip } from './check.ts';
import type { Probe, ProbeResult } from './probes/probe.ts';
import { isLimited, type LimitOptions, LimitPatience } from './rate-limit.ts';
import type { Exchange } from './workbench.ts';
import { RunEnded, type Workbench } from './workbench.ts';

/** The plan of a run against one handler. */
export interface CheckPlan extends LimitOptions {
  readonly checks: readonly Check[];
  /** The check of the plain message, which runs first and which all others build on. */
  readonly first: Check;
  /** Probes to send if the handler rejects the plain message. */
  readonly searches: readonly Probe[];
  /** Probes that confirm the cause of failed checks. */
  readonly confirm: (results: readonly CheckResult[]) => readonly Probe[];
  /** Whether the handler accepted the message as valid. */
  readonly isAccepted: (exchange: Exchange) => boolean;
  /** End the run at the first failure. */
  readonly bail: boolean;
  /** Called with the progress, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** The results of a run. */
export interface Run {
  /** In the order of the battery. If the plain message got no response, only its result. */
  readonly results: readonly CheckResult[];
  readonly probes: readonly ProbeResult[];
  readonly isAccepted: CheckPlan['isAccepted'];
  /** Every exchange, in the order of the responses. */
  readonly exchanges: readonly Exchange[];
  /** The plain message and its response; undefined if the run was stopped before. */
  readonly first: Exchange | undefined;
  /** Why the run ended early. */
  readonly ended: string | undefined;
}

/** Checks, or probes, that run at the same time. */
const CONCURRENCY = 10;

/**
 * Runs a battery: the plain message first, then the other checks, concurrently where possible. Without a response to
 * the plain message, nothing else runs. If it is rejected, the other checks would prove nothing and are skipped.
 */
export async function runBattery(plan: CheckPlan, bench: Workbench): Promise<Run> {
  const firstResult = await runCheck(plan.first, bench);
  const first = firstResult.exchanges[0];
  const rest = plan.checks.filter((check) => check !== plan.first);
  const done = (results: readonly CheckResult[], probes: readonly ProbeResult[] = []): Run => ({
    results,
    probes,
    isAccepted: plan.isAccepted,
    exchanges: bench.exchanges,
    first,
    ended: bench.ended,
  });
  if (!first?.outcome.answered) return done([firstResult]);
  if (firstResult.status !== 'pass') {
    const answered = describeOutcome(first.outcome);
    const found = `response to the plain message: ${answered}. The other checks require that it is accepted`;
    const skipped = rest.map((check) => ({ check, ...skip('inconclusive', found), milliseconds: 0 }));
    // Otherwise nothing judged the message, and every probe would get the same response.
    const isSearched = isJudgment(first.outcome) && !plan.bail;
    // A rate limit on the first message is a failure, not a warning: nothing was checked.
    const failed: CheckResult = { ...firstResult, status: 'fail' };
    return done([failed, ...skipped], isSearched ? await probe(plan.searches, bench) : []);
  }
  const results = [firstResult, ...(await runAll(rest, plan, bench))];
  return done(results, await probe(plan.confirm(results), bench));
}

async function runAll(checks: readonly Check[], plan: CheckPlan, bench: Workbench): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const limit = new LimitPatience(plan, bench);
  let done = 0;
  const runOne = async (check: Check) => {
    const result = await runCheck(check, bench);
    if (plan.bail && result.status === 'fail') bench.end('a check failed and --bail is set');
    done += 1;
    plan.onProgress?.(done / checks.length);
    return result;
  };
  for (const stage of stagesOf(checks)) {
    let found = await pooled(stage, runOne);
    while (await limit.wait(found, stage)) {
      found = await pooled(found, (result) =>
        isLimited(result) ? runOne(result.check) : Promise.resolve(result),
      );
    }
    results.push(...(await rerunAlone(found, runOne)));
  }
  return results;
}

/**
 * Reruns checks alone that failed with a server error while others ran. If they then pass, the handler cannot process
 * concurrent requests, which is a different failure.
 */
async function rerunAlone(
  results: readonly CheckResult[],
  runOne: (check: Check) => Promise<CheckResult>,
): Promise<CheckResult[]> {
  const final: CheckResult[] = [];
  for (const result of results) {
    const isSuspect = results.length > 1 && result.exchanges.some(({ outcome }) => isOverwhelmed(outcome));
    const second = isSuspect && result.status !== 'pass' ? await runOne(result.check) : result;
    const found = `${result.found}; when run alone: ${second.found}`;
    const passesAlone = second !== result && second.status === 'pass';
    final.push(passesAlone ? { ...result, status: 'fail', code: 'not-at-once', found } : result);
  }
  return final;
}

/** Whether an outcome is typical of a handler or server that cannot process several requests at once. */
function isOverwhelmed(outcome: Outcome): boolean {
  const status = statusOf(outcome);
  if (status !== undefined) return status >= 500;
  return outcome.answered || outcome.failure === 'reset';
}

/** Groups checks that may run concurrently, in order. A check that must run alone forms a separate stage. */
function stagesOf(checks: readonly Check[]): Check[][] {
  const stages: Check[][] = [];
  let before: Check | undefined;
  for (const check of checks) {
    // Keep groups apart, so that the effects of hostile messages do not affect valid ones.
    const isTogether = before && !before.isAlone && !check.isAlone && before.group === check.group;
    if (!isTogether) stages.push([]);
    stages.at(-1)!.push(check);
    before = check;
  }
  return stages;
}

async function runCheck(check: Check, bench: Workbench): Promise<CheckResult> {
  const started = performance.now();
  const lacksSocket = check.needsSocket !== undefined && !bench.subject.connect;
  const hasEnded = bench.ended !== undefined;
  const finding = hasEnded
    ? skip('run-ended', `not run: ${bench.ended}`)
    : lacksSocket
      ? skip('no-socket', `needs a network connection: ${check.needsSocket}`)
      : await check.run(bench).catch(endedOr);
  return { check, ...finding, milliseconds: performance.now() - started };
}

function endedOr(error: unknown): Finding {
  if (error instanceof RunEnded) return skip('run-ended', `not run: ${error.message}`);
  throw error;
}

async function probe(probes: readonly Probe[], bench: Workbench): Promise<ProbeResult[]> {
  const results = await pooled(probes, async (each) => {
    try {
      return [{ probe: each, exchange: await bench.send(each.make(bench), { part: 'probes' }) }];
    } catch (error) {
      endedOr(error);
      return [];
    }
  });
  return results.flat();
}

/** Runs `work` on all items with limited concurrency; the results are in the order of the items. */
async function pooled<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker));
  return results;
}
