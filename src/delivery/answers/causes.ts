import type { Message } from '../../message.ts';
import { isAccepted, type Outcome } from '../outcome.ts';
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
  | 'own_error';

/** The commonest causes for each status, most likely first. A status alone proves none of them. */
const usualCauses: Readonly<Record<number, readonly DeliveryCause[]>> = {
  400: ['parsed_body', 'other_secret', 'dropped_headers'],
  401: ['parsed_body', 'other_secret', 'route_guard'],
  403: ['route_guard', 'parsed_body', 'other_secret'],
  500: ['parsed_body', 'other_secret', 'own_error'],
};

const causeOf: Readonly<Record<NamedFault, DeliveryCause | undefined>> = {
  'headers-missing': 'dropped_headers',
  'timestamp-rejected': 'clock',
  'timestamp-unreadable': 'dropped_headers',
  'secret-invalid': 'invalid_secret',
  'body-not-raw': 'parsed_body',
  'body-missing': 'parsed_body',
  'no-such-method': 'own_error',
  'signature-mismatch': undefined,
  'signature-undecodable': undefined,
};

const MAX_CAUSES = 3;

/**
 * Possible causes of a rejection, at most three, most likely first: the one that the response names, then the usual
 * ones. Empty for an accepted message or a self-explanatory status.
 */
export function rankCauses(outcome: Outcome, message: Message): DeliveryCause[] {
  if (!outcome.answered || isAccepted(outcome)) return [];
  const usual = usualCauses[outcome.status];
  if (!usual) return [];
  const fault = namedFault(answerTextOf(outcome, message))?.fault;
  const named = fault === undefined ? undefined : causeOf[fault];
  // A verifier that names the signature has received the message: no guard rejected it.
  const left = fault === undefined ? usual : usual.filter((cause) => cause !== 'route_guard');
  const all = new Set([...(named ? [named] : []), ...left, ...(fault ? (['clock'] as const) : [])]);
  return [...all].slice(0, MAX_CAUSES);
}
