import { judgeFault } from '../../checks/faults.ts';
import { type Decision, readDecision } from '../../checks/interceptor-answer.ts';
import type { Outcome } from '../../delivery/outcome.ts';
import type { Event } from '../../events/build.ts';
import type { TriggerPoint } from '../../events/catalog/trigger-points.ts';
import type { Message } from '../../message.ts';
import type { ReportedDelivery } from '../../report/facts/delivery.ts';
import type { Fact } from '../../report/facts/index.ts';
import { interceptedFact } from '../../report/facts/interceptor.ts';
import { asInterceptor } from '../../signature/interceptor.ts';

/** The differences between calling an interceptor and sending an event. */
export interface InterceptorCalls {
  /** Adds the interceptor-* headers to a signed message. */
  finish(message: Message): Message;
  /** Whether the response follows the contract; for a request with a fault, whether the request was rejected. */
  isGood(event: Event, outcome: Outcome, hasFault: boolean): boolean;
  fact(delivery: ReportedDelivery): Fact;
}

/** `headersOnly` omits the webhook-* headers. */
export function interceptorCalls(headersOnly: boolean): InterceptorCalls {
  return {
    finish: (message) => asInterceptor(message, headersOnly),
    isGood(event, outcome, hasFault) {
      const { decision, problems } = decide(event, outcome);
      // A valid DENY response also rejects a forged request.
      if (hasFault) return judgeFault(outcome) === 'rejected' || decision === 'DENY';
      return decision !== null && problems.length === 0;
    },
    fact: (delivery) => {
      const { event, outcome } = delivery;
      return interceptedFact(triggerOf(event), decide(event, outcome), delivery);
    },
  };
}

function decide(event: Pick<Event, 'type'>, outcome: Outcome): Decision {
  return readDecision(triggerOf(event), outcome);
}

/** Requests to interceptors have a trigger point instead of an event type. */
function triggerOf({ type }: Pick<Event, 'type'>): TriggerPoint {
  return type as TriggerPoint;
}
