import type { Outcome } from '../delivery/outcome.ts';
import { headerValues } from '../message.ts';
import { type Answer, json } from './receive.ts';

/** Headers of the app's answer that mean something to the sender. */
const mirrored = ['content-type', 'content-encoding', 'retry-after', 'location'];

/**
 * What the sender of a message is answered when it was handed on: what the app answered; 502 when the app could not be
 * reached or its answer broke off, 504 when none came in time.
 */
export function mirror(outcome: Outcome): Answer {
  if (!outcome.answered) {
    return outcome.failure === 'timeout'
      ? json(504, { error: 'app_timeout' })
      : json(502, { error: `app_${outcome.failure}` });
  }
  if (outcome.brokenOff)
    return json(outcome.brokenOff === 'timeout' ? 504 : 502, { error: 'app_response_incomplete' });
  // Half of an answer would be taken for the whole.
  if (outcome.isCut) return json(outcome.status, { error: 'app_response_too_large' });
  const headers = mirrored.flatMap((name) => {
    const [value] = headerValues(outcome.headers, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { status: outcome.status, headers: Object.fromEntries(headers), body: outcome.body };
}
