import { describeOutcome, isJudgment, type Outcome, statusOf } from '../delivery/outcome.ts';
import { type Check, type CheckResult, type Finding, skip } from './check.ts';
import type { Probe, ProbeResult } from './probes/probe.ts';
import { isLimited, type LimitOptions, LimitPatience } from './rate-limit.ts';
import type { Exchange } from './workbench.ts';
import { RunEnded, type Workbench } from './workbench.ts';

/** What is run against a handler. */
export interface CheckPlan extends LimitOptions {
  readonly checks: readonly Check[];
  /** The plain message that goes first, on which all else rests. */
  readonly first: Check;
  /** What is asked when the first message is refused. */
  readonly searches: readonly Probe[];
  /** What is asked when checks failed, to be sure of why. */
  readonly confirm: (results: readonly CheckResult[]) => readonly Probe[];
  /** Whether a message was taken for a valid one. */
  readonly isAccepted: (exchange: Exchange) => boolean;
  /** Ends the run with the first failure. */
  readonly bail: boolean;
  /** How far the run is, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** What a run brought to light. */
export interface Run {
  /** Of every check, in the order of the battery; the plain message leads, alone when no status line came. */
  readonly results: readonly CheckResult[];
  readonly probes: readonly ProbeResult[];
  readonly isAccepted: CheckPlan['isAccepted'];
  /** All that was sent, in the order of the answers. */
  readonly exchanges: readonly Exchange[];
  /** The plain message and its answer; undefined when it was stopped before. */
  readonly first: Exchange | undefined;
  /** Why it ended before all was done. */
  readonly ended: string | undefined;
}

/** Checks and probes that are on their way at a time. */
const AT_ONCE = 10;

/**
 * Runs a battery: the plain message first, then the checks, those together that can be. Where the first message brings
 * no status line there is nothing to check; where it is refused, the others could prove nothing and are skipped.
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
    const found = `the first message, plain and rightly signed, was answered ${describeOutcome(first.outcome)}: nothing else would prove anything`;
    const skipped = rest.map((check) => ({ check, ...skip('inconclusive', found), milliseconds: 0 }));
    // What never came to judging this message would answer others in the same way.
    const isSearched = isJudgment(first.outcome) && !plan.bail;
    // A limit that answers the first message is no mere warning: nothing was checked.
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
    if (plan.bail && result.status === 'fail') bench.end('a check failed, and --bail was given');
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
    results.push(...(await again(found, runOne)));
  }
  return results;
}

/**
 * Runs by itself what failed among others with an error of the handler: one that goes well then failed for the others'
 * sake, and that is another failure.
 */
async function again(
  results: readonly CheckResult[],
  runOne: (check: Check) => Promise<CheckResult>,
): Promise<CheckResult[]> {
  const told: CheckResult[] = [];
  for (const result of results) {
    const isSuspect = results.length > 1 && result.exchanges.some(({ outcome }) => isOverwhelmed(outcome));
    const second = isSuspect && result.status !== 'pass' ? await runOne(result.check) : result;
    const found = `${result.found}; by itself: ${second.found}`;
    const isSole = second !== result && second.status === 'pass';
    told.push(isSole ? { ...result, status: 'fail', code: 'not-at-once', found } : result);
  }
  return told;
}

/** Answers of a handler, or a server, that cannot take several at once. */
function isOverwhelmed(outcome: Outcome): boolean {
  const status = statusOf(outcome);
  if (status !== undefined) return status >= 500;
  return outcome.answered || outcome.failure === 'reset';
}

/** Checks that may run together, in their order; one that must be alone is a stage of its own. */
function stagesOf(checks: readonly Check[]): Check[][] {
  const stages: Check[][] = [];
  let before: Check | undefined;
  for (const check of checks) {
    // What hostile messages do to a handler must not be laid at the door of the valid ones.
    const isTogether = before && !before.isAlone && !check.isAlone && before.group === check.group;
    if (!isTogether) stages.push([]);
    stages.at(-1)!.push(check);
    before = check;
  }
  return stages;
}

async function runCheck(check: Check, bench: Workbench): Promise<CheckResult> {
  const started = performance.now();
  const isImpossible = check.needsSocket !== undefined && !bench.subject.connect;
  const isOver = bench.ended !== undefined;
  const finding = isOver
    ? skip('run-ended', `not run: ${bench.ended}`)
    : isImpossible
      ? skip('no-socket', `it needs a connection: ${check.needsSocket}`)
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

/** Does work on all items, some at a time; the results are in the order of the items. */
async function pooled<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, lane));
  return results;
}
