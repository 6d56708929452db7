import type { Capture } from '../captures/record.ts';
import { randomText } from '../events/random.ts';
import type { ReceivedRequest, Reception } from '../listener/receive.ts';
import type { Message } from '../message.ts';
import type { Verdict } from '../signature/verdict.ts';

const lettersAndDigits = '0123456789abcdefghijklmnopqrstuvwxyz';

function newId(): string {
  return `cap_${randomText(12, lettersAndDigits)}`;
}

/**
 * The Capture of a message that was received. For a forwarded message, `status` is null and `forwardTo` is the target,
 * because the app decides the response.
 */
export function receivedCapture(
  { method, target, headers, body, truncation }: ReceivedRequest,
  { verdict, eventType, eventId, organizationId, webhookId }: Reception,
  answered: { readonly time: number; readonly status: number | null; readonly forwardTo: string | null },
): Capture {
  const { verified, reason, reasonHeaders, age } = verdictMembers(verdict);
  return {
    id: newId(),
    ...answered,
    source: 'listen',
    eventType,
    eventId,
    organizationId,
    webhookId: webhookId ?? null,
    verified,
    reason,
    reasonHeaders,
    age,
    method,
    path: target,
    truncated: truncation !== undefined,
    bodyBytes: truncation?.bytes ?? null,
    bodySha256: truncation?.sha256 ?? null,
    headers,
    body,
  };
}

/** What a Capture says of a message that this program sends itself. */
type SentMembers = Pick<
  Capture,
  'source' | 'time' | 'eventType' | 'eventId' | 'organizationId' | 'webhookId'
>;

/** The Capture of a message that is sent to a URL, and that nobody has answered yet. */
export function sentCapture(
  { headers, body }: Message,
  url: URL,
  verdict: Verdict,
  members: SentMembers,
): Capture {
  return {
    id: newId(),
    ...members,
    ...verdictMembers(verdict),
    status: null,
    forwardTo: url.href,
    method: 'POST',
    path: url.pathname + url.search,
    truncated: false,
    bodyBytes: null,
    bodySha256: null,
    headers,
    body,
  };
}

function verdictMembers(verdict: Verdict): Pick<Capture, 'verified' | 'reason' | 'reasonHeaders' | 'age'> {
  return {
    verified: verdict.verified,
    reason: verdict.verified ? null : verdict.reason,
    reasonHeaders: verdict.verified ? [] : (verdict.headers ?? []),
    age: verdict.age ?? null,
  };
}
