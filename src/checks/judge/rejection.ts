import { type Responder, whoAnswered } from '../../delivery/answers/telltales.ts';
import { answerTextOf } from '../../delivery/answers/text.ts';
import { type NamedFault, namedFault } from '../../delivery/answers/verifier-messages.ts';
import { describeOutcome, isWithin, type Outcome } from '../../delivery/outcome.ts';
import { headerValues } from '../../message.ts';
import type { CheckResult } from '../check.ts';
import { isSilent, type ProbeCode, type ProbeResult } from '../probes/probe.ts';
import { clockDifference } from '../probes/search.ts';
import type { Run } from '../run.ts';
import type { Exchange } from '../workbench.ts';
import { isSameResponse } from './answers.ts';
import type { Diagnosis, DiagnosisCode } from './diagnosis.ts';

type RejectionCause = Omit<Diagnosis, 'checks'>;

/** Causes that are only likely; more would not help anyone. */
const MAX_LIKELY = 3;

/**
 * Why the plain message is rejected. Certain only if a probe proves it or the response can mean nothing else; otherwise
 * up to three likely causes.
 */
export function judgeRejection(run: Run, first: CheckResult): Diagnosis[] {
  const exchange = run.first!;
  const checks = [first.check.name];
  const answered = `response to the plain message: ${describeOutcome(exchange.outcome)}`;
  const shown = (cause: RejectionCause): Diagnosis => ({
    ...cause,
    evidence: [answered, ...cause.evidence],
    checks,
  });
  const certain = provenBy(run) ?? provenBySizes(run) ?? provenByContent(run) ?? shownByAnswer(run);
  if (certain) return [shown(certain)];
  return likelyCauses(run).slice(0, MAX_LIKELY).map(shown);
}

function cause(
  code: DiagnosisCode,
  isCertain: boolean,
  evidence: readonly string[] = [],
  detail = '',
): RejectionCause {
  return { code, isCertain, evidence, ...(detail !== '' && { detail }) };
}

/** The fault that the first accepted probe proves. Later ones may be accepted for the same reason. */
export function provenBy({ probes, isAccepted }: Run): RejectionCause | undefined {
  const accepted = probes.filter(({ probe, exchange }) => !isSilent(probe.code) && isAccepted(exchange));
  const [found] = accepted;
  if (!found) return undefined;
  const { code, what } = found.probe;
  const proofs = accepted.filter(({ probe }) => probe.code === code).slice(0, 3);
  const evidence = proofs.map(({ probe }) => `the handler accepted a message ${probe.what}`);
  return cause(code as DiagnosisCode, true, evidence, what);
}

/** Small events are accepted and larger ones rejected: the handler verifies only the beginning of the body. */
export function provenBySizes({ probes, isAccepted }: Run): RejectionCause | undefined {
  const sizes = probes.filter(({ probe }) => probe.code === 'size');
  const bytesOf = ({ exchange }: ProbeResult) => exchange.message.body.length;
  const [accepted, rejected] = [true, false].map((wanted) =>
    sizes.filter(({ exchange }) => isAccepted(exchange) === wanted),
  ) as [ProbeResult[], ProbeResult[]];
  if (accepted.length === 0 || rejected.length === 0) return undefined;
  const largest = Math.max(...accepted.map(bytesOf));
  const smallest = Math.min(...rejected.map(bytesOf));
  if (largest > smallest) return undefined;
  const example = rejected.find((result) => bytesOf(result) === smallest)!.exchange.outcome;
  const evidence = [
    `the handler accepted bodies of up to ${largest} bytes and answered ${describeOutcome(example)} to those of ${smallest} bytes and more`,
  ];
  // With this status, a size limit rejects the body; it is not verified in part.
  const code = isWithin(example, 413, 413) ? 'too-large' : 'partial-body';
  return cause(code, true, evidence, String(largest));
}

/** A simpler event is accepted, so the content of the plain one is the cause; why it is rejected remains open. */
function provenByContent({ probes, isAccepted }: Run): RejectionCause | undefined {
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

/** A response that can mean only one thing. */
function shownByAnswer(run: Run): RejectionCause | undefined {
  const exchange = run.first!;
  const { outcome, message } = exchange;
  const responder = whoAnswered(outcome, message, run.url);
  const byStatus = statusCauses.find(([lowest, highest]) => isWithin(outcome, lowest, highest));
  // A web server's page for a status says the same as the status.
  if (byStatus && (!responder || ['proxy', 'no-route', 'error-page'].includes(responder.kind))) {
    const named = responder ? [`the response comes from ${responder.name}`] : [];
    const [, , code, isCertain] = byStatus;
    if (isCertain || responder?.kind === 'no-route') return cause(code, true, named, locationOf(outcome));
  }
  if (responder?.isCertain && responder.kind !== 'error-page') return causeOf(responder);
  const fault = namedIn(exchange);
  const named = fault?.isCertain ? faultCauses[fault.fault] : undefined;
  return (
    named &&
    cause(named, true, [`the response contains the error message of a verifier: ${excerptOf(exchange)}`])
  );
}

function causeOf(responder: Responder): RejectionCause {
  return { code: responder.kind, responder, isCertain: responder.isCertain, evidence: [] };
}

/** What a status means by itself. */
const statusCauses: readonly (readonly [
  lowest: number,
  highest: number,
  code: DiagnosisCode,
  isCertain: boolean,
])[] = [
  [300, 399, 'redirects', true],
  [404, 404, 'not-found', false],
  [405, 405, 'method-not-allowed', true],
  [413, 413, 'too-large', true],
  [415, 415, 'not-json-type', true],
  [429, 429, 'rate-limit', true],
  [502, 504, 'unavailable', false],
];

function locationOf(outcome: Outcome): string {
  return (outcome.answered && headerValues(outcome.headers, 'location')[0]) || '';
}

function namedIn({ outcome, message }: Exchange): ReturnType<typeof namedFault> {
  return outcome.answered ? namedFault(answerTextOf(outcome, message)) : undefined;
}

/** The beginning of a response, as evidence. */
function excerptOf({ outcome, message }: Exchange): string {
  const text = outcome.answered ? answerTextOf(outcome, message) : '';
  return JSON.stringify(text.trim().slice(0, 200));
}

/** The cause for each fault that a verifier's message names. A mismatch has many causes, as has a rejected time. */
const faultCauses: Partial<Record<NamedFault, DiagnosisCode>> = {
  'headers-missing': 'headers-lost',
  'secret-invalid': 'secret-invalid',
  'signature-undecodable': 'signature-form',
  'body-not-raw': 'parsed-body',
  'no-such-method': 'no-such-method',
};

/** Exceptions of code that got an unexpected value. */
const typeErrors =
  /of undefined|of null|is not a function|NoneType|nil pointer|undefined method|NullPointer|KeyError|TypeError/;

/** Without proof: the likely causes, most likely first. */
function likelyCauses(run: Run): RejectionCause[] {
  const first = run.first!;
  const { outcome, message } = first;
  const evidence = comparisons(run);
  const likely = (code: DiagnosisCode, more: readonly string[] = []) =>
    cause(code, false, [...more, ...evidence]);
  const text = outcome.answered ? answerTextOf(outcome, message) : '';
  const responder = whoAnswered(outcome, message, run.url);
  const byStatus = statusCauses.find(([lowest, highest]) => isWithin(outcome, lowest, highest))?.[2];
  if (byStatus)
    return [
      likely(byStatus, responder ? [`the response comes from ${responder.name}`] : []),
      ...(byStatus === 'not-found' ? [] : [likely('handler-error')]),
    ];
  if (/"decision"\s*:\s*"(?:ALLOW|DENY)"/.test(text)) {
    const broken = cause('breaks-contract', true, evidence);
    return ignoresHeaders(run) ? [broken, likely('other-secret')] : [broken];
  }
  const fault = namedIn(first);
  const isError = isWithin(outcome, 500, 599);
  const usual = [likely('parsed-body'), likely('other-secret')];
  if (fault?.fault === 'timestamp-rejected')
    return [likely('clock', [`the response contains ${excerptOf(first)}`])];
  if (fault?.fault === 'secret-invalid')
    return [likely('secret-invalid', [`the response contains ${excerptOf(first)}`]), ...usual];
  if (text.startsWith('the handler '))
    return [
      ...(fault ? usual : []),
      { ...cause('handler-error', !fault, [text.slice(0, 300), ...evidence]) },
    ];
  const isThrown = responder?.kind === 'error-page';
  const error = likely(
    'handler-error',
    isThrown && responder.detail ? [`${responder.name} shows ${JSON.stringify(responder.detail)}`] : [],
  );
  if (isError && (isThrown || typeErrors.test(text)) && !fault) return [error, ...usual];
  if (responder && !isThrown) return [causeOf(responder), ...usual];
  const otherEvents = run.probes.filter(
    ({ probe, exchange }) => probe.code === 'other-event' && run.isAccepted(exchange),
  );
  if (otherEvents.length > 0) {
    const shown = otherEvents.slice(0, 2).map(({ probe }) => `the handler accepted an event ${probe.what}`);
    // A 401 is about the signature; other statuses may be about the type.
    const causes = [likely('reserialized-body', shown), likely('some-types', shown)];
    return isWithin(outcome, 401, 401) ? causes : causes.reverse();
  }
  if (isWithin(outcome, 403, 403)) return [likely('route-guard'), ...usual];
  if (isError) return [...usual, error];
  return [...usual, ...(ignoresHeaders(run) ? [likely('other-headers')] : [])];
}

function answerTo({ probes }: Run, code: ProbeCode): Exchange | undefined {
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
  const differs = (code: ProbeCode) => {
    const exchange = answerTo(run, code);
    return exchange !== undefined && !isSameResponse(exchange, run.first!);
  };
  const notJson = answerTo(run, 'not-json');
  const clock = clockDifference(run.first!);
  const isClockRight = clock !== undefined && Math.abs(clock) < 60;
  const lines: readonly (readonly [isShown: boolean, line: string])[] = [
    [
      count > 0,
      `the handler accepted none of ${count} other messages, most signed to match a common mistake`,
    ],
    [
      ignoresHeaders(run),
      'a message without signature headers gets the same response, so nothing shows that the handler looked at the signature',
    ],
    [
      differs('without-headers'),
      'a message without signature headers gets a different response, so the handler finds the headers',
    ],
    [
      notJson !== undefined && differs('not-json'),
      `a correctly signed body that is not JSON gets a different response (${notJson && describeOutcome(notJson.outcome)}), so the handler parses the body before it verifies`,
    ],
    [
      differs('stale'),
      'a message that is ten minutes old gets a different response, so the timestamp is not the cause',
    ],
    [isClockRight && count > 0, 'the clock of the server is right, by its Date header'],
  ];
  return lines.filter(([isShown]) => isShown).map(([, line]) => line);
}
