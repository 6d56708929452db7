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

/** What is done otherwise when interceptors are asked in place of sending events. */
export interface InterceptorCalls {
  /** Gives a signed message the headers of an interceptor's request. */
  finish(message: Message): Message;
  /** Whether the answer is one that the contract allows; for a spoiled request, whether it is no ALLOW. */
  isGood(event: Event, outcome: Outcome, isSpoiled: boolean): boolean;
  fact(told: ReportedDelivery): Fact;
}

/** `isAlone` leaves the webhook-* headers out. */
export function interceptorCalls(isAlone: boolean): InterceptorCalls {
  return {
    finish: (message) => asInterceptor(message, isAlone),
    isGood(event, outcome, isSpoiled) {
      const { decision, problems } = decide(event, outcome);
      // A forged request may be refused by a rightly formed DENY, too.
      if (isSpoiled) return judgeFault(outcome) === 'rejected' || decision === 'DENY';
      return decision !== null && problems.length === 0;
    },
    fact: (told) => interceptedFact(triggerOf(told.event), decide(told.event, told.outcome), told),
  };
}

function decide(event: Pick<Event, 'type'>, outcome: Outcome): Decision {
  return readDecision(triggerOf(event), outcome);
}

/** Requests are built with their trigger point in place of an event type. */
function triggerOf({ type }: Pick<Event, 'type'>): TriggerPoint {
  return type as TriggerPoint;
}
