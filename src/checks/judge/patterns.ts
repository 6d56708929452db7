import type { Failure } from '../../delivery/outcome.ts';
import { describeOutcome, statusOf } from '../../delivery/outcome.ts';
import { asBuffer } from '../../message.ts';
import type { Check, CheckResult } from '../check.ts';
import { clockDifference } from '../probes/search.ts';
import type { Run } from '../run.ts';
import { isSameResponse } from './answers.ts';
import type { Diagnosis, DiagnosisCode } from './diagnosis.ts';
import { judgeRejection } from './rejection.ts';
import {
  acceptsEverything,
  allowsEverything,
  deniesEverything,
  forged,
  noClockCheck,
  rewrittenBody,
} from './verification.ts';
import { fold, View } from './view.ts';

/** Diagnoses a handler that accepts the plain message. The first pattern that explains a failure claims it. */
export function judgePatterns(run: Run): Diagnosis[] {
  const view = new View(run);
  const found = patterns.flatMap((pattern) => {
    const diagnosis = pattern(view) ?? [];
    for (const { checks } of [diagnosis].flat()) view.explain(checks);
    return diagnosis;
  });
  const all = [...found, ...leftOver(view)];
  return all.length > 0 ? all : unproven(view);
}

type Pattern = (view: View) => Diagnosis | undefined;

/** A pattern that matches if at least `least` checks are selected. */
function when(code: DiagnosisCode, select: (view: View) => readonly string[], least = 1): Pattern {
  return (view) => {
    const checks = select(view);
    if (checks.length < least) return undefined;
    return { code, isCertain: true, evidence: view.foundBy(checks), checks };
  };
}

const unsigned = ['no-headers', 'no-signature', 'no-id', 'no-timestamp'];
const partly = ['tampered-body', 'tampered-id', 'tampered-timestamp', 'body-only'];
const loose = [
  'unknown-version',
  'truncated-signature',
  'empty-signature',
  'lower-case-signature',
  'hex-signature',
];

const patterns: readonly Pattern[] = [
  crashes,
  unstable,
  partialBody,
  when('one-connection', (view) => view.having('one-connection')),
  notAtOnce,
  noAnswers,
  locksOut,
  acceptsEverything,
  allowsEverything,
  deniesEverything,
  when('breaks-contract', (view) =>
    view.failed(({ check, code }) => code === 'contract-broken' && isDeciding(check)).length > 0
      ? view.having('contract-broken')
      : [],
  ),
  when('signature-not-checked', (view) =>
    view.having('accepted', forged).length === forged.length &&
    view.having('accepted', ['no-headers']).length === 0
      ? view.having('accepted')
      : [],
  ),
  when('unsigned-accepted', (view) => view.having('accepted', unsigned)),
  noClockCheck,
  when('no-age-check', (view) => view.having('accepted', ['stale'])),
  when('no-future-check', (view) => view.having('accepted', ['future'])),
  when('body-not-covered', (view) => view.having('accepted', partly)),
  when('empty-key-accepted', (view) => view.having('accepted', ['empty-key'])),
  when('text-key-accepted', (view) => view.having('accepted', ['secret-as-text'])),
  when('loose-comparison', (view) => view.having('accepted', loose)),
  rewrittenBody,
  clockDrift,
  when('rejects-with-5xx', (view) => {
    const rejected = view.having('rejected-with-5xx');
    // The same missing catch.
    const odd = view.failed(({ check, code }) => check.part === 'odd-bodies' && code === 'answered-5xx');
    return rejected.length > 0 ? [...rejected, ...odd] : [];
  }),
  when('rejects-with-3xx', (view) =>
    view.having('rejected-with-3xx').length > 0
      ? [...view.having('rejected-with-3xx'), ...view.having('redirected', ['no-redirect'])]
      : [],
  ),
  when('one-signature-only', (view) =>
    view.hasFailed('two-signatures-valid-first') && view.hasFailed('two-signatures-valid-last')
      ? failedLists(view)
      : [],
  ),
  when('first-signature-only', (view) =>
    view.hasFailed('two-signatures-valid-last') ? failedLists(view) : [],
  ),
  needsOptional,
  wantsOrder,
  when('rejects-types', (view) => view.failed((result) => isType(result) || isUnknownType(result)), 2),
];

/** Whether a check is of an interceptor's basic response: if that breaks the contract, all others do too. */
function isDeciding({ aliases }: Check): boolean {
  return aliases?.includes('decides') ?? false;
}

function isUnknownType({ check }: CheckResult): boolean {
  return check.name === 'unknown-type';
}

function failedLists(view: View): string[] {
  return view.failed(({ check }) => check.part === 'signatures');
}

/** Failures that no pattern explains; each check supplies the wording. */
function leftOver(view: View): Diagnosis[] {
  const byMeaning = new Map<string, CheckResult[]>();
  for (const result of view.run.results) {
    if (result.status !== 'fail' || view.isExplained(result)) continue;
    const meaning = `${result.code} ${result.check.meaning}`;
    byMeaning.set(meaning, [...(byMeaning.get(meaning) ?? []), result]);
  }
  return [...byMeaning.values()].map((results) => {
    const checks = results.map(({ check }) => check.name);
    const [result] = results as [CheckResult];
    return { code: result.check.name, result, isCertain: true, evidence: fold(results), checks };
  });
}

/** Nothing failed, but some checks proved nothing, so the handler is not known to be correct. */
function unproven({ run }: View): Diagnosis[] {
  const results = run.results.filter(({ code }) => code === 'inconclusive');
  return results.length > 0
    ? [{ code: 'inconclusive', isCertain: false, evidence: fold(results), checks: [] }]
    : [];
}

/** Diagnoses a run, the fault that explains most first. Empty for a handler without failures. */
export function judge(run: Run): Diagnosis[] {
  const [first] = run.results;
  // The reason for a missing response lies in the network, not in a pattern of results.
  if (!first || first.code === 'no-answer' || first.code === 'run-ended') return [];
  return first.status === 'fail' ? judgeRejection(run, first) : judgePatterns(run);
}

/** Whether a result is of a check of one event type. */
export function isType({ check }: CheckResult): boolean {
  return check.part === 'types';
}

/** Every event without organization_id or display_name is rejected, whatever its type. */
export function needsOptional(view: View): Diagnosis | undefined {
  const lacksField = ({ exchanges }: CheckResult) =>
    exchanges.some(({ message }) => lacksOptional(asBuffer(message.body).toString()));
  const checks = view.failed(
    (result) => result.check.name === 'optional-fields-absent' || (isType(result) && lacksField(result)),
  );
  if (!checks.includes('optional-fields-absent')) return undefined;
  return { code: 'needs-optional', isCertain: true, evidence: view.foundBy(checks), checks };
}

function lacksOptional(text: string): boolean {
  const event = JSON.parse(text) as object;
  return !('organization_id' in event && 'display_name' in event);
}

/** Events about unknown objects are rejected, and events that create an object are accepted. */
export function wantsOrder(view: View): Diagnosis | undefined {
  const outOfOrder = view.failed(({ check }) => check.name === 'deleted-before-created');
  if (outOfOrder.length === 0) return undefined;
  const types = view.failed(isType);
  if (types.some((name) => /(created|signup|login)$/.test(name))) return undefined;
  const checks = [...outOfOrder, ...types];
  return { code: 'depends-on-order', isCertain: true, evidence: view.foundBy(checks), checks };
}

/** Whether a check got no response for one of these reasons. */
function isLostBy(...failures: readonly Failure[]): (result: CheckResult) => boolean {
  return ({ exchanges }) =>
    exchanges.some(({ outcome }) => !outcome.answered && failures.includes(outcome.failure));
}

/** The app ended, or connections are refused after earlier responses: a message sent before crashed the handler. */
export function crashes(view: View): Diagnosis | undefined {
  const { exchanges, results } = view.run;
  const isGone =
    exchanges.some(({ outcome }) => !outcome.answered && outcome.failure === 'connection_refused') ||
    results.some(({ code }) => code === 'crashed');
  if (!isGone) return undefined;
  const checks = [...view.failed(isLostBy('connection_refused', 'reset')), ...view.having('crashed')];
  const reset = view.failed(isLostBy('reset'));
  return {
    code: 'crashes',
    isCertain: true,
    evidence: view.foundBy(checks),
    checks,
    detail: suspects(view, reset),
  };
}

/** Valid messages are rejected, and so is the plain one, which was accepted at first: their content is not the cause. */
export function unstable(view: View): Diagnosis | undefined {
  const { probes, isAccepted } = view.run;
  const again = probes.filter(({ probe }) => probe.code === 'inconsistent');
  const rejected = again.filter(
    ({ exchange }) => !isAccepted(exchange) && statusOf(exchange.outcome) !== 429,
  );
  const valid = view.failed(({ check }) => check.group === 'accepts' && check.sendsSeveral !== true);
  // If valid messages fail only after forged ones, the handler locks senders out: see locksOut.
  if (rejected.length === 0 || valid.length === 0) return undefined;
  const checks = view.failed(
    ({ check, code }) => check.group === 'accepts' || check.part === 'afterwards' || code !== 'accepted',
  );
  const evidence = [
    `the plain message was accepted at first; ${rejected.length} of ${again.length} equivalent ones were rejected at the end (${describeOutcome(rejected[0]!.exchange.outcome)})`,
    ...view.foundBy(valid),
  ];
  return { code: 'inconsistent', isCertain: true, evidence, checks, detail: 'later' };
}

/** Checks whose content handlers most often do not expect. */
const unexpected = [
  'null-fields',
  'optional-fields-absent',
  'unknown-fields',
  'unknown-type',
  'deleted-before-created',
  'not-json',
  'empty-body',
];

/** The messages that may have crashed the app: those without a response, or else accepted ones with rare content. */
function suspects({ run }: View, lost: readonly string[]): string {
  if (lost.length > 0) return lost.join(', ');
  const sent = run.results.filter(
    ({ check, exchanges }) => unexpected.includes(check.name) && exchanges.length > 0,
  );
  return sent.map(({ check }) => check.name).join(', ') || 'the last messages before the crash';
}

/** A large body is rejected, and the same event in a smaller body is accepted. */
export function partialBody(view: View): Diagnosis | undefined {
  const large = view.run.results.find(({ code }) => code === 'partial-body');
  const forged = view.run.results.find(({ check }) => check.name === 'wrong-secret')?.exchanges[0];
  // Another response than to a forged message is not about the signature.
  if (!large || (forged && !isSameResponse(large.exchanges[0]!, forged))) return undefined;
  const checks = view.failed(({ check }) => ['large-body', 'non-ascii-split'].includes(check.name));
  const detail = String(large.exchanges.at(-1)!.message.body.length);
  return { code: 'partial-body', isCertain: true, evidence: view.foundBy(checks), checks, detail };
}

/** Smaller differences come from the whole seconds of the Date header. */
const MIN_DRIFT_SECONDS = 5;

/** Messages within the tolerance are rejected on one side only, and the Date header shows why. */
export function clockDrift(view: View): Diagnosis | undefined {
  const checks = view.having('not-accepted', ['slow-clock', 'fast-clock']);
  const seconds = view.run.first && clockDifference(view.run.first);
  if (checks.length !== 1) return undefined;
  if (seconds === undefined || Math.abs(seconds) < MIN_DRIFT_SECONDS) {
    const detail = checks[0] === 'slow-clock' ? 'ahead of' : 'behind';
    return { code: 'clock-drift', isCertain: false, evidence: view.foundBy(checks), checks, detail };
  }
  // A clock that is ahead makes an old message look older.
  if (checks[0] !== (seconds > 0 ? 'slow-clock' : 'fast-clock')) return undefined;
  const detail = `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'}`;
  const evidence = [
    ...view.foundBy(checks),
    `the Date header of its response is ${detail} the clock of this machine`,
  ];
  return { code: 'clock-drift', isCertain: true, evidence, checks, detail };
}

/** Some messages got no response. */
export function noAnswers(view: View): Diagnosis | undefined {
  const checks = view.having('no-answer');
  if (checks.length === 0) return undefined;
  const detail = checks.length > 3 ? `${checks.slice(0, 3).join(', ')}, …` : checks.join(', ');
  return { code: 'no-answer-to-some', isCertain: true, evidence: view.foundBy(checks), checks, detail };
}

/** Valid messages are not accepted after forged or unreadable ones. */
export function locksOut(view: View): Diagnosis | undefined {
  const after = view.failed(({ check }) => check.part === 'afterwards');
  if (after.length === 0) return undefined;
  const isForged = after.some((name) => name !== 'after-odd-bodies');
  const odd = isForged ? view.failed(({ check }) => check.part === 'odd-bodies') : [];
  const checks = [...after, ...odd, ...view.failed(({ check }) => check.name === 'burst')];
  const code = isForged ? 'blocks-after-forgery' : 'breaks-afterwards';
  // One failure of several may have another reason; a handler that locks senders out keeps rejecting.
  const again = view.run.probes.filter(({ probe }) => probe.code === 'inconsistent');
  const isLasting = again.length > 0 && again.every(({ exchange }) => !view.run.isAccepted(exchange));
  return {
    code,
    isCertain: isLasting || (isForged && after.length > 1),
    evidence: view.foundBy(checks),
    checks,
  };
}

/** Fewer failures than this do not prove that messages at the same time are the cause. */
const MIN_AT_ONCE = 5;

/** Checks that fail while others run, and pass when they run alone. */
export function notAtOnce(view: View): Diagnosis | undefined {
  const alone = view.having('not-at-once');
  if (alone.length === 0) return undefined;
  const several = view.failed(({ code, check }) => code === 'answered-5xx' && (check.sendsSeveral ?? false));
  const checks = [...alone, ...several];
  // A few failures may be chance.
  return {
    code: 'not-at-once',
    isCertain: checks.length >= MIN_AT_ONCE,
    evidence: view.foundBy(checks),
    checks,
  };
}
