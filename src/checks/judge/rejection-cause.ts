import type { Responder } from '../../delivery/answers/telltales.ts';
import { answerTextOf } from '../../delivery/answers/text.ts';
import { namedFault } from '../../delivery/answers/verifier-messages.ts';
import type { Exchange } from '../workbench.ts';
import type { Diagnosis, DiagnosisCode } from './diagnosis.ts';

/** Why the plain message is rejected. */
export type RejectionCause = Omit<Diagnosis, 'checks'>;

/** Leaves out an empty `detail`. */
export function cause(
  code: DiagnosisCode,
  isCertain: boolean,
  evidence: readonly string[] = [],
  detail = '',
): RejectionCause {
  return { code, isCertain, evidence, ...(detail !== '' && { detail }) };
}

/** A responder other than the handler as the cause. */
export function causeOf(responder: Responder): RejectionCause {
  return { code: responder.kind, responder, isCertain: responder.isCertain, evidence: [] };
}

/** What a status means by itself. */
export const statusCauses: readonly (readonly [
  lowest: number,
  highest: number,
  code: DiagnosisCode,
  isCertain: boolean,
])[] = [
  [300, 399, 'redirects', true],
  [404, 404, 'not-found', false],
  [405, 405, 'method-not-allowed', true],
  [413, 413, 'too-large', true],
  [415, 415, 'not-json-type', true],
  [429, 429, 'rate-limit', true],
  [501, 501, 'method-not-allowed', false],
  [502, 504, 'unavailable', false],
];

/** The fault that a verifier's error message in a response names. */
export function namedIn({ outcome, message }: Exchange): ReturnType<typeof namedFault> {
  return outcome.answered ? namedFault(answerTextOf(outcome, message)) : undefined;
}

/** The beginning of a response, as evidence. */
export function excerptOf({ outcome, message }: Exchange): string {
  const text = outcome.answered ? answerTextOf(outcome, message) : '';
  return JSON.stringify(text.trim().slice(0, 200));
}
