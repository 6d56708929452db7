import { identifyEvent } from '../events/identify.ts';

import { BODY_LIMIT, type Headers, ID_HEADER, soleHeader } from '../message.ts';
import type { Secret } from '../signature/secret.ts';
import type { Verdict } from '../signature/verdict.ts';
import { verify } from '../signature/verify.ts';

/** A request as it came in, its body read whole. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** What the listener was told about requests. */
export interface ListenerRules {
  readonly secrets: readonly Secret[];
  /** The only path that is a webhook; any path when undefined. */
  readonly path?: string | undefined;
  /** Takes what does not verify too, to look at it; the verdict stays what it is. */
  readonly acceptsUnverified?: boolean;
  /** What a message that is taken is answered, else 201. */
  nextStatus?(): number;
}

/** What the head of a request alone decides: to read on, or to turn it away with this answer. */
export type Admission =
  | { readonly isAdmitted: true }
  | { readonly isAdmitted: false; readonly answer: Answer };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What came of a request that was let in: the verdict, what the event says of itself, and the answer. */
export interface Reception {
  readonly verdict: Verdict;
  readonly webhookId: string | undefined;
  readonly eventType: string | null;
  readonly eventId: string | null;
  readonly organizationId: string | null;
  readonly answer: Answer;
}

/** The refusals that need no body, cheapest first. */
export function admit(
  request: Pick<ReceivedRequest, 'method' | 'target' | 'headers'>,
  rules: ListenerRules,
): Admission {
  // node:http lets absolute-form, `//host`, fragments and backslashes through; none is a path of ours.
  if (!/^\/(?!\/)[^#\\]*$/.test(request.target)) return turnAway(400, 'malformed_target');
  if (rules.path !== undefined && request.target.split('?')[0] !== rules.path)
    return turnAway(404, 'path_not_found');
  if (request.method !== 'POST') return turnAway(405, 'method_not_allowed', { allow: 'POST' });
  const announced = soleHeader(request.headers, 'content-length');
  if (announced !== undefined && Number(announced) > BODY_LIMIT) return turnAway(413, 'body_too_large');
  return { isAdmitted: true };
}

/** Judges a request that was admitted. `now` is in milliseconds. The answer to a refusal holds the reason's code only. */
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
        ? taken(rules.nextStatus?.() ?? 201)
        : json(401, { error: verdict.reason }),
  };
}

const usualAnswer = json(201, { received: true });

function taken(status: number): Answer {
  if (status === 201) return usualAnswer;
  return status < 300 ? json(status, { received: true }) : json(status, { error: 'configured_status' });
}

/** The answer to a request whose body is larger than BODY_LIMIT. */
export const bodyTooLarge: Answer = json(413, { error: 'body_too_large' });

function turnAway(status: number, error: string, headers: Record<string, string> = {}): Admission {
  const answer = json(status, { error });
  return { isAdmitted: false, answer: { ...answer, headers: { ...answer.headers, ...headers } } };
}

/** An answer of our own. */
export function json(status: number, body: object): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
