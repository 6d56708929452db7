import { describeOutcome, isWithin, type Outcome, statusOf } from '../delivery/outcome.ts';
import { pause } from '../pause.ts';
import {
  LATER_REPEATS,
  probeSilence,
  REPEATS_AFTER_ERRORS,
  searchCause,
  searchMore,
  sendAgain,
} from './cause-search.ts';
import { type Check, type CheckResult, skip, warn } from './check.ts';
import type { CheckPlan } from './plan.ts';
import { concurrencyOf, endedOr, pooled } from './pooled.ts';
import type { ProbeResult } from './probes/probe.ts';
import { isLimited, LimitPatience } from './rate-limit.ts';
import { trySecondConnection } from './second-connection.ts';
import type { Exchange, Workbench } from './workbench.ts';

/** The results of a run. */
export interface Run {
  /** In the order of the battery. If the plain message got no response, only its result. */
  readonly results: readonly CheckResult[];
  readonly probes: readonly ProbeResult[];
  readonly isAccepted: CheckPlan['isAccepted'];
  readonly url: URL;
  /** Every exchange, in the order of the responses. */
  readonly exchanges: readonly Exchange[];
  /** The plain message and its response; undefined if the run was stopped before. */
  readonly first: Exchange | undefined;
  /** Why the run ended early. */
  readonly ended: string | undefined;
}

/**
 * Runs a battery: the plain message first, then the other checks, concurrently where possible. Without a response to
 * the plain message, nothing else runs. If it is rejected, the other checks would prove nothing and are skipped.
 */
export async function runBattery(plan: CheckPlan, bench: Workbench): Promise<Run> {
  const firstResult = await runFirst(plan, bench);
  const first = firstResult.exchanges[0];
  const rest = plan.checks.filter((check) => check !== plan.first);
  const done = (results: readonly CheckResult[], probes: readonly ProbeResult[] = []): Run => ({
    results,
    probes,
    isAccepted: plan.isAccepted,
    url: plan.url,
    exchanges: bench.exchanges,
    first,
    ended: bench.ended,
  });
  if (!first) return done([firstResult]);
  if (!first.outcome.answered)
    return done([firstResult], plan.bail ? [] : await probeSilence(plan, first, bench));
  if (!isWithin(first.outcome, 200, 299) || firstResult.status === 'fail') {
    const answered = describeOutcome(first.outcome);
    const found = `response to the plain message: ${answered}. The other checks require that it is accepted`;
    const skipped = rest.map((check) => ({ check, ...skip('inconclusive', found), milliseconds: 0 }));
    // A rate limit on the first message is a failure, not a warning: nothing was checked.
    const failed: CheckResult = { ...firstResult, status: 'fail' };
    return done([failed, ...skipped], plan.bail ? [] : await searchCause(plan, first, bench));
  }
  if (rest.length > 0) await trySecondConnection(plan, first, bench);
  const results = [firstResult, ...(await runAll(rest, plan, bench))];
  const again = await sendAgain(plan, repeatsAfter(results), bench);
  const isRight = results.every(({ status }) => status === 'pass' || status === 'warn');
  const probes = isRight ? [] : (await plan.loadProbes()).confirm(results);
  return done(results, [...again, ...(await searchMore(probes, bench))]);
}

/** How often the plain message is sent again at the end, to learn whether the handler always answers alike. */
function repeatsAfter(results: readonly CheckResult[]): number {
  const suspects = results.filter(mayBeUnstable);
  if (suspects.length === 0) return 0;
  return suspects.some(({ code }) => code === 'not-at-once') ? REPEATS_AFTER_ERRORS : LATER_REPEATS;
}

/** Whether a result may come from a handler that rejects whatever it gets at that moment. */
function mayBeUnstable({ check, status }: CheckResult): boolean {
  const isValid = check.group === 'accepts' || check.part === 'afterwards';
  return isValid && status === 'fail' && check.sendsSeveral !== true;
}

/** How often the plain message is repeated if the app may not be ready, and the pause before each repetition. */
const REPEAT_PAUSES_MS = [0, 500] as const;

/**
 * Sends the plain message, again if the app may only have been starting: it answered 5xx or 404, or not in time. With
 * `patienceMs`, repeats it for that long.
 */
async function runFirst(plan: CheckPlan, bench: Workbench): Promise<CheckResult> {
  const early: CheckResult = await runCheck(plan.first, plan, bench);
  const until = performance.now() + (plan.patienceMs ?? 0);
  let result = early;
  for (let count = 0; mayBeStarting(result) && bench.ended === undefined; count += 1) {
    const pauseMs = REPEAT_PAUSES_MS[count] ?? (performance.now() < until ? 500 : undefined);
    if (pauseMs === undefined) break;
    await pause(pauseMs, plan.stop ?? new AbortController().signal);
    bench.forgetTimeouts();
    result = await runCheck(plan.first, plan, bench);
  }
  if (result === early || result.status !== 'pass') return result;
  const found = `${early.found} at first, ${result.found} when sent again`;
  const isCovered = plan.patienceMs !== undefined;
  return isCovered ? { ...result, found } : { ...result, ...warn('slow-start', found, result.exchanges) };
}

/** Whether a response is typical of an app, or a proxy in front of it, that is not ready yet. */
function mayBeStarting({ exchanges }: CheckResult): boolean {
  const outcome = exchanges[0]?.outcome;
  if (!outcome) return false;
  if (!outcome.answered) return outcome.failure === 'timeout' || outcome.failure === 'reset';
  return outcome.status >= 500 || outcome.brokenOff === 'timeout';
}

async function runAll(checks: readonly Check[], plan: CheckPlan, bench: Workbench): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const limit = new LimitPatience(plan, bench);
  const runOne = async (check: Check) => {
    const result = await runCheck(check, plan, bench);
    if (plan.bail && result.status === 'fail') bench.end('a check failed and --bail is set');
    return result;
  };
  for (const stage of stagesOf(checks)) {
    let found = await pooled(stage, runOne, concurrencyOf(bench));
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

async function runCheck(
  check: Check,
  { onStart, onResult }: Pick<CheckPlan, 'onStart' | 'onResult'>,
  bench: Workbench,
): Promise<CheckResult> {
  onStart?.(check);
  const started = performance.now();
  const lacksSocket = check.needsSocket !== undefined && !bench.subject.connect;
  const hasEnded = bench.ended !== undefined;
  const finding = hasEnded
    ? skip('run-ended', `not run: ${bench.ended}`)
    : lacksSocket
      ? skip('no-socket', `needs a network connection: ${check.needsSocket}`)
      : await check.run(bench).catch(endedOr);
  const result = { check, ...finding, milliseconds: performance.now() - started };
  onResult?.(result);
  return result;
}
