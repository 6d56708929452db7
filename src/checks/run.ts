import { whoAnswered } from '../delivery/answers/telltales.ts';
import { answerTextOf } from '../delivery/answers/text.ts';
import { namedFault } from '../delivery/answers/verifier-messages.ts';
import { describeOutcome, isJudgment, isWithin, type Outcome, statusOf } from '../delivery/outcome.ts';
import type { Message } from '../message.ts';
import { pause } from '../pause.ts';
import { type Check, type CheckResult, type Finding, skip, warn } from './check.ts';
import { isSameResponse } from './judge/answers.ts';
import { isSilent, type Probe, type ProbeResult, type SearchStage } from './probes/probe.ts';
import { isLimited, type LimitOptions, LimitPatience } from './rate-limit.ts';
import type { Exchange } from './workbench.ts';
import { RunEnded, type Workbench } from './workbench.ts';

/** The plan of a run against one handler. */
export interface CheckPlan extends LimitOptions {
  readonly checks: readonly Check[];
  /** The check of the plain message, which runs first and which all others build on. */
  readonly first: Check;
  /** Messages that must be rejected, to compare the response to a rejected plain message with. */
  readonly controls: readonly Probe[];
  /** Builds another plain message. */
  plain(bench: Workbench): Message;
  /** Probes to send if the handler rejects the plain message, until one of them proves the cause. */
  readonly searches: readonly SearchStage[];
  /** Probes that confirm the cause of failed checks. */
  readonly confirm: (results: readonly CheckResult[]) => readonly Probe[];
  /** Whether the handler accepted the message as valid. */
  readonly isAccepted: (exchange: Exchange) => boolean;
  /** How long the app may take to become ready, in ms; undefined if it was not started for this run. */
  readonly patienceMs?: number;
  /** End the run at the first failure. */
  readonly bail: boolean;
  /** The URL of the handler. */
  readonly url: URL;
  /** Called with the progress, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

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

/** Checks, or probes, that run at the same time. */
const CONCURRENCY = 10;

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
  if (!first?.outcome.answered) return done([firstResult]);
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
  const again = results.some(mayBeUnstable) ? await sendAgain(plan, LATER_REPEATS, bench) : [];
  return done(results, [...again, ...(await searchMore(plan.confirm(results), bench))]);
}

/** How often the plain message is sent again when failures may come from a handler that does not always answer alike. */
const LATER_REPEATS = 6;
const SEARCH_REPEATS = 8;

/** Whether a result may come from a handler that rejects whatever it gets at that moment. */
function mayBeUnstable({ check, status }: CheckResult): boolean {
  const isValid = check.group === 'accepts' || check.part === 'afterwards';
  return isValid && status === 'fail' && check.sendsSeveral !== true;
}

/** Sends the plain message again, one after the other. */
async function sendAgain(plan: CheckPlan, count: number, bench: Workbench): Promise<ProbeResult[]> {
  const probe: Probe = {
    code: 'inconsistent',
    what: 'that is plain and correctly signed, sent again',
    make: plan.plain,
  };
  return searchMore(Array<Probe>(count).fill(probe), bench, 1);
}

/** How often the plain message is repeated if the app may not be ready, and the pause before each repetition. */
const REPEAT_PAUSES_MS = [0, 500] as const;

/**
 * Sends the plain message, again if the app may only have been starting: it answered 5xx or 404, or not in time. With
 * `patienceMs`, repeats it for that long.
 */
async function runFirst(plan: CheckPlan, bench: Workbench): Promise<CheckResult> {
  const early: CheckResult = await runCheck(plan.first, bench);
  const until = performance.now() + (plan.patienceMs ?? 0);
  let result = early;
  for (let count = 0; mayBeStarting(result) && bench.ended === undefined; count += 1) {
    const pauseMs = REPEAT_PAUSES_MS[count] ?? (performance.now() < until ? 500 : undefined);
    if (pauseMs === undefined) break;
    await pause(pauseMs, plan.stop ?? new AbortController().signal);
    bench.forgetTimeouts();
    result = await runCheck(plan.first, bench);
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

/** How long a message on a second connection may take before the first one is closed. */
const MIN_SECOND_WAIT_MS = 1000;

/**
 * Sends a message on a second connection while the first is open. A server that serves one connection at a time answers
 * only after the first is closed; the run then uses one connection at a time.
 */
async function trySecondConnection(plan: CheckPlan, first: Exchange, bench: Workbench): Promise<void> {
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

/** Whether the response certainly comes from something other than the handler. An error page may be the handler's. */
function isAnsweredByOther({ outcome, message }: Exchange, url: URL): boolean {
  const responder = whoAnswered(outcome, message, url);
  return responder?.isCertain === true && responder.kind !== 'error-page';
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

/**
 * Finds out why the plain message is rejected. Messages that must be rejected come first: if they get the same response,
 * and it does not come from the handler, nothing else is sent. Then one stage of probes after the other, until an
 * accepted one proves the cause.
 */
async function searchCause(plan: CheckPlan, first: Exchange, bench: Workbench): Promise<ProbeResult[]> {
  const { isAccepted } = plan;
  // More messages would only prolong the limit.
  if (statusOf(first.outcome) === 429) return [];
  const controls = await searchMore(plan.controls, bench);
  const isNamed = isFaultNamed(first);
  const isSame = controls.every(({ exchange }) => isSameResponse(exchange, first));
  if (isSame && !isNamed && (!isJudgment(first.outcome) || isAnsweredByOther(first, plan.url)))
    return controls;
  if (!isSame && !isJudgment(first.outcome) && !isNamed) return controls;
  let results = controls;
  await trySecondConnection(plan, first, bench);
  for (const stage of plan.searches) {
    const found = await searchMore(stage({ first, results, isAccepted }), bench);
    const confirmed = await confirmAccepted(found, plan, bench);
    results = [...confirmed, ...results];
    if (confirmed.some((result) => !isSilent(result.probe.code) && isAccepted(result.exchange))) break;
  }
  return results;
}

/** Whether a verifier's error message is in the response, so that the handler sent it, whatever its status. */
function isFaultNamed({ outcome, message }: Exchange): boolean {
  return outcome.answered && namedFault(answerTextOf(outcome, message)) !== undefined;
}

/** Accepted probes that are sent again. */
const MAX_CONFIRMED = 3;

/**
 * Sends accepted probes, and the plain message, again: a handler that accepts by chance, such as one of two instances,
 * proves nothing but that. Probes that are not accepted again are left out.
 */
async function confirmAccepted(
  found: readonly ProbeResult[],
  plan: CheckPlan,
  bench: Workbench,
): Promise<ProbeResult[]> {
  const accepted = found.filter(({ probe, exchange }) => !isSilent(probe.code) && plan.isAccepted(exchange));
  if (accepted.length === 0) return [...found];
  const again = await sendAgain(plan, SEARCH_REPEATS, bench);
  if (again.some(({ exchange }) => plan.isAccepted(exchange))) return [...again, ...found];
  const chosen = accepted.slice(0, MAX_CONFIRMED);
  const repeated = await searchMore(
    chosen.flatMap(({ probe }) => [probe, probe]),
    bench,
  );
  const doubtful = new Set(
    repeated.filter(({ exchange }) => !plan.isAccepted(exchange)).map(({ probe }) => probe),
  );
  const certain = chosen.filter(({ probe }) => !doubtful.has(probe));
  return [...certain, ...found.filter((result) => !accepted.includes(result))];
}

async function searchMore(
  probes: readonly Probe[],
  bench: Workbench,
  concurrency = concurrencyOf(bench),
): Promise<ProbeResult[]> {
  const results = await pooled(
    probes,
    async (each) => {
      try {
        return [{ probe: each, exchange: await bench.send(each.make(bench), { part: 'probes' }) }];
      } catch (error) {
        endedOr(error);
        return [];
      }
    },
    concurrency,
  );
  return results.flat();
}

function concurrencyOf({ secondConnection }: Workbench): number {
  return secondConnection?.hadToWait ? 1 : CONCURRENCY;
}

/** Runs `work` on all items with limited concurrency; the results are in the order of the items. */
async function pooled<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  concurrency = CONCURRENCY,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}
