import { rankCauses } from '../../delivery/causes.ts';
import type { Outcome } from '../../delivery/outcome.ts';
import { describeOutcome, isWithin } from '../../delivery/outcome.ts';
import { headerValues } from '../../message.ts';
import type { CheckResult } from '../check.ts';
import type { ProbeCode } from '../probes/probe.ts';
import type { Run } from '../run.ts';
import { answerText, isSameResponse } from './answers.ts';
import type { Diagnosis, DiagnosisCode } from './diagnosis.ts';

/** Why the plain message is rejected: as a probe proves, as the status shows or as is likely. */
export function judgeRejection(run: Run, first: CheckResult): Diagnosis[] {
  const { outcome } = run.first!;
  const checks = [first.check.name];
  const answered = `response to the plain message: ${describeOutcome(outcome)}`;
  const proven = provenBy(run);
  if (proven) return [{ ...proven, evidence: [answered, ...proven.evidence], checks }];
  const byStatus = statusDiagnoses.find(([lowest, highest]) => isWithin(outcome, lowest, highest));
  if (byStatus) {
    const [, , code] = byStatus;
    return [{ code, isCertain: true, evidence: [answered], checks, detail: locationOf(outcome) }];
  }
  return likelyReasons(run, { answered, checks });
}

/** The fault that the first accepted probe proves. Later ones may be accepted for the same reason. */
export function provenBy({ probes, isAccepted }: Run): Omit<Diagnosis, 'checks'> | undefined {
  const accepted = probes.filter(({ probe, exchange }) => !isSilent(probe.code) && isAccepted(exchange));
  const [found] = accepted;
  if (!found) return undefined;
  const { code, what } = found.probe;
  const shown = accepted.filter(({ probe }) => probe.code === code).slice(0, 3);
  const evidence = shown.map(({ probe }) => `the handler accepted a message ${probe.what}`);
  return { code, isCertain: true, evidence, detail: what };
}

/** Whether a probe is sent only to compare responses: being accepted proves nothing. */
function isSilent(code: ProbeCode): boolean {
  return code === 'without-headers' || code === 'stale' || code === 'day';
}

/** Statuses that come from a route, a proxy or a limit in front of the handler. */
const statusDiagnoses: readonly (readonly [lowest: number, highest: number, code: DiagnosisCode])[] = [
  [300, 399, 'redirects'],
  [404, 404, 'not-found'],
  [405, 405, 'method-not-allowed'],
  [413, 413, 'too-large'],
  [415, 415, 'not-json-type'],
  [429, 429, 'rate-limit'],
  [502, 504, 'proxy'],
];

function locationOf(outcome: Outcome): string {
  return (outcome.answered && headerValues(outcome.headers, 'location')[0]) || '';
}

/** Texts in a response that name the fault; the first match counts. */
const errorTexts: readonly (readonly [text: RegExp, code: DiagnosisCode, isCertain: boolean])[] = [
  [/is not a function|has no attribute|undefined \(reading '(?:verify|webhooks)/i, 'no-such-method', true],
  [/^the handler (?:threw|returned)/, 'handler-error', true],
  [/of undefined|NoneType|nil pointer|NullPointer/i, 'handler-error', false],
];

/** Without an accepted probe: likely reasons, from the responses and their differences. */
function likelyReasons(run: Run, { answered, checks }: { answered: string; checks: string[] }): Diagnosis[] {
  const first = run.first!;
  const evidence = [answered, ...comparisons(run)];
  const diagnose = (code: DiagnosisCode, isCertain = false): Diagnosis => ({
    code,
    isCertain: isCertain,
    evidence,
    checks,
  });
  const errorText = errorTexts.find(([text]) => text.test(answerText(first)));
  if (errorText) return [diagnose(errorText[1], errorText[2])];
  // An interceptor that decides, but with a status other than 200.
  if (/"decision"\s*:\s*"(?:ALLOW|DENY)"/.test(answerText(first))) {
    return ignoresHeaders(run)
      ? [diagnose('breaks-contract', true), diagnose('other-secret')]
      : [diagnose('breaks-contract', true)];
  }
  const [named] = rankCauses(first.outcome);
  if (named === 'dropped_headers') return [diagnose('headers-lost'), diagnose('other-headers')];
  if (named === 'clock') return [diagnose('clock')];
  const asksToLogIn =
    first.outcome.answered && headerValues(first.outcome.headers, 'www-authenticate').length > 0;
  if (named === 'route_guard' || asksToLogIn) return [diagnose('route-guard')];
  if (isWithin(first.outcome, 500, 599)) return [diagnose('handler-error'), diagnose('other-secret')];
  return ignoresHeaders(run)
    ? [diagnose('other-secret'), diagnose('other-headers')]
    : [diagnose('other-secret')];
}

function answerTo({ probes }: Run, code: ProbeCode) {
  return probes.find(({ probe }) => probe.code === code)?.exchange;
}

/** Whether a message without signature headers gets the same response. */
function ignoresHeaders(run: Run): boolean {
  const unsigned = answerTo(run, 'without-headers');
  return unsigned !== undefined && isSameResponse(unsigned, run.first!);
}

/** How the responses to other messages compare with that to the plain message. */
function comparisons(run: Run): string[] {
  const count = run.probes.length;
  const [unsigned, stale] = [answerTo(run, 'without-headers'), answerTo(run, 'stale')];
  const isStaleOther = stale !== undefined && !isSameResponse(stale, run.first!);
  return [
    ...(count > 0
      ? [`the handler accepted none of ${count} other messages, most signed to match a common mistake`]
      : []),
    ...(ignoresHeaders(run) ? ['a message without signature headers gets the same response'] : []),
    ...(unsigned && !ignoresHeaders(run)
      ? ['a message without signature headers gets a different response, so the handler finds the headers']
      : []),
    ...(isStaleOther
      ? ['a message that is ten minutes old gets a different response, so the timestamp is not the cause']
      : []),
  ];
}
