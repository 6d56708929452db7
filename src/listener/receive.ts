import { identifyEvent } from '../events/identify.ts';
import { BODY_LIMIT, type Headers, ID_HEADER, soleHeader } from '../message.ts';
import type { Secret } from '../signature/secret.ts';
import type { Verdict } from '../signature/verdict.ts';
import { beginVerification } from '../signature/verify.ts';
import { IncomingBody, type ReadBody } from './incoming-body.ts';

export interface RequestHead {
  readonly method: string;
  /** Path and query from the request line. */
  readonly target: string;
  readonly headers: Headers;
}

/** A request that has been read, but not judged. */
export interface WholeRequest extends RequestHead {
  readonly body: IncomingBody;
}

/** A received request. Of a long body that was rejected, it has only the beginning. */
export interface ReceivedRequest extends RequestHead, ReadBody {}

/** How the listener treats requests. */
export interface ListenerRules {
  readonly secrets: readonly Secret[];
  /** The only path that accepts webhooks; any path if undefined. */
  readonly path?: string | undefined;
  /** Also accepts requests that fail verification. Their verdict does not change. */
  readonly acceptsUnverified?: boolean;
  /** Also keeps the whole of a long body that does not verify. */
  readonly keepsWhole?: boolean;
  /** The status for an accepted message, 201 by default. */
  nextStatus?(): number;
}

/** For `nextStatus`: the statuses in order; the last one repeats. */
export function inTurn(statuses: readonly [number, ...number[]]): () => number {
  let accepted = 0;
  return () => statuses[Math.min(accepted++, statuses.length - 1)]!;
}

/** The decision from the head of a request: read the body, or answer without reading it. */
export type Admission =
  | { readonly isAdmitted: true; readonly body: IncomingBody }
  | { readonly isAdmitted: false; readonly answer: Answer };

/** A response of the listener; the length is added when it is sent. */
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
export function admit(request: RequestHead, rules: ListenerRules): Admission {
  // node:http accepts absolute-form, `//host`, fragments and backslashes. None is a valid path here.
  if (!/^\/(?!\/)[^#\\]*$/.test(request.target)) return endEarly(400, 'malformed_target');
  if (rules.path !== undefined && request.target.split('?')[0] !== rules.path)
    return endEarly(404, 'path_not_found');
  if (request.method !== 'POST') return endEarly(405, 'method_not_allowed', { allow: 'POST' });
  const declared = soleHeader(request.headers, 'content-length');
  if (declared !== undefined && Number(declared) > BODY_LIMIT) return endEarly(413, 'body_too_large');
  const verification = beginVerification(request.headers, rules.secrets);
  const isKeptWhole = (rules.acceptsUnverified || rules.keepsWhole) ?? false;
  return { isAdmitted: true, body: new IncomingBody(verification, isKeptWhole) };
}

/** The longest rejected body that is parsed for the names in it, in bytes. */
const MAX_PARSED_BYTES = 64 * 1024;

/**
 * Judges an admitted request. `now` is in ms since 1970. A rejection's response contains only the reason code. Of what
 * does not verify, only a short body is parsed.
 */
export function receive(
  { method, target, headers, body }: WholeRequest,
  rules: ListenerRules,
  now: number,
): { readonly request: ReceivedRequest; readonly reception: Reception } {
  const verdict = body.conclude(now);
  const isAccepted = verdict.verified || (rules.acceptsUnverified ?? false);
  const request = { method, target, headers, ...body.read(isAccepted || (rules.keepsWhole ?? false)) };
  const isParsed = isAccepted || body.bytes <= MAX_PARSED_BYTES;
  const event = isParsed ? identifyEvent(request.body) : { type: null, id: null, organizationId: null };
  const reception = {
    verdict,
    webhookId: soleHeader(headers, ID_HEADER) || undefined,
    eventType: event.type,
    eventId: event.id,
    organizationId: event.organizationId,
    answer: isAccepted ? acceptedAnswer(rules.nextStatus?.() ?? 201) : json(401, { error: verdict.reason }),
  };
  return { request, reception };
}

const defaultAnswer = json(201, { received: true });

function acceptedAnswer(status: number): Answer {
  if (status === 201) return defaultAnswer;
  return status < 300 ? json(status, { received: true }) : json(status, { error: 'configured_status' });
}

/** The response to a request with a body above BODY_LIMIT. */
export const bodyTooLarge: Answer = json(413, { error: 'body_too_large' });

/** The response to a request whose body was dropped because other bodies need the memory. */
export const outOfMemory: Answer = {
  ...json(503, { error: 'out_of_memory' }),
  headers: { 'content-type': 'application/json', 'retry-after': '5' },
};

function endEarly(status: number, error: string, headers: Record<string, string> = {}): Admission {
  const answer = json(status, { error });
  return { isAdmitted: false, answer: { ...answer, headers: { ...answer.headers, ...headers } } };
}

/** A JSON response from the listener. */
export function json(status: number, body: object): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
