import type { CaptureHead, CaptureOutcome } from '../../captures/record.ts';
import type { AttemptShown, EventRow } from '../protocol.ts';
import { reasonInShort } from './short-causes.ts';

/** A Capture in the list, with its attempts, oldest first. */
export function rowOf(head: CaptureHead, attempts: readonly AttemptShown[]): EventRow {
  return {
    id: head.id,
    time: head.time,
    type: head.eventType,
    eventId: head.eventId,
    webhookId: head.webhookId,
    organization: head.organizationId,
    source: head.source,
    path: head.path,
    verified: head.verified,
    reason: reasonInShort(head),
    hasCause: head.reason === 'signature_mismatch' && !head.truncated,
    status: head.status,
    forwardTo: head.forwardTo,
    attempts,
  };
}

/** An Outcome as the page shows it. */
export function attemptOf({
  time,
  via,
  follower,
  url,
  status,
  failure,
  milliseconds,
}: CaptureOutcome): AttemptShown {
  return { time, via, follower, url, status, failure, durationMs: milliseconds };
}
