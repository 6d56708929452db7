import type { Capture, CaptureHead, CaptureOutcome } from '../../captures/record.ts';
import { bodyMembers } from '../../message.ts';
import { explainRejection } from '../words/verdicts.ts';
import type { CaptureListed, CaptureWhole, KeptOutcome } from './index.ts';

/** A Capture without headers and body, and its outcomes, latest last. */
export function listedFact(head: CaptureHead, outcomes: readonly CaptureOutcome[]): CaptureListed {
  const { verified, reason, reasonHeaders, age } = head;
  const rejected = reason && { verified: false as const, reason, headers: reasonHeaders };
  return {
    kind: 'capture',
    capture: head.id,
    captured_at: new Date(head.time).toISOString(),
    source: head.source,
    event_type: head.eventType,
    event_id: head.eventId,
    organization_id: head.organizationId,
    webhook_id: head.webhookId,
    verified,
    reason,
    detail: rejected ? explainRejection({ ...rejected, ...(age !== null && { age }) }) : null,
    age_seconds: age,
    status: head.status,
    forward_to: head.forwardTo,
    method: head.method,
    path: head.path,
    outcomes: outcomes.map(toKept),
  };
}

/** As listedFact, with headers and body. */
export function wholeFact(capture: Capture, outcomes: readonly CaptureOutcome[]): CaptureWhole {
  return {
    ...listedFact(capture, outcomes),
    kind: 'capture_whole',
    headers: capture.headers,
    ...bodyMembers(capture.body),
  };
}

function toKept({ time, via, follower, url, status, failure, milliseconds }: CaptureOutcome): KeptOutcome {
  return {
    time: new Date(time).toISOString(),
    via,
    follower,
    url,
    status,
    failure,
    duration_ms: milliseconds,
  };
}
