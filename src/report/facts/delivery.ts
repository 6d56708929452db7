import { maskedSecrets, type SecretSetting } from '../../config/secrets.ts';
import { rankCauses } from '../../delivery/causes.ts';
import type { Outcome } from '../../delivery/outcome.ts';
import type { Target } from '../../delivery/target.ts';
import { ID_HEADER, type Message, soleHeader } from '../../message.ts';
import type { Rejected } from '../../signature/verdict.ts';
import { verify } from '../../signature/verify.ts';
import { cut } from '../clean.ts';
import { explainCause } from '../words/causes.ts';
import { explainFault, explainOutcome } from '../words/outcomes.ts';
import { explainRejection } from '../words/verdicts.ts';
import type { Delivered, Forwarded } from './index.ts';

/** One delivery, as it is to be told. */
export interface ReportedDelivery {
  readonly event: { readonly type: string | null; readonly id: string | null };
  readonly message: Message;
  readonly target: Target;
  readonly timeout: number;
  readonly outcome: Outcome;
  readonly secret: SecretSetting;
  /** When it was answered, in milliseconds since 1970. */
  readonly now: number;
  /** Whether it came out as it should. */
  readonly ok: boolean;
  readonly attempt: number;
  /** In milliseconds; undefined for no further attempt. */
  readonly retryIn: number | undefined;
  /** What was wrong with the message on purpose. */
  readonly fault?: { readonly name: string; readonly summary: string } | undefined;
  /** The id of the Capture that is delivered. */
  readonly capture?: string | undefined;
  /** The status, or failure, of its latest delivery before this one. */
  readonly was?: string | undefined;
  /** What to try when the message does not verify with its own secret. */
  readonly ownFix?: ((refused: Rejected) => string) | undefined;
  /** Masks secrets; done before the answer is cut, lest half of one be left. */
  mask(text: string): string;
}

/** Characters of a handler's answer that --json keeps. */
const ANSWER_LENGTH = 4000;

/** Puts a delivery and what it means into a Fact. */
export function deliveredFact(told: ReportedDelivery): Delivered {
  const { event, message, target, timeout, outcome, secret, fault } = told;
  const delivered = { url: target.url, bodyBytes: message.body.length, timeoutMs: timeout };
  const explanation = fault ? explainFault(outcome, delivered, fault) : explainOutcome(outcome, delivered);
  const causes = fault ? [] : rankCauses(outcome);
  // Verified by ourselves only when the handler refused it.
  const sentAt = told.now - outcome.milliseconds;
  const own = causes.length > 0 ? verify(message, secret.secrets, sentAt) : undefined;
  const isOwnFault = own !== undefined && !own.verified;
  const meaning = explanation?.detail ?? null;
  return {
    kind: 'delivered',
    event_type: event.type,
    event_id: event.id,
    webhook_id: soleHeader(message.headers, ID_HEADER) ?? '',
    target: target.url.href,
    ok: told.ok,
    attempt: told.attempt,
    retry_in_ms: told.retryIn ?? null,
    fault: fault?.name ?? null,
    capture: told.capture ?? null,
    was: told.was ?? null,
    status: outcome.answered ? outcome.status : null,
    failure: outcome.answered ? (outcome.brokenOff ?? null) : outcome.failure,
    duration_ms: Math.round(outcome.milliseconds * 10) / 10,
    response: outcome.answered ? cut(told.mask(Buffer.from(outcome.body).toString()), ANSWER_LENGTH) : null,
    detail: isOwnFault
      ? `${meaning}. The message does not verify here either: ${explainRejection(own)}`
      : meaning,
    fix: (own && !own.verified ? told.ownFix?.(own) : undefined) ?? explanation?.fix ?? null,
    causes: isOwnFault
      ? []
      : causes.map((code) => ({ codes: [code], ...explainCause(code, inWords(secret)), evidence: null })),
  };
}

function inWords(secret: SecretSetting): SecretSetting & { readonly masked: string } {
  return { ...secret, masked: maskedSecrets(secret) };
}

/** As deliveredFact, for a message that was handed on. */
export function forwardedFact(told: ReportedDelivery): Forwarded {
  const { kind: _kind, fault: _fault, was: _was, ...rest } = deliveredFact(told);
  return { kind: 'forwarded', ...rest };
}
