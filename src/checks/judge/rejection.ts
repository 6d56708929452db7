import { describeOutcome } from '../../delivery/outcome.ts';
import type { CheckResult } from '../check.ts';
import type { Run } from '../run.ts';
import type { Diagnosis } from './diagnosis.ts';
import { likelyCauses } from './likely.ts';
import {
  hangsWhenValid,
  provenBy,
  provenByContent,
  provenBySizes,
  shownByAnswer,
  verifiedThenRejected,
} from './proofs.ts';
import type { RejectionCause } from './rejection-cause.ts';

/** Why the plain message got no response. Mostly, the reason is in the network, and no pattern of results shows it. */
export function judgeSilence(run: Run, first: CheckResult): Diagnosis[] {
  const found = hangsWhenValid(run);
  return found ? [{ ...found, checks: [first.check.name] }] : [];
}

/** Causes that are only likely; more would not help anyone. */
const MAX_LIKELY = 3;

/**
 * Why the plain message is rejected. Certain only if a probe proves it or the response can mean nothing else; otherwise
 * up to three likely causes.
 */
export function judgeRejection(run: Run, first: CheckResult): Diagnosis[] {
  const exchange = run.first!;
  const checks = [first.check.name];
  const answered = `response to the plain message: ${describeOutcome(exchange.outcome)}`;
  const shown = (cause: RejectionCause): Diagnosis => ({
    ...cause,
    evidence: [answered, ...cause.evidence],
    checks,
  });
  const proven = provenBy(run);
  if (proven.length > 0) return proven.map(shown);
  const certain =
    provenBySizes(run) ?? provenByContent(run) ?? verifiedThenRejected(run) ?? shownByAnswer(run);
  if (certain) return [shown(certain)];
  return likelyCauses(run).slice(0, MAX_LIKELY).map(shown);
}
