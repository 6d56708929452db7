import { type Answered, isAccepted, type Outcome } from '../delivery/outcome.ts';
import { type Delivered, type Explanation, seconds } from './explanation.ts';
import { explainFailure } from './failure-words.ts';
import { explainStatus } from './status-words.ts';

/** What an outcome means here and what to try; undefined for one that is plainly good. */
export function explainOutcome(outcome: Outcome, delivered: Delivered): Explanation | undefined {
  if (!outcome.answered) return explainFailure(outcome, delivered);
  return outcome.brokenOff ? brokenOff(outcome, delivered) : explainStatus(outcome, delivered);
}

/** Statuses that say no to a message, rather than to the way it came. */
const refusals = [400, 401, 403, 422];

/** The sentences for what came of a message that was spoiled on purpose; undefined when it was refused as it should be. */
export function explainFault(
  outcome: Outcome,
  delivered: Delivered,
  fault: { readonly summary: string },
): Explanation | undefined {
  if (isAccepted(outcome)) {
    return {
      meaning: `the handler took a message ${fault.summary}: whoever knows its address can make it believe anything`,
      try: 'verify every message with the SDK before anything else, and answer 401 when that fails',
    };
  }
  if (outcome.answered && refusals.includes(outcome.status)) return undefined;
  if (outcome.answered && outcome.status >= 500) {
    return {
      meaning: `refused by failing (${outcome.status}): Scalekit would try such a message again and again`,
      try: "catch the verifier's error and answer 401",
    };
  }
  return explainOutcome(outcome, delivered);
}

function brokenOff(answer: Answered, { timeoutMs }: Delivered): Explanation {
  return {
    meaning:
      answer.brokenOff === 'timeout'
        ? `the answer began with ${answer.status} but did not end within ${seconds(timeoutMs)}; Scalekit would count it as failed`
        : `the answer began with ${answer.status} and broke off; your handler has run`,
    try: 'end the answer: res.end(), or send it whole with its length',
  };
}
