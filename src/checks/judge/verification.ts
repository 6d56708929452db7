import { identifyEvent } from '../../events/identify.ts';
import type { CheckResult } from '../check.ts';
import type { Exchange } from '../workbench.ts';
import { answerText, areSameResponses, forgedExchanges } from './answers.ts';
import type { Diagnosis } from './diagnosis.ts';
import { isType } from './partly-accepted.ts';
import { provenBy } from './proofs.ts';
import { excerptOf } from './rejection-cause.ts';
import { fold, type View } from './view.ts';

/** Faults that only the holder of the secret could sign correctly. */
export const forged = ['wrong-secret', 'tampered-body'];

/** Every message gets 2xx, and the valid one the decision of an interceptor. */
export function decides(view: View): Diagnosis | undefined {
  const checks = view.having('accepted');
  const answer = answerText(view.run.first!);
  if (!forged.every((name) => checks.includes(name)) || !/"decision"\s*:\s*"(?:ALLOW|DENY)"/.test(answer))
    return undefined;
  const shown = `the response to the valid message has a decision: ${quoted(answer)}`;
  return { code: 'decides', isCertain: false, evidence: [...view.foundBy(checks), shown], checks };
}

/**
 * Forged messages get 2xx, as valid ones do, but another response: the handler verifies. Where it answers as to a valid
 * message, it accepts: that is another fault.
 */
export function rejectsWithSuccess(view: View): Diagnosis | undefined {
  const accepted = view.having('accepted');
  const ones = forgedExchanges(view.run.results);
  const valid = view.run.results.flatMap(({ check, exchanges }) =>
    check.group === 'rejects' ? exchanges.slice(1, 2) : [],
  );
  if (!forged.every((name) => accepted.includes(name)) || ones.length < 2 || valid.length < 2)
    return undefined;
  if (areSameResponses(ones, valid)) return undefined;
  const isRejection = ({ exchanges: [one] }: CheckResult) => one && !areSameResponses([one], valid);
  const rejected = view.run.results.filter(isRejection).map(({ check }) => check.name);
  const checks = accepted.filter((name) => forged.includes(name) || rejected.includes(name));
  const shown = `the handler answered ${excerptOf(ones[0]!)} to a forged message, and ${excerptOf(valid[0]!)} to a valid one`;
  return {
    code: 'rejects-with-2xx',
    isCertain: true,
    evidence: [...view.foundBy(checks), shown],
    checks,
  };
}

/** Words of a response that rejects, whatever its status. Some responses have a member for errors that is empty. */
const rejectionWords =
  /"errors?"\s*:\s*(?!null|false|\[\]|\{\}|"")|\b(?:invalid|unauthorized|access[ -]denied)\b|\bsignature\b(?! (?:is )?(?:ok|valid|verified)\b)/i;

/** Every message that must be rejected is accepted. */
export function acceptsEverything(view: View): Diagnosis | undefined {
  const checks = view.having('accepted');
  const judged = view.run.results.filter(
    ({ check, status }) => check.group === 'rejects' && (status === 'fail' || status === 'pass'),
  );
  const isAll = checks.length === judged.length && checks.length > 1;
  if (!isAll || !forged.some((name) => checks.includes(name))) return undefined;
  const evidence = view.foundBy(checks);
  const answer = answerText(view.run.first!);
  if (rejectionWords.test(answer)) {
    const shown = `the response to the valid message reads like a rejection: ${quoted(answer)}`;
    return {
      code: 'rejects-with-2xx',
      isCertain: false,
      evidence: [...evidence, shown],
      checks,
      detail: 'all',
    };
  }
  const rejected = view.run.probes.filter(
    ({ probe, exchange }) =>
      probe.code === 'forged' && !view.run.isAccepted(exchange) && !isRejectedType(view, exchange),
  );
  if (rejected.length > 0) {
    const shown = `the handler rejected a message ${rejected[0]!.probe.what}`;
    return { code: 'skips-types', isCertain: true, evidence: [...evidence, shown], checks };
  }
  const isPage = /^\s*<(!doctype|html)/i.test(answer);
  return { code: isPage ? 'page-answers' : 'accepts-everything', isCertain: true, evidence, checks };
}

/** The beginning of a response, for evidence. */
function quoted(answer: string): string {
  return JSON.stringify(answer.slice(0, 200));
}

/** Whether the handler rejects valid events of this type too, so that a rejection says nothing about verification. */
function isRejectedType(view: View, { message }: Exchange): boolean {
  const { type } = identifyEvent(message.body);
  return view.run.results.some(
    (result) => isType(result) && result.check.name === type && result.status !== 'pass',
  );
}

/** Results of the forged interceptor requests that were sent. */
function forgedRequests(view: View): CheckResult[] {
  return view.run.results.filter(({ check, code }) => check.isForged && code !== 'run-ended');
}

/** Every forged request got ALLOW. */
export function allowsEverything(view: View): Diagnosis | undefined {
  const checks = view.having('allowed');
  if (checks.length < 2 || checks.length < forgedRequests(view).length) return undefined;
  return { code: 'allows-everything', isCertain: true, evidence: view.foundBy(checks), checks };
}

/** Forged requests get the same response as valid ones, but not ALLOW. Only an accepted probe is proof. */
export function deniesEverything(view: View): Diagnosis | Diagnosis[] | undefined {
  const unproven = forgedRequests(view).filter(({ code }) => code === 'inconclusive');
  if (unproven.length === 0) return undefined;
  const evidence = fold(unproven);
  const proven = provenBy(view.run);
  if (proven.length > 0)
    return proven.map((each) => ({ ...each, evidence: [...evidence, ...each.evidence], checks: [] }));
  return { code: 'denies-everything', isCertain: false, evidence, checks: [] };
}

/** Stale and future messages are both accepted. Probes that are a day off show whether any limit exists. */
export function noClockCheck(view: View): Diagnosis | undefined {
  const checks = view.having('accepted', ['stale', 'future', 'malformed-timestamp']);
  if (!checks.includes('stale') || !checks.includes('future')) return undefined;
  const days = view.run.probes.filter(({ probe }) => probe.code === 'day');
  const accepted = days.filter(({ exchange }) => view.run.isAccepted(exchange));
  const evidence = [
    ...view.foundBy(checks),
    ...accepted.map(({ probe }) => `the handler accepted a message ${probe.what}`),
  ];
  const isWide = days.length > 0 && accepted.length === 0;
  return { code: isWide ? 'wide-tolerance' : 'no-clock-check', isCertain: true, evidence, checks };
}

/** Bodies that differ from the output of JSON.stringify are rejected. */
export function rewrittenBody(view: View): Diagnosis | undefined {
  const checks = view.failed(({ check }) => check.part === 'body');
  if (!checks.includes('pretty-printed')) return undefined;
  const { probes, isAccepted } = view.run;
  const proof = probes.find(
    ({ probe, exchange }) => probe.code === 'reserialized-body' && isAccepted(exchange),
  )?.probe;
  // Their bytes change too: they get the response of a wrong signature.
  const forgedResponses = forgedExchanges(view.run.results);
  const alike = view.failed(
    ({ check, exchanges: [exchange] }) =>
      check.group === 'accepts' &&
      !!exchange &&
      forgedResponses.length > 0 &&
      areSameResponses([exchange], forgedResponses),
  );
  checks.push(...(proof ? alike.filter((name) => !checks.includes(name)) : []));
  const evidence = [
    ...view.foundBy(checks),
    ...(proof ? [`the handler accepted a message ${proof.what}`] : []),
  ];
  return { code: 'reserialized-body', isCertain: proof !== undefined, evidence, checks };
}
