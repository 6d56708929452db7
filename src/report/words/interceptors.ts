import type { Decision } from '../../checks/interceptor-answer.ts';
import type { Outcome } from '../../delivery/outcome.ts';
import type { Delivered } from '../facts/index.ts';

type Words = Pick<Delivered, 'detail' | 'fix' | 'causes'>;

const none: Words = { detail: null, fix: null, causes: [] };

/**
 * Explains an interceptor's response where it differs from a webhook's: an interceptor is called once, has 5 s, and
 * answers 200 with a decision even to deny. Undefined where the webhook explanation applies.
 */
export function explainInterceptor(
  outcome: Outcome,
  { decision }: Decision,
  fault: { readonly isFaulty: boolean; readonly isRejected: boolean },
): Words | undefined {
  if (fault.isFaulty) return fault.isRejected ? none : decision === 'ALLOW' ? allowed : undefined;
  if (outcome.answered) {
    if (outcome.status >= 500 && outcome.status < 600) return failed;
    return [400, 401, 403].includes(outcome.status) ? rejected : undefined;
  }
  return outcome.failure === 'timeout' ? late : undefined;
}

const allowed: Words = {
  detail: 'the interceptor allowed a forged request: anyone who knows its URL can obtain a decision',
  fix: 'verify every request with the SDK first, and answer {"decision":"DENY"} when verification fails',
  causes: [],
};

const rejected: Words = {
  detail:
    'the interceptor, or a guard in front of it, rejected the request. Scalekit expects 200 with a decision, also to deny',
  fix: 'verify the raw body with the secret that is used here, let nothing else guard the route, and answer {"decision":"DENY"} when verification fails',
  causes: [],
};

const failed: Words = {
  detail:
    'the interceptor failed. Scalekit applies its failure policy (allow, or deny with a generic message)',
  fix: "check the interceptor's log. Catch every error and answer 200 with a decision",
  causes: [],
};

const late: Words = {
  detail:
    'the interceptor did not decide in time. Scalekit applies its failure policy (allow, or deny with a generic message)',
  fix: 'decide within 5 s, or set a longer timeout in the dashboard and send with --timeout',
  causes: [],
};
