import type { Capture, CaptureHead, CaptureOutcome, ListenerChange } from '../../captures/record.ts';
import { bodyMembers } from '../../message.ts';
import { explainRejection } from '../words/verdicts.ts';
import type { CaptureListed, CaptureWhole, KeptOutcome, NotListening } from './index.ts';

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

/** A shorter time without a listener is a restart. In ms. */
const MIN_GAP_MS = 60_000;

/** The time before a listener's start in which nobody listened; undefined if there was none worth telling. */
export function gapBefore({ time, state, idleSince }: ListenerChange): NotListening | undefined {
  if (state !== 'started' || idleSince === null || time - idleSince < MIN_GAP_MS) return undefined;
  return {
    kind: 'not_listening',
    from: new Date(idleSince).toISOString(),
    until: new Date(time).toISOString(),
  };
}

/** As listedFact, with headers and body. */
export function wholeFact(capture: Capture, outcomes: readonly CaptureOutcome[]): CaptureWhole {
  return {
    ...listedFact(capture, outcomes),
    kind: 'capture_whole',
    truncated: capture.truncated,
    body_bytes: capture.bodyBytes ?? capture.body.length,
    body_sha256: capture.bodySha256,
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
