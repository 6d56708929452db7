import { contentOf } from '../../delivery/answers/text.ts';
import { type Outcome, statusOf } from '../../delivery/outcome.ts';

/** How a handler failed on a valid event. */
export type FailureKind = 'error' | 'rejected' | 'hang' | 'crash';

/** How a handler failed; undefined for a 2xx, and for a rate limit, which says nothing about the event. */
export function failureOf(outcome: Outcome): FailureKind | undefined {
  if (!outcome.answered) return outcome.failure === 'timeout' ? 'hang' : 'crash';
  if (outcome.brokenOff !== undefined) return outcome.brokenOff === 'timeout' ? 'hang' : 'crash';
  const status = statusOf(outcome)!;
  if (status < 300 || status === 429) return undefined;
  return status >= 500 ? 'error' : 'rejected';
}

/** How much of a response is compared, in characters. */
const MAX_LENGTH = 300;

/** What two responses to the same mistake have in common: not ids, numbers or the texts of the event. */
export function answerKey(outcome: Outcome): string {
  const kind = failureOf(outcome);
  if (!outcome.answered) return `${kind}`;
  const text = contentOf(outcome).toString().slice(0, MAX_LENGTH);
  const common = text.replaceAll(/"[^"]*"|'[^']*'|`[^`]*`/g, '""').replaceAll(/[\w-]*\d[\w-]*/g, '0');
  return `${kind} ${outcome.status} ${common}`;
}
