import { type Answered, isAccepted, type Outcome } from './outcome.ts';

/**
 * Why a handler may have refused a message that is rightly signed. From outside these are possibilities, so they are
 * ranked, never stated.
 */
export type DeliveryCause =
  | 'parsed_body'
  | 'other_secret'
  | 'dropped_headers'
  | 'clock'
  | 'route_guard'
  | 'own_error';

/** What each status suggests when the answer itself says nothing, likeliest first. */
const usualCauses: Record<number, DeliveryCause[]> = {
  400: ['parsed_body', 'other_secret', 'dropped_headers', 'clock'],
  401: ['parsed_body', 'other_secret', 'dropped_headers', 'clock', 'route_guard'],
  403: ['route_guard', 'parsed_body', 'other_secret', 'dropped_headers'],
  500: ['parsed_body', 'other_secret', 'own_error', 'dropped_headers', 'clock'],
};

/**
 * Words of an answer that point to a cause: the messages of the four Scalekit SDKs, standardwebhooks and svix, of
 * the usual guards of routes, and of scalekit-hooks listen. A cause that the answer names comes before all others.
 */
const telltales: [DeliveryCause, RegExp][] = [
  ['dropped_headers', /missing required headers|missing_header/i],
  ['clock', /timestamp too (old|new)|invalid timestamp|expired|too_old|too_new/i],
  ['route_guard', /csrf|xsrf|forgery|cross.site|forbidden by|not logged in|login required|sign in/i],
  ['other_secret', /invalid secret|secret can't be empty|base64|signature_mismatch/i],
  [
    'parsed_body',
    /\[object Object\]|must be of type string|unexpected token|stream is not readable|payload must be/i,
  ],
];

/** The possible causes of a refusal, likeliest first; none for an accepted message or a status that says enough. */
export function rankCauses(outcome: Outcome): DeliveryCause[] {
  if (!outcome.answered || isAccepted(outcome)) return [];
  const usual = usualCauses[outcome.status] ?? [];
  const text = answerText(outcome);
  const named = telltales.filter(([, words]) => usual.length > 0 && words.test(text)).map(([cause]) => cause);
  return [...new Set([...named, ...usual])];
}

function answerText(outcome: Answered): string {
  return Buffer.from(outcome.body).toString('latin1');
}
