import { askedHeaders } from '../../delivery/answers/asked-headers.ts';
import { type Complaint, complaintOf } from '../../delivery/answers/complaints.ts';
import { codeErrors, failedDependency } from '../../delivery/answers/dependencies.ts';
import { type Responder, whoAnswered } from '../../delivery/answers/telltales.ts';
import { answerTextOf } from '../../delivery/answers/text.ts';
import type { NamedFault } from '../../delivery/answers/verifier-messages.ts';
import { describeOutcome, isWithin } from '../../delivery/outcome.ts';
import { clockDifference } from '../clock.ts';
import type { ProbeCode } from '../probes/probe.ts';
import type { Run } from '../run.ts';
import type { Exchange } from '../workbench.ts';
import { areSameResponses, exchangesOf, plainExchanges } from './answers.ts';
import type { DiagnosisCode } from './diagnosis.ts';
import { answersAlike } from './proofs.ts';
import { cause, causeOf, excerptOf, namedIn, type RejectionCause, statusCauses } from './rejection-cause.ts';

/** The response to the plain message, as the rules below read it. */
interface Rejection {
  readonly run: Run;
  readonly first: Exchange;
  /** Without values of the message. */
  readonly text: string;
  readonly responder: Responder | undefined;
  readonly fault: NamedFault | undefined;
  /** How the responses to other messages compare with it. */
  readonly evidence: readonly string[];
}

/** The likely causes of one kind of response, most likely first; undefined for other responses. */
type LikelyRule = (rejection: Rejection) => RejectionCause[] | undefined;

/** Without proof: the likely causes, by the first rule that applies. */
export function likelyCauses(run: Run): RejectionCause[] {
  const first = run.first!;
  const { outcome, message } = first;
  const rejection: Rejection = {
    run,
    first,
    text: outcome.answered ? answerTextOf(outcome, message) : '',
    responder: whoAnswered(outcome, message, run.url),
    fault: namedIn(first)?.fault,
    evidence: comparisons(run),
  };
  for (const rule of rules) {
    const causes = rule(rejection);
    if (causes) return causes;
  }
  return usual(rejection);
}

const rules: readonly LikelyRule[] = [
  byDependency,
  byComplaint,
  byStatus,
  byContract,
  byAskedHeader,
  byNamedFault,
  byThrownError,
  byErrorPage,
  byResponder,
  byOtherEvents,
  // A verifier rarely answers 403, and a guard often does.
  (rejection) =>
    hasStatus(rejection, 403) ? [likely(rejection, 'route-guard'), ...usual(rejection)] : undefined,
  (rejection) =>
    hasStatus(rejection, 500, 599) ? [...usual(rejection), likely(rejection, 'handler-error')] : undefined,
  byIgnoredHeaders,
];

function likely({ evidence }: Rejection, code: DiagnosisCode, own: readonly string[] = []): RejectionCause {
  return cause(code, false, [...own, ...evidence]);
}

/** With as many rejected messages, those with the signature over a parsed body are among them. */
const MIN_SEARCHED = 50;

/** The commonest mistakes. Another secret is what no message can show, and what a search that finds nothing leaves. */
function usual(rejection: Rejection): RejectionCause[] {
  const causes = [likely(rejection, 'parsed-body'), likely(rejection, 'other-secret')];
  return rejection.run.probes.length >= MIN_SEARCHED ? causes.reverse() : causes;
}

function hasStatus({ first }: Rejection, lowest: number, highest = lowest): boolean {
  return isWithin(first.outcome, lowest, highest);
}

function byStatus(rejection: Rejection): RejectionCause[] | undefined {
  const { first, responder, fault } = rejection;
  // A handler that names a fault answered, whatever the status.
  if (fault !== undefined) return undefined;
  const code = statusCauses.find(([lowest, highest]) => isWithin(first.outcome, lowest, highest))?.[2];
  if (!code) return undefined;
  const named = responder ? [`the response comes from ${responder.name}`] : [];
  return [
    likely(rejection, code, named),
    ...(code === 'not-found' ? [] : [likely(rejection, 'handler-error')]),
  ];
}

/** The response names a database or another service that failed; it says nothing about the signature. */
function byDependency(rejection: Rejection): RejectionCause[] | undefined {
  if (rejection.fault !== undefined || !hasStatus(rejection, 400, 599)) return undefined;
  const line = failedDependency(rejection.text);
  const shown = `the response contains ${JSON.stringify(line?.slice(0, 200))}`;
  return line === undefined ? undefined : [likely(rejection, 'dependency-fails', [shown])];
}

const complaintCodes: Readonly<Record<Complaint, DiagnosisCode>> = {
  'event-type': 'some-types',
  'media-type': 'not-json-type',
  'unknown-object': 'unknown-object',
  header: 'requires-header',
  size: 'too-large',
  content: 'validates-first',
};

/** The response says what the handler does not accept about the event, and nothing about the signature. */
function byComplaint(rejection: Rejection): RejectionCause[] | undefined {
  const { outcome, message } = rejection.first;
  const complaint = outcome.answered ? complaintOf(outcome, message, rejection.responder) : undefined;
  if (complaint === undefined) return undefined;
  const found = likely(rejection, complaintCodes[complaint], [shownIn(rejection)]);
  return hasStatus(rejection, 404) ? [found, likely(rejection, 'not-found')] : [found];
}

/** The response names a header that Scalekit does not send. */
function byAskedHeader(rejection: Rejection): RejectionCause[] | undefined {
  if (askedHeaders(rejection.text).length === 0 || rejection.responder) return undefined;
  return [likely(rejection, 'other-headers', [shownIn(rejection)]), ...usual(rejection)];
}

function shownIn({ first, responder }: Rejection): string {
  if (responder?.kind === 'error-page' && responder.detail)
    return `${responder.name} shows ${JSON.stringify(responder.detail)}`;
  return `the response contains ${excerptOf(first)}`;
}

/** An interceptor that decides, but with a status other than 200. */
function byContract(rejection: Rejection): RejectionCause[] | undefined {
  if (!/"decision"\s*:\s*"(?:ALLOW|DENY)"/.test(rejection.text)) return undefined;
  const broken = cause('breaks-contract', true, rejection.evidence);
  return ignoresHeaders(rejection.run) ? [broken, likely(rejection, 'other-secret')] : [broken];
}

function byNamedFault(rejection: Rejection): RejectionCause[] | undefined {
  const { fault } = rejection;
  const named = fault && namedCodes[fault]?.(rejection);
  if (!named) return undefined;
  const causes = named.codes.map((code) => likely(rejection, code, [shownIn(rejection)]));
  const others = usual(rejection).filter(({ code }) => !named.codes.includes(code as DiagnosisCode));
  return named.isWhole ? causes : [...causes, ...others];
}

/** The likely causes of a fault that a verifier's message names. If `isWhole`, the usual causes are none of it. */
interface Named {
  readonly codes: readonly DiagnosisCode[];
  readonly isWhole?: boolean;
}

const namedCodes: Partial<Record<NamedFault, (rejection: Rejection) => Named | undefined>> = {
  'timestamp-rejected': () => ({ codes: ['clock'], isWhole: true }),
  'secret-invalid': () => ({ codes: ['secret-invalid'] }),
  'headers-missing': ({ first }) => ({
    codes: [namedIn(first)?.isCertain ? 'headers-lost' : 'other-headers'],
  }),
  'value-missing': ({ run }) => ({ codes: missingValues(run), isWhole: true }),
  'body-missing': () => ({ codes: ['no-body'] }),
  'body-not-raw': () => ({ codes: ['parsed-body'] }),
  'signature-undecodable': () => ({ codes: ['signature-form'] }),
  // A verifier threw it, so that nothing else failed.
  'signature-mismatch': (rejection) => (hasStatus(rejection, 500, 599) ? { codes: [] } : undefined),
};

/** What may be undefined: a header only if the messages without headers get the same response. */
function missingValues(run: Run): DiagnosisCode[] {
  if (differs(run, 'without-headers')) return ['secret-invalid', 'no-body'];
  return ['secret-invalid', 'no-body', 'headers-lost'];
}

/** A handler function that threw. If a verifier threw, its message names the fault. */
function byThrownError(rejection: Rejection): RejectionCause[] | undefined {
  const { text, fault, evidence } = rejection;
  if (!text.startsWith('the handler ')) return undefined;
  const thrown = cause('handler-error', fault === undefined, [text.slice(0, 300), ...evidence]);
  return fault === undefined ? [thrown] : [...usual(rejection), thrown];
}

function byErrorPage(rejection: Rejection): RejectionCause[] | undefined {
  const { responder, text, fault } = rejection;
  const isPage = responder?.kind === 'error-page';
  if (!hasStatus(rejection, 500, 599) || fault !== undefined || !(isPage || codeErrors.test(text)))
    return undefined;
  const shown =
    isPage && responder.detail ? [`${responder.name} shows ${JSON.stringify(responder.detail)}`] : [];
  return [likely(rejection, 'handler-error', shown), ...usual(rejection)];
}

function byResponder(rejection: Rejection): RejectionCause[] | undefined {
  const { responder } = rejection;
  if (!responder || responder.kind === 'error-page') return undefined;
  const likelyResponder = { ...causeOf(responder), isCertain: false };
  return answersAlike(rejection.run)
    ? [likelyResponder, ...usual(rejection)]
    : [...usual(rejection), likelyResponder];
}

/** Other events are accepted: the handler rejects this one for its content or for its type. */
function byOtherEvents(rejection: Rejection): RejectionCause[] | undefined {
  const { probes, isAccepted } = rejection.run;
  const others = probes.filter(({ probe, exchange }) => probe.code === 'other-event' && isAccepted(exchange));
  if (others.length === 0) return undefined;
  const shown = others.slice(0, 2).map(({ probe }) => `the handler accepted an event ${probe.what}`);
  const causes = [likely(rejection, 'reserialized-body', shown), likely(rejection, 'some-types', shown)];
  // A 401 is about the signature; other statuses may be about the type.
  return hasStatus(rejection, 401) ? causes : causes.reverse();
}

/** Words of a handler that has a verifier; a guard in front of it has none of them. */
const verifierWords = /signature|verif|webhook|hmac|digest/i;

/** Nothing shows that the handler looked at the signature: something before it may have answered. */
function byIgnoredHeaders(rejection: Rejection): RejectionCause[] | undefined {
  if (!ignoresHeaders(rejection.run)) return undefined;
  const [first, second] = usual(rejection);
  const isGuarded = hasStatus(rejection, 401) && !verifierWords.test(rejection.text);
  const last = isGuarded ? likely(rejection, 'route-guard') : second!;
  return [first!, likely(rejection, 'other-headers'), last];
}

/** Whether messages of this kind were sent, and get another response than the plain one. */
function differs({ probes, first }: Run, code: ProbeCode): boolean {
  const exchanges = exchangesOf(probes, code);
  return exchanges.length > 0 && !areSameResponses(exchanges, plainExchanges(probes, first!));
}

/** Whether a message without signature headers gets the same response. */
function ignoresHeaders(run: Run): boolean {
  return exchangesOf(run.probes, 'without-headers').length > 0 && !differs(run, 'without-headers');
}

/** How the responses to other messages compare with that to the plain message. */
function comparisons(run: Run): string[] {
  const count = run.probes.length;
  const [notJson] = exchangesOf(run.probes, 'not-json');
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
      differs(run, 'without-headers'),
      'a message without signature headers gets a different response, so the handler finds the headers',
    ],
    [
      notJson !== undefined && differs(run, 'not-json'),
      `a correctly signed body that is not JSON gets a different response (${notJson && describeOutcome(notJson.outcome)}), so the handler parses the body before it verifies`,
    ],
    [
      differs(run, 'stale'),
      'a message that is ten minutes old gets a different response, so the timestamp is not the cause',
    ],
    [isClockRight && count > 0, "the server's clock is correct, according to its Date header"],
  ];
  return lines.filter(([isShown]) => isShown).map(([, line]) => line);
}
