import { type Answered, isAccepted, type Outcome } from './outcome.ts';

/**
 * Why a handler may have rejected a correctly signed message. The response alone proves none of these, so they are
 * ranked by likelihood.
 */
export type DeliveryCause =
  | 'parsed_body'
  | 'other_secret'
  | 'dropped_headers'
  | 'clock'
  | 'route_guard'
  | 'own_error';

/** Causes that a status suggests if the response body names none, most likely first. */
const usualCauses: Record<number, DeliveryCause[]> = {
  400: ['parsed_body', 'other_secret', 'dropped_headers', 'clock'],
  401: ['parsed_body', 'other_secret', 'dropped_headers', 'clock', 'route_guard'],
  403: ['route_guard', 'parsed_body', 'other_secret', 'dropped_headers'],
  500: ['parsed_body', 'other_secret', 'own_error', 'dropped_headers', 'clock'],
};

/**
 * Phrases in a response body that point to a cause: error messages of the four Scalekit SDKs, standardwebhooks, svix,
 * common route guards and scalekit-hooks listen. A cause with a match ranks first.
 */
const bodyPatterns: [DeliveryCause, RegExp][] = [
  ['dropped_headers', /missing required headers|missing_header/i],
  ['clock', /timestamp too (old|new)|invalid timestamp|expired|too_old|too_new/i],
  ['route_guard', /csrf|xsrf|forgery|cross.site|forbidden by|not logged in|login required|sign in/i],
  ['other_secret', /invalid secret|secret can't be empty|base64|signature_mismatch/i],
  [
    'parsed_body',
    /\[object Object\]|must be of type string|unexpected token|stream is not readable|payload must be/i,
  ],
];

/** Possible causes of a rejection, most likely first; empty for an accepted message or a self-explanatory status. */
export function rankCauses(outcome: Outcome): DeliveryCause[] {
  if (!outcome.answered || isAccepted(outcome)) return [];
  const usual = usualCauses[outcome.status] ?? [];
  const text = bodyText(outcome);
  const named = bodyPatterns
    .filter(([, pattern]) => usual.length > 0 && pattern.test(text))
    .map(([cause]) => cause);
  return [...new Set([...named, ...usual])];
}

function bodyText(outcome: Answered): string {
  return Buffer.from(outcome.body).toString('latin1');
}
