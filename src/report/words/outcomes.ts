import { judgeFault } from '../../checks/faults.ts';
import type { Answered, Outcome } from '../../delivery/outcome.ts';
import { explainFailure } from './failures.ts';
import { type DeliveryContext, type OutcomeWords, seconds } from './outcome-words.ts';
import { explainStatus } from './statuses.ts';

/** Explains an outcome and how to fix it; undefined for a plain success. */
export function explainOutcome(outcome: Outcome, delivered: DeliveryContext): OutcomeWords | undefined {
  if (!outcome.answered) return explainFailure(outcome, delivered);
  return outcome.brokenOff ? brokenOff(outcome, delivered) : explainStatus(outcome, delivered);
}

/** Explains the outcome of a message with a deliberate fault; undefined when the handler rejected it correctly. */
export function explainFault(
  outcome: Outcome,
  delivered: DeliveryContext,
  fault: { readonly summary: string },
): OutcomeWords | undefined {
  const verdict = judgeFault(outcome);
  if (verdict === 'accepted') {
    return {
      detail: `the handler accepted a message ${fault.summary}, which it must reject: its verification is missing or incomplete`,
      fix: 'verify every message with the SDK first, and answer 401 when verification fails',
    };
  }
  if (verdict === 'not_judged' || !outcome.answered) return explainOutcome(outcome, delivered);
  if (outcome.status < 500) return undefined;
  return {
    detail: `the handler rejected the message with ${outcome.status}, so Scalekit would keep retrying it`,
    fix: 'catch the error that the verifier throws, and answer 401',
  };
}

/** Explains a 2xx response to the step of a scenario that expects another status. */
export function explainUnexpected(expects: readonly string[]): OutcomeWords {
  return {
    detail: `the handler accepted the event, and this step expects ${expects.join(' or ')}`,
    fix: "correct the handler, or the step's expect in the scenario",
  };
}

function brokenOff({ brokenOff, status }: Answered, { timeoutMs }: DeliveryContext): OutcomeWords {
  if (brokenOff === 'stopped') {
    return {
      detail: `you stopped the delivery while the ${status} response was arriving`,
      fix: 'send it again',
    };
  }
  const problem =
    brokenOff === 'timeout'
      ? `but did not end within ${seconds(timeoutMs)}; Scalekit would count it as failed`
      : 'but the connection closed before it ended; the handler has run';
  return {
    detail: `the response started with ${status} ${problem}`,
    fix: 'end the response: call res.end(), or send the whole body with its length',
  };
}
