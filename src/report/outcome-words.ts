import { judgeFault } from '../checks/faults.ts';
import type { Answered, Outcome } from '../delivery/outcome.ts';
import { type Delivered, type Explanation, seconds } from './explanation.ts';
import { explainFailure } from './failure-words.ts';
import { explainStatus } from './status-words.ts';

/** What an outcome means here and what to try; undefined for one that is plainly good. */
export function explainOutcome(outcome: Outcome, delivered: Delivered): Explanation | undefined {
  if (!outcome.answered) return explainFailure(outcome, delivered);
  return outcome.brokenOff ? brokenOff(outcome, delivered) : explainStatus(outcome, delivered);
}

/** The sentences for what came of a message that was spoiled on purpose; undefined when it was refused as it should be. */
export function explainFault(
  outcome: Outcome,
  delivered: Delivered,
  fault: { readonly summary: string },
): Explanation | undefined {
  const verdict = judgeFault(outcome);
  if (verdict === 'taken') {
    return {
      meaning: `the handler took a message ${fault.summary}: whoever knows its address can make it believe anything`,
      try: 'verify every message with the SDK before anything else, and answer 401 when that fails',
    };
  }
  if (verdict === 'not_judged' || !outcome.answered) return explainOutcome(outcome, delivered);
  if (outcome.status < 500) return undefined;
  return {
    meaning: `refused by failing (${outcome.status}): Scalekit would try such a message again and again`,
    try: "catch the verifier's error and answer 401",
  };
}

function brokenOff({ brokenOff, status }: Answered, { timeoutMs }: Delivered): Explanation {
  if (brokenOff === 'stopped') {
    return { meaning: `you stopped it while the answer, ${status}, was coming`, try: 'send it again' };
  }
  const how = {
    timeout: `did not end within ${seconds(timeoutMs)}; Scalekit would count it as failed`,
    reset: 'broke off; your handler has run',
  };
  return {
    meaning: `the answer began with ${status} ${brokenOff === 'timeout' ? `but ${how.timeout}` : `and ${how.reset}`}`,
    try: 'end the answer: res.end(), or send it whole with its length',
  };
}
