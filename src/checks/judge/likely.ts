import { failedDependency } from '../../delivery/answers/dependencies.ts';
import { type Responder, whoAnswered } from '../../delivery/answers/telltales.ts';
import { answerTextOf } from '../../delivery/answers/text.ts';
import type { NamedFault } from '../../delivery/answers/verifier-messages.ts';
import { describeOutcome, isWithin } from '../../delivery/outcome.ts';
import type { ProbeCode } from '../probes/probe.ts';
import { clockDifference } from '../probes/search.ts';
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
  byStatus,
  byContract,
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
  (rejection) =>
    ignoresHeaders(rejection.run) ? [...usual(rejection), likely(rejection, 'other-headers')] : undefined,
];

function likely({ evidence }: Rejection, code: DiagnosisCode, own: readonly string[] = []): RejectionCause {
  return cause(code, false, [...own, ...evidence]);
}

/** The commonest mistakes. */
function usual(rejection: Rejection): RejectionCause[] {
  return [likely(rejection, 'parsed-body'), likely(rejection, 'other-secret')];
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

/** An interceptor that decides, but with a status other than 200. */
function byContract(rejection: Rejection): RejectionCause[] | undefined {
  if (!/"decision"\s*:\s*"(?:ALLOW|DENY)"/.test(rejection.text)) return undefined;
  const broken = cause('breaks-contract', true, rejection.evidence);
  return ignoresHeaders(rejection.run) ? [broken, likely(rejection, 'other-secret')] : [broken];
}

function byNamedFault(rejection: Rejection): RejectionCause[] | undefined {
  const shown = [`the response contains ${excerptOf(rejection.first)}`];
  if (rejection.fault === 'timestamp-rejected') return [likely(rejection, 'clock', shown)];
  if (rejection.fault === 'secret-invalid')
    return [likely(rejection, 'secret-invalid', shown), ...usual(rejection)];
  if (rejection.fault === 'value-missing')
    return (['secret-invalid', 'no-body', 'headers-lost'] as const).map((code) =>
      likely(rejection, code, shown),
    );
  if (rejection.fault === 'headers-missing')
    return [likely(rejection, 'headers-lost', shown), ...usual(rejection)];
  return undefined;
}

/** A handler function that threw. If a verifier threw, its message names the fault. */
function byThrownError(rejection: Rejection): RejectionCause[] | undefined {
  const { text, fault, evidence } = rejection;
  if (!text.startsWith('the handler ')) return undefined;
  const thrown = cause('handler-error', fault === undefined, [text.slice(0, 300), ...evidence]);
  return fault === undefined ? [thrown] : [...usual(rejection), thrown];
}

/** Exceptions of code that got an unexpected value. */
const typeErrors =
  /of undefined|of null|is not a function|NoneType|nil pointer|undefined method|NullPointer|KeyError|TypeError/;

function byErrorPage(rejection: Rejection): RejectionCause[] | undefined {
  const { responder, text, fault } = rejection;
  const isPage = responder?.kind === 'error-page';
  if (!hasStatus(rejection, 500, 599) || fault !== undefined || !(isPage || typeErrors.test(text)))
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
