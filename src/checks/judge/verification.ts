import type { CheckResult } from '../check.ts';
import { answerOf, answerText } from './answers.ts';
import type { Diagnosis } from './diagnosis.ts';
import { provenBy } from './refusal.ts';
import { fold, type View } from './view.ts';

/** Of what must be refused, what nobody but the holder of the secret could have signed. */
export const forged = ['wrong-secret', 'tampered-body'];

/** All that must be refused is taken. */
export function acceptsEverything(view: View): Diagnosis | undefined {
  const checks = view.having('accepted');
  const judged = view.run.results.filter(
    ({ check, status }) => check.group === 'rejects' && (status === 'fail' || status === 'pass'),
  );
  const isAll = checks.length === judged.length && checks.length > 1;
  if (!isAll || !forged.some((name) => checks.includes(name))) return undefined;
  const evidence = view.tell(checks);
  if (isToldApart(judged)) {
    const shown = 'what is forged is answered otherwise than what is valid, but 2xx all the same';
    return { code: 'rejects-with-2xx', isCertain: false, evidence: [...evidence, shown], checks };
  }
  const isPage = /^\s*<(!doctype|html)/i.test(answerText(view.run.first!));
  return { code: isPage ? 'page-answers' : 'accepts-everything', isCertain: true, evidence, checks };
}

/** Whether all forged messages are answered in one way, and all valid ones in another. */
function isToldApart(results: readonly CheckResult[]): boolean {
  const pairs = results.map(({ exchanges }) => exchanges.map(answerOf));
  const forgedAnswers = new Set(pairs.map(([forgedAnswer]) => forgedAnswer));
  const soundAnswers = new Set(pairs.map(([, soundAnswer]) => soundAnswer));
  return soundAnswers.size === 1 && ![...forgedAnswers].some((answer) => soundAnswers.has(answer));
}

/** The forged requests of interceptors that were judged. */
function forgedRequests(view: View): CheckResult[] {
  return view.run.results.filter(({ check, code }) => check.isForged && code !== 'run-ended');
}

export function allowsEverything(view: View): Diagnosis | undefined {
  const checks = view.having('allowed');
  if (checks.length < 2 || checks.length < forgedRequests(view).length) return undefined;
  return { code: 'allows-everything', isCertain: true, evidence: view.tell(checks), checks };
}

/** Forged requests are answered as sound ones, and not by ALLOW: nothing is proven, unless a probe was allowed. */
export function deniesEverything(view: View): Diagnosis | undefined {
  const unproven = forgedRequests(view).filter(({ code }) => code === 'inconclusive');
  if (unproven.length === 0) return undefined;
  const evidence = fold(unproven);
  const proven = provenBy(view.run);
  if (proven) return { ...proven, evidence: [...evidence, ...proven.evidence], checks: [] };
  return { code: 'denies-everything', isCertain: false, evidence, checks: [] };
}

/** Neither what is old nor what is ahead is refused: how far it goes is shown by messages of a day. */
export function noClockCheck(view: View): Diagnosis | undefined {
  const checks = view.having('accepted', ['stale', 'future', 'malformed-timestamp']);
  if (!checks.includes('stale') || !checks.includes('future')) return undefined;
  const days = view.run.probes.filter(({ probe }) => probe.code === 'day');
  const taken = days.filter(({ exchange }) => view.run.isAccepted(exchange));
  const evidence = [...view.tell(checks), ...taken.map(({ probe }) => `a message ${probe.what} was taken`)];
  const isWide = days.length > 0 && taken.length === 0;
  return { code: isWide ? 'wide-tolerance' : 'no-clock-check', isCertain: true, evidence, checks };
}

/** Bodies that are not what JSON.stringify would write are refused. */
export function rewrittenBody(view: View): Diagnosis | undefined {
  const checks = view.failed(({ check }) => check.part === 'body');
  if (!checks.includes('pretty-printed')) return undefined;
  const { probes, isAccepted } = view.run;
  const proof = probes.find(
    ({ probe, exchange }) => probe.code === 'reserialized-body' && isAccepted(exchange),
  )?.probe;
  const evidence = [...view.tell(checks), ...(proof ? [`a message ${proof.what} was taken`] : [])];
  return { code: 'reserialized-body', isCertain: proof !== undefined, evidence, checks };
}
