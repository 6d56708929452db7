import { maskedSecrets, type SecretSetting } from '../../config/secrets.ts';
import { type DeliveryCause, rankCauses } from '../../delivery/answers/causes.ts';
import { whoAnswered } from '../../delivery/answers/telltales.ts';
import { contentOf } from '../../delivery/answers/text.ts';
import { failureIn, isAccepted, type Outcome } from '../../delivery/outcome.ts';
import type { Target } from '../../delivery/target.ts';
import { ID_HEADER, type Message, soleHeader } from '../../message.ts';
import type { Rejected } from '../../signature/verdict.ts';
import { verify } from '../../signature/verify.ts';
import { cut } from '../clean.ts';
import { explainCause } from '../words/causes.ts';
import type { DeliveryContext, OutcomeWords } from '../words/outcome-words.ts';
import { explainFault, explainOutcome, explainUnexpected } from '../words/outcomes.ts';
import { explainRejection } from '../words/verdicts.ts';
import type { Delivered, Forwarded } from './index.ts';

/** A delivery, ready to be reported. */
export interface ReportedDelivery {
  readonly event: { readonly type: string | null; readonly id: string | null };
  readonly message: Message;
  readonly target: Target;
  readonly timeout: number;
  readonly outcome: Outcome;
  readonly secret: SecretSetting;
  /** When the response arrived, in milliseconds since 1970. */
  readonly now: number;
  /** Whether the outcome is the expected one. */
  readonly ok: boolean;
  readonly attempt: number;
  /** In milliseconds; undefined for no further attempt. */
  readonly retryIn: number | undefined;
  /** The deliberate fault of the message. */
  readonly fault?: { readonly name: string; readonly summary: string } | undefined;
  /** The statuses that the step of a scenario expects. */
  readonly expects?: readonly string[] | undefined;
  /** The id of the Capture that was delivered. */
  readonly capture?: string | undefined;
  /** The status, or failure, of the previous delivery. */
  readonly was?: string | undefined;
  /** The fix when the message does not verify with the secret that signed it. */
  readonly ownFix?: ((rejected: Rejected) => string) | undefined;
  /** Masks secrets. Applied before the response is cut, because half a secret would not be recognized. */
  mask(text: string): string;
}

/** The longest response that --json reports, in characters. */
const MAX_RESPONSE_LENGTH = 4000;

/** A delivery with its explanation. */
export function deliveredFact(reported: ReportedDelivery): Delivered {
  const { event, message, target, timeout, outcome, secret, fault, expects } = reported;
  const delivered = { url: target.url, message, timeoutMs: timeout };
  const isExpected = expects !== undefined && reported.ok;
  const explanation = explanationOf(reported, delivered);
  const causes = fault || isExpected ? [] : causesOf(outcome, message, target.url);
  // Verified here only if the handler rejected it, to rule out a mistake on the sending side.
  const sentAt = reported.now - outcome.milliseconds;
  const own = causes.length > 0 ? verify(message, secret.secrets, sentAt) : undefined;
  const isInvalid = own !== undefined && !own.verified;
  const detail = explanation?.detail ?? null;
  return {
    kind: 'delivered',
    event_type: event.type,
    event_id: event.id,
    webhook_id: soleHeader(message.headers, ID_HEADER) ?? '',
    target: target.url.href,
    ok: reported.ok,
    attempt: reported.attempt,
    retry_in_ms: reported.retryIn ?? null,
    fault: fault?.name ?? null,
    capture: reported.capture ?? null,
    was: reported.was ?? null,
    expects: expects ? [...expects] : null,
    status: outcome.answered ? outcome.status : null,
    failure: failureIn(outcome),
    duration_ms: Math.round(outcome.milliseconds * 10) / 10,
    response: outcome.answered
      ? cut(reported.mask(contentOf(outcome).toString()), MAX_RESPONSE_LENGTH)
      : null,
    detail: isInvalid
      ? `${detail}. The message does not verify here either: ${explainRejection(own)}`
      : detail,
    fix: (own && !own.verified ? reported.ownFix?.(own) : undefined) ?? explanation?.fix ?? null,
    causes: isInvalid
      ? []
      : causes.map((code) => ({
          codes: [code],
          certain: false,
          ...explainCause(code, withMask(secret)),
          evidence: null,
        })),
  };
}

function explanationOf(
  { outcome, fault, expects, ok }: ReportedDelivery,
  delivered: DeliveryContext,
): OutcomeWords | undefined {
  if (fault) return explainFault(outcome, delivered, fault);
  if (!expects) return explainOutcome(outcome, delivered);
  if (ok) return undefined;
  return isAccepted(outcome) ? explainUnexpected(expects) : explainOutcome(outcome, delivered);
}

/** If something else answered, the signature is not the cause. */
function causesOf(outcome: Outcome, message: Message, url: URL): DeliveryCause[] {
  const responder = isAccepted(outcome) ? undefined : whoAnswered(outcome, message, url);
  if (isAccepted(outcome) || responder?.isCertain) return [];
  return rankCauses(outcome, message, responder);
}

function withMask(secret: SecretSetting): SecretSetting & { readonly masked: string } {
  return { ...secret, masked: maskedSecrets(secret) };
}

/** As deliveredFact, for a message that the listener forwarded. */
export function forwardedFact(reported: ReportedDelivery): Forwarded {
  const { kind: _kind, fault: _fault, was: _was, expects: _expects, ...rest } = deliveredFact(reported);
  return { kind: 'forwarded', ...rest };
}
