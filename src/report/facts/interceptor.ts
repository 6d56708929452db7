import type { Decision } from '../../checks/interceptor-answer.ts';
import type { TriggerPoint } from '../../events/catalog/trigger-points.ts';
import { asWebhook } from '../../signature/interceptor.ts';
import { explainInterceptor } from '../words/interceptors.ts';
import { deliveredFact, type ReportedDelivery } from './delivery.ts';
import type { Intercepted } from './index.ts';

/** Puts what an interceptor answered into a Fact. */
export function interceptedFact(
  trigger: TriggerPoint,
  decision: Decision,
  told: ReportedDelivery,
): Intercepted {
  // A spoiled request that was refused need not be answered by the contract.
  const isRefused = told.fault !== undefined && told.ok;
  const {
    kind: _kind,
    event_type: _type,
    event_id: _id,
    capture: _capture,
    was: _was,
    ...delivered
  } = deliveredFact({
    ...told,
    message: asWebhook(told.message),
  });
  return {
    kind: 'intercepted',
    trigger_point: trigger,
    ...delivered,
    ...explainInterceptor(told.outcome, decision, {
      isSpoiled: told.fault !== undefined,
      isRefused: told.ok,
    }),
    decision: decision.decision,
    decision_message: decision.message,
    decision_response: decision.response,
    problems: isRefused ? [] : decision.problems,
    remarks: isRefused ? [] : decision.remarks,
  };
}
