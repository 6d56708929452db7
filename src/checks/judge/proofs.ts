import { whoAnswered } from '../../delivery/answers/telltales.ts';
import type { NamedFault } from '../../delivery/answers/verifier-messages.ts';
import { describeOutcome, isWithin, type Outcome } from '../../delivery/outcome.ts';
import { identifyEvent } from '../../events/identify.ts';
import { headerValues } from '../../message.ts';
import { clockDifference, MIN_CLOCK_SECONDS } from '../clock.ts';
import { isSilent, type ProbeCode, type ProbeResult } from '../probes/probe.ts';
import type { Run } from '../run.ts';
import { answerText, areSameResponses, controlsAnswerAlike, exchangesOf, plainExchanges } from './answers.ts';
import type { DiagnosisCode } from './diagnosis.ts';
import { cause, causeOf, excerptOf, namedIn, type RejectionCause, statusCauses } from './rejection-cause.ts';

/** The faults that the first accepted probe proves, mostly one. Later ones may be accepted for the same reason. */
export function provenBy(run: Run): RejectionCause[] {
  const accepted = run.probes.filter(
    ({ probe, exchange }) => !isSilent(probe.code) && run.isAccepted(exchange),
  );
  const [found] = accepted;
  if (!found) return [];
  const { mistakes, what } = found.probe;
  const evidence = [`the handler accepted a message ${what}`];
  const proven = mistakes
    ? mistakes.map((mistake) => cause(mistake.code as DiagnosisCode, true, evidence, mistake.what))
    : [provenAlone(run, accepted)];
  return [...proven, ...rejectedType(run, found)];
}

/** The plain event may be rejected for its type too, if the accepted one is of another type. */
function rejectedType({ first }: Run, { probe, exchange }: ProbeResult): RejectionCause[] {
  const { type } = identifyEvent(exchange.message.body);
  if (
    !first ||
    type === null ||
    probe.code === 'some-types' ||
    type === identifyEvent(first.message.body).type
  )
    return [];
  const shown = `the handler accepted a message of type ${type}, and answered ${describeOutcome(first.outcome)} to the plain one: ${excerptOf(first)}`;
  return [cause('some-types', false, [shown])];
}

/** The one fault of the first of these probes. */
function provenAlone(run: Run, accepted: readonly ProbeResult[]): RejectionCause {
  const { code, what } = accepted[0]!.probe;
  const proofs = accepted.filter(({ probe }) => probe.code === code).slice(0, 3);
  const evidence = proofs.map(({ probe }) => `the handler accepted a message ${probe.what}`);
  if (!timeCodes.includes(code)) return cause(code as DiagnosisCode, true, evidence, what);
  const clock = run.first && clockDifference(run.first);
  const isClockRight = clock !== undefined && Math.abs(clock) < MIN_CLOCK_SECONDS;
  const seen = [
    ...evidence,
    ...(isClockRight ? ["the server's clock is correct, according to its Date header"] : []),
  ];
  return cause(timeCode(run, code, clock), true, seen, what);
}

const timeCodes: readonly ProbeCode[] = ['clock', 'time-zone', 'rejects-now'];

/** What a message with another time proves; `clock` is the difference that the Date header shows. */
function timeCode({ probes, isAccepted }: Run, code: ProbeCode, clock: number | undefined): DiagnosisCode {
  const isSkewed = clock !== undefined && Math.abs(clock) >= MIN_CLOCK_SECONDS;
  // Any time in the future is accepted, so that the distance of this one says nothing about the clock.
  const isAnyFuture = exchangesOf(probes, 'day').some(isAccepted);
  if (!isSkewed && isAnyFuture) return 'rejects-now';
  return code === 'clock' && clock !== undefined && !isSkewed ? 'stale-time' : (code as DiagnosisCode);
}

/** Small events are accepted and larger ones rejected: the handler verifies only the beginning of the body. */
export function provenBySizes({ probes, isAccepted }: Run): RejectionCause | undefined {
  const forged = exchangesOf(probes, 'forged');
  const sizes = probes.filter(({ probe }) => probe.code === 'size');
  const bytesOf = ({ exchange }: ProbeResult) => exchange.message.body.length;
  // Each size is sent twice, with a long text and with spaces: a limit of one text is not a limit of the body.
  const accepted = sizes.filter(({ exchange }) => isAccepted(exchange));
  const acceptedBytes = new Set(accepted.map(bytesOf));
  const rejected = sizes.filter((result) => !acceptedBytes.has(bytesOf(result)));
  if (accepted.length === 0 || rejected.length === 0) return undefined;
  const largest = Math.max(...accepted.map(bytesOf));
  const smallest = Math.min(...rejected.map(bytesOf));
  if (largest > smallest) return undefined;
  const rejection = rejected.find((result) => bytesOf(result) === smallest)!.exchange;
  const example = rejection.outcome;
  const evidence = [
    `the handler accepted bodies of up to ${largest} bytes and answered ${describeOutcome(example)} to those of ${smallest} bytes and more`,
  ];
  // With this status, a size limit rejects the body; it is not verified in part.
  if (isWithin(example, 413, 413)) return cause('too-large', true, evidence);
  // Another response than to a forged message is not about the signature.
  if (
    forged.length > 0 &&
    !areSameResponses(
      forged,
      rejected.map(({ exchange }) => exchange),
    )
  )
    return cause('rejects-content', true, evidence, `more than ${largest} bytes`);
  return cause('partial-body', true, evidence, String(largest));
}

/** A forged message gets another rejection: the plain one was verified, and rejected for another reason. */
export function verifiedThenRejected({ probes, first, isAccepted }: Run): RejectionCause | undefined {
  const [forged, ...more] = exchangesOf(probes, 'forged');
  // An interceptor that decides has verified, but its decision breaks the contract.
  if (!first || /"decision"\s*:/.test(answerText(first))) return undefined;
  if (!forged?.outcome.answered || [forged, ...more].some(isAccepted)) return undefined;
  if (areSameResponses([forged, ...more], plainExchanges(probes, first))) return undefined;
  const evidence = [
    `the handler answered ${describeOutcome(forged.outcome)} to a forged message, and something else to the valid one: ${excerptOf(first)}`,
  ];
  if (isWithin(first.outcome, 300, 399))
    return cause('redirects-verified', true, evidence, locationOf(first.outcome));
  return cause('rejects-verified', true, evidence, isWithin(first.outcome, 500, 599) ? 'fails' : '');
}

/** A forged message gets a rejection, and the plain one no response in time: it was verified before the handler hung. */
export function hangsWhenValid({ probes, first, isAccepted }: Run): RejectionCause | undefined {
  const [forged] = exchangesOf(probes, 'forged');
  if (!first || first.outcome.answered || !forged?.outcome.answered || isAccepted(forged)) return undefined;
  return cause('hangs-when-valid', true, [
    `the handler answered ${describeOutcome(forged.outcome)} to a forged message, and the valid one got ${describeOutcome(first.outcome)}`,
  ]);
}

/** A simpler event is accepted, so the content of the plain one is the cause; why it is rejected remains open. */
export function provenByContent({ probes, isAccepted }: Run): RejectionCause | undefined {
  const simple = probes.find(({ probe, exchange }) => probe.code === 'simple' && isAccepted(exchange));
  if (!simple) return undefined;
  const rejected = probes.filter(({ probe, exchange }) => probe.code === 'content' && !isAccepted(exchange));
  const evidence = [
    `the handler accepted an event ${simple.probe.what}`,
    ...rejected
      .slice(0, 3)
      .map(({ probe, exchange }) => `it answered ${describeOutcome(exchange.outcome)} to one ${probe.what}`),
  ];
  return cause(
    'rejects-content',
    true,
    evidence,
    rejected.map(({ probe }) => probe.what.replace('that is simple except for ', ''))[0],
  );
}

/** Whether messages that must be rejected get the response of the plain one. */
export function answersAlike({ probes, first }: Run): boolean {
  return first !== undefined && controlsAnswerAlike(probes, first);
}

/** A response that can mean only one thing. */
export function shownByAnswer(run: Run): RejectionCause | undefined {
  const exchange = run.first!;
  const { outcome, message } = exchange;
  // Whatever stands in front of a handler answers alike, signed or not.
  const isOther = answersAlike(run) && namedIn(exchange) === undefined;
  const responder = isOther ? whoAnswered(outcome, message, run.url) : undefined;
  const byStatus = statusCauses.find(([lowest, highest]) => isWithin(outcome, lowest, highest));
  // A web server's page for a status says the same as the status.
  if (byStatus && (!responder || ['proxy', 'no-route', 'error-page'].includes(responder.kind))) {
    const named = responder ? [`the response comes from ${responder.name}`] : [];
    const [, , code, isCertain] = byStatus;
    if (isCertain || (responder?.kind === 'no-route' && responder.isCertain))
      return cause(code, true, named, locationOf(outcome));
  }
  if (responder?.isCertain && responder.kind !== 'error-page') return causeOf(responder);
  const fault = namedIn(exchange);
  const named = fault?.isCertain ? faultCauses[fault.fault] : undefined;
  return (
    named &&
    cause(named, true, [`the response contains the error message of a verifier: ${excerptOf(exchange)}`])
  );
}

function locationOf(outcome: Outcome): string {
  return (outcome.answered && headerValues(outcome.headers, 'location')[0]) || '';
}

/** The cause for each fault that a verifier's message names. A mismatch has many causes, as have a rejected time and headers that
 * are reported missing: some handlers say so whatever is wrong. */
const faultCauses: Partial<Record<NamedFault, DiagnosisCode>> = {
  'secret-invalid': 'secret-invalid',
  'signature-undecodable': 'signature-form',
  'body-not-raw': 'parsed-body',
  'body-missing': 'no-body',
  'body-already-read': 'body-already-read',
  'no-such-method': 'no-such-method',
};
