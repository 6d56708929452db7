import type { Message } from '../../message.ts';
import { isAccepted, type Outcome } from '../outcome.ts';
import { askedHeaders } from './asked-headers.ts';
import { complaintOf } from './complaints.ts';
import { codeErrors, failedDependency } from './dependencies.ts';
import type { Responder, ResponderKind } from './telltales.ts';
import { answerTextOf } from './text.ts';
import { type NamedFault, namedFault } from './verifier-messages.ts';

/** Why a handler may have rejected a correctly signed message. */
export type DeliveryCause =
  | 'parsed_body'
  | 'other_secret'
  | 'invalid_secret'
  | 'dropped_headers'
  | 'clock'
  | 'route_guard'
  | 'own_error'
  | 'dependency'
  | 'other_header';

/** The commonest causes for each status, most likely first. A status alone proves none of them. */
const usualCauses: Readonly<Record<number, readonly DeliveryCause[]>> = {
  400: ['parsed_body', 'other_secret', 'dropped_headers'],
  401: ['parsed_body', 'other_secret', 'route_guard'],
  403: ['route_guard', 'parsed_body', 'other_secret'],
  500: ['parsed_body', 'other_secret', 'own_error'],
};

/** None if a verifier names a fault, because it got the message, nor if an error page shows an exception. */
const excluded: readonly DeliveryCause[] = ['route_guard', 'own_error'];

const causeOf: Readonly<Record<NamedFault, DeliveryCause | undefined>> = {
  'headers-missing': 'dropped_headers',
  'timestamp-rejected': 'clock',
  'timestamp-unreadable': 'dropped_headers',
  'secret-invalid': 'invalid_secret',
  'body-not-raw': 'parsed_body',
  'body-missing': 'parsed_body',
  'body-already-read': 'parsed_body',
  'value-missing': 'invalid_secret',
  'no-such-method': 'own_error',
  'signature-mismatch': undefined,
  'signature-undecodable': undefined,
};

const MAX_CAUSES = 3;

/** Who rejects a request before it reaches the handler, and a route can be exempt from. */
const guards: readonly ResponderKind[] = ['login-guard', 'csrf-filter', 'host-check', 'firewall'];

/**
 * Possible causes of a rejection, at most three, most likely first: the one that the response names, then the usual
 * ones. Empty for an accepted message, a self-explanatory status or a response that names what it does not accept.
 * `responder` is what may have answered in place of
 * the handler.
 */
export function rankCauses(outcome: Outcome, message: Message, responder?: Responder): DeliveryCause[] {
  if (!outcome.answered || isAccepted(outcome) || outcome.status < 400) return [];
  const text = answerTextOf(outcome, message);
  const fault = namedFault(text)?.fault;
  if (fault === undefined && failedDependency(text) !== undefined) return ['dependency'];
  if (complaintOf(outcome, message, responder)) return [];
  const usual = usualCauses[outcome.status];
  if (!usual) return [];
  const isThrown = fault !== undefined || responder?.kind === 'error-page';
  const left = isThrown ? usual.filter((cause) => !excluded.includes(cause)) : usual;
  const named = namedCauses(text, fault, responder);
  const all = new Set([...named, ...left, ...(fault ? (['clock'] as const) : [])]);
  return [...all].slice(0, MAX_CAUSES);
}

/** The causes that a response names. */
function namedCauses(
  text: string,
  fault: NamedFault | undefined,
  responder: Responder | undefined,
): DeliveryCause[] {
  if (askedHeaders(text).length > 0) return ['other_header'];
  if (fault === undefined && responder && guards.includes(responder.kind)) return ['route_guard'];
  if (fault === undefined) return codeErrors.test(text) ? ['own_error'] : [];
  const cause = causeOf[fault];
  return cause ? [cause] : [];
}
