import { rankCauses } from '../../delivery/causes.ts';
import type { Outcome } from '../../delivery/outcome.ts';
import { describeOutcome, isWithin } from '../../delivery/outcome.ts';
import { headerValues } from '../../message.ts';
import type { CheckResult } from '../check.ts';
import type { ProbeCode } from '../probes/probe.ts';
import type { Run } from '../run.ts';
import { answerText, isAnsweredAlike } from './answers.ts';
import type { Diagnosis, DiagnosisCode } from './diagnosis.ts';

/** Why the plain message was refused: what a probe proves, else what its status says, else what is likely. */
export function judgeRejection(run: Run, first: CheckResult): Diagnosis[] {
  const { outcome } = run.first!;
  const checks = [first.check.name];
  const answered = `the plain message was answered ${describeOutcome(outcome)}`;
  const proven = provenBy(run);
  if (proven) return [{ ...proven, evidence: [answered, ...proven.evidence], checks }];
  const byStatus = statusDiagnoses.find(([lowest, highest]) => isWithin(outcome, lowest, highest));
  if (byStatus) {
    const [, , code] = byStatus;
    return [{ code, isCertain: true, evidence: [answered], checks, detail: locationOf(outcome) }];
  }
  return likelyReasons(run, { answered, checks });
}

/** What a probe proves that was taken. What stands first in their table is told: later ones may be taken for the same reason. */
export function provenBy({ probes, isAccepted }: Run): Omit<Diagnosis, 'checks'> | undefined {
  const taken = probes.filter(({ probe, exchange }) => !isSilent(probe.code) && isAccepted(exchange));
  const [found] = taken;
  if (!found) return undefined;
  const { code, what } = found.probe;
  const shown = taken.filter(({ probe }) => probe.code === code).slice(0, 3);
  const evidence = shown.map(({ probe }) => `a message ${probe.what} was taken`);
  return { code, isCertain: true, evidence, detail: what };
}

/** Whether a probe is for its answer only: that it is taken would prove nothing. */
function isSilent(code: ProbeCode): boolean {
  return code === 'without-headers' || code === 'stale' || code === 'day';
}

/** Refusals whose status says where they come from: a route, a proxy or a limit before the handler. */
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

/** Words of an answer that name what went wrong, with what they mean; the first that fits counts. */
const confessions: readonly (readonly [words: RegExp, code: DiagnosisCode, isCertain: boolean])[] = [
  [/is not a function|has no attribute|undefined \(reading '(?:verify|webhooks)/i, 'no-such-method', true],
  [/^the handler (?:threw|returned)/, 'handler-error', true],
  [/of undefined|NoneType|nil pointer|NullPointer/i, 'handler-error', false],
];

/** Nothing that was tried is taken: what the answers say, and whether they differ. */
function likelyReasons(run: Run, { answered, checks }: { answered: string; checks: string[] }): Diagnosis[] {
  const first = run.first!;
  const evidence = [answered, ...comparisons(run)];
  const tell = (code: DiagnosisCode, isCertain = false): Diagnosis => ({
    code,
    isCertain: isCertain,
    evidence,
    checks,
  });
  const confession = confessions.find(([words]) => words.test(answerText(first)));
  if (confession) return [tell(confession[1], confession[2])];
  // An interceptor that decides, and says so with another status than 200.
  if (/"decision"\s*:\s*"(?:ALLOW|DENY)"/.test(answerText(first))) {
    return isBlind(run)
      ? [tell('breaks-contract', true), tell('other-secret')]
      : [tell('breaks-contract', true)];
  }
  const [named] = rankCauses(first.outcome);
  if (named === 'dropped_headers') return [tell('headers-lost'), tell('other-headers')];
  if (named === 'clock') return [tell('clock')];
  const asksToLogIn =
    first.outcome.answered && headerValues(first.outcome.headers, 'www-authenticate').length > 0;
  if (named === 'route_guard' || asksToLogIn) return [tell('route-guard')];
  if (isWithin(first.outcome, 500, 599)) return [tell('handler-error'), tell('other-secret')];
  return isBlind(run) ? [tell('other-secret'), tell('other-headers')] : [tell('other-secret')];
}

function answerTo({ probes }: Run, code: ProbeCode) {
  return probes.find(({ probe }) => probe.code === code)?.exchange;
}

/** Whether it makes no difference whether there are signature headers. */
function isBlind(run: Run): boolean {
  const unsigned = answerTo(run, 'without-headers');
  return unsigned !== undefined && isAnsweredAlike(unsigned, run.first!);
}

/** What the answers to other messages say beside that of the plain one. */
function comparisons(run: Run): string[] {
  const [unsigned, stale] = [answerTo(run, 'without-headers'), answerTo(run, 'stale')];
  const isStaleOther = stale !== undefined && !isAnsweredAlike(stale, run.first!);
  return [
    ...(run.probes.length > 0
      ? [`none of ${run.probes.length} other messages was taken, most of them signed for a usual mistake`]
      : []),
    ...(isBlind(run) ? ['one without signature headers is answered in the same way'] : []),
    ...(unsigned && !isBlind(run)
      ? ['one without signature headers is answered otherwise, so it finds the headers']
      : []),
    ...(isStaleOther
      ? ['one that is ten minutes old is answered otherwise, so the time is not what it minds']
      : []),
  ];
}
