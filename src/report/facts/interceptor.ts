import type { Decision } from '../../checks/interceptor-answer.ts';
import type { TriggerPoint } from '../../events/catalog/trigger-points.ts';
import { asWebhook } from '../../signature/interceptor.ts';
import { explainInterceptor } from '../words/interceptors.ts';
import { deliveredFact, type ReportedDelivery } from './delivery.ts';
import type { Intercepted } from './index.ts';

/** A delivery to an interceptor, with its decision. */
export function interceptedFact(
  trigger: TriggerPoint,
  decision: Decision,
  reported: ReportedDelivery,
): Intercepted {
  // A response that rejects a forged request need not follow the contract.
  const isRejected = reported.fault !== undefined && reported.ok;
  const {
    kind: _kind,
    event_type: _type,
    event_id: _id,
    capture: _capture,
    was: _was,
    expects: _expects,
    ...delivered
  } = deliveredFact({
    ...reported,
    message: asWebhook(reported.message),
  });
  return {
    kind: 'intercepted',
    trigger_point: trigger,
    ...delivered,
    ...explainInterceptor(reported.outcome, decision, {
      isFaulty: reported.fault !== undefined,
      isRejected: reported.ok,
    }),
    decision: decision.decision,
    decision_message: decision.message,
    decision_response: decision.response,
    problems: isRejected ? [] : decision.problems,
    remarks: isRejected ? [] : decision.remarks,
  };
}
