import { identifyEvent } from '../events/identify.ts';

import { BODY_LIMIT, type Headers, ID_HEADER, soleHeader } from '../message.ts';
import type { Secret } from '../signature/secret.ts';
import type { Verdict } from '../signature/verdict.ts';
import { verify } from '../signature/verify.ts';

/** A received request with its whole body. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query from the request line. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** How the listener treats requests. */
export interface ListenerRules {
  readonly secrets: readonly Secret[];
  /** The only path that accepts webhooks; any path if undefined. */
  readonly path?: string | undefined;
  /** Also accepts requests that fail verification. Their verdict does not change. */
  readonly acceptsUnverified?: boolean;
  /** The status for an accepted message, 201 by default. */
  nextStatus?(): number;
}

/** The decision from the head of a request: read the body, or answer without reading it. */
export type Admission =
  | { readonly isAdmitted: true }
  | { readonly isAdmitted: false; readonly answer: Answer };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** The result for an admitted request: its verdict, names from the body, and the response. */
export interface Reception {
  readonly verdict: Verdict;
  readonly webhookId: string | undefined;
  readonly eventType: string | null;
  readonly eventId: string | null;
  readonly organizationId: string | null;
  readonly answer: Answer;
}

/** Checks the head of a request, cheapest checks first. */
export function admit(
  request: Pick<ReceivedRequest, 'method' | 'target' | 'headers'>,
  rules: ListenerRules,
): Admission {
  // node:http accepts absolute-form, `//host`, fragments and backslashes. None is a valid path here.
  if (!/^\/(?!\/)[^#\\]*$/.test(request.target)) return endEarly(400, 'malformed_target');
  if (rules.path !== undefined && request.target.split('?')[0] !== rules.path)
    return endEarly(404, 'path_not_found');
  if (request.method !== 'POST') return endEarly(405, 'method_not_allowed', { allow: 'POST' });
  const declared = soleHeader(request.headers, 'content-length');
  if (declared !== undefined && Number(declared) > BODY_LIMIT) return endEarly(413, 'body_too_large');
  return { isAdmitted: true };
}

/** Verifies an admitted request. `now` is in ms since 1970. A rejection's response contains only the reason code. */
export function receive(request: ReceivedRequest, rules: ListenerRules, now: number): Reception {
  const verdict = verify(request, rules.secrets, now);
  const event = identifyEvent(request.body);
  return {
    verdict,
    webhookId: soleHeader(request.headers, ID_HEADER) || undefined,
    eventType: event.type,
    eventId: event.id,
    organizationId: event.organizationId,
    answer:
      verdict.verified || rules.acceptsUnverified
        ? acceptedAnswer(rules.nextStatus?.() ?? 201)
        : json(401, { error: verdict.reason }),
  };
}

const defaultAnswer = json(201, { received: true });

function acceptedAnswer(status: number): Answer {
  if (status === 201) return defaultAnswer;
  return status < 300 ? json(status, { received: true }) : json(status, { error: 'configured_status' });
}

/** The response to a request with a body above BODY_LIMIT. */
export const bodyTooLarge: Answer = json(413, { error: 'body_too_large' });

function endEarly(status: number, error: string, headers: Record<string, string> = {}): Admission {
  const answer = json(status, { error });
  return { isAdmitted: false, answer: { ...answer, headers: { ...answer.headers, ...headers } } };
}

/** A JSON response from the listener. */
export function json(status: number, body: object): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
