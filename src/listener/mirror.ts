import type { Outcome } from '../delivery/outcome.ts';
import { headerValues } from '../message.ts';
import { type Answer, json } from './receive.ts';

/** Response headers of the handler that matter to the sender. */
const mirrored = ['content-type', 'content-encoding', 'retry-after', 'location'];

/**
 * The response to the sender of a forwarded message: the handler's own response, 502 if the handler was unreachable or
 * its response was incomplete, or 504 if it timed out.
 */
export function mirror(outcome: Outcome): Answer {
  if (!outcome.answered) {
    return outcome.failure === 'timeout'
      ? json(504, { error: 'app_timeout' })
      : json(502, { error: `app_${outcome.failure}` });
  }
  if (outcome.brokenOff)
    return json(outcome.brokenOff === 'timeout' ? 504 : 502, { error: 'app_response_incomplete' });
  // The sender would mistake a truncated body for the whole response.
  if (outcome.isCut) return json(outcome.status, { error: 'app_response_too_large' });
  const headers = mirrored.flatMap((name) => {
    const [value] = headerValues(outcome.headers, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { status: outcome.status, headers: Object.fromEntries(headers), body: outcome.body };
}
