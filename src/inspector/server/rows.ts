import type { CaptureHead, CaptureOutcome } from '../../captures/record.ts';
import type { RejectionReason } from '../../signature/verdict.ts';
import type { AttemptShown, EventRow } from '../protocol.ts';

const reasons: Readonly<Record<RejectionReason, string>> = {
  missing_header: 'no signature',
  repeated_header: 'header repeated',
  malformed_timestamp: 'malformed timestamp',
  malformed_signature: 'malformed signature',
  unknown_signature_version: 'no v1 signature',
  signature_mismatch: 'signature mismatch',
  too_old: 'too old',
  too_new: 'too new',
};

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
    reason: head.reason && reasonOf(head.reason, head.age),
    status: head.status,
    forwardTo: head.forwardTo,
    attempts,
  };
}

function reasonOf(reason: RejectionReason, age: number | null): string {
  if (reason === 'too_old' && age !== null)
    return `${age < 3600 ? `${Math.floor(age / 60)} min` : `${Math.floor(age / 3600)} h`} old`;
  return reasons[reason] ?? reason;
}

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
