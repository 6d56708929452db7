import type { Decision } from '../../checks/interceptor-answer.ts';
import type { Outcome } from '../../delivery/outcome.ts';
import type { Delivered } from '../facts/index.ts';

type Words = Pick<Delivered, 'detail' | 'fix' | 'causes'>;

const none: Words = { detail: null, fix: null, causes: [] };

/**
 * What an interceptor's answer means and what to try, where that is other than for a webhook: it is asked once, has 5 s,
 * and answers 200 and a decision also when it refuses. Undefined where it is the same.
 */
export function explainInterceptor(
  outcome: Outcome,
  { decision }: Decision,
  spoiled: { readonly isSpoiled: boolean; readonly isRefused: boolean },
): Words | undefined {
  if (spoiled.isSpoiled) return spoiled.isRefused ? none : decision === 'ALLOW' ? allowed : undefined;
  if (outcome.answered) return outcome.status >= 500 && outcome.status < 600 ? failed : undefined;
  return outcome.failure === 'timeout' ? late : undefined;
}

const allowed: Words = {
  detail: 'the interceptor allowed a forged request: whoever knows its address can have it decide',
  fix: 'verify every request with the SDK before anything else, and answer {"decision":"DENY"} when that fails',
  causes: [],
};

const failed: Words = {
  detail:
    'the interceptor failed; Scalekit goes on by its failure policy (allow, or deny with a generic text)',
  fix: "the interceptor's log; catch every error and answer 200 with a decision",
  causes: [],
};

const late: Words = {
  detail:
    'no decision came in time; Scalekit goes on by the failure policy of the interceptor (allow, or deny)',
  fix: 'decide within 5 s, or set a longer timeout in the dashboard and send with --timeout',
  causes: [],
};
