import { describeOutcome, type Failure, statusOf } from '../../delivery/outcome.ts';
import type { CheckResult } from '../check.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { View } from './view.ts';

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
  'flow-reversed',
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
