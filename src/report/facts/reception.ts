import type { FieldDifference } from '../../events/shapes/schemas.ts';
import type { ExpectationResult } from '../../listener/expectations.ts';
import type { ReceivedRequest, Reception } from '../../listener/receive.ts';
import { bodyMembers, maskCredentials } from '../../message.ts';
import { explainRejection } from '../words/verdicts.ts';
import type { MessageReceived, Summary } from './index.ts';
import { shownDifference } from './verdict.ts';

/** A message that the listener verified and answered, ready to be reported. */
export interface ReportedReception {
  readonly request: ReceivedRequest;
  readonly reception: Reception;
  /** The status that the sender got, which may be the app's. */
  readonly status: number;
  readonly milliseconds: number;
  /** The number of verified messages with this webhook-id so far, this one included. */
  readonly delivery: number;
  /** Fields that differ from the API reference; undefined when not checked. */
  readonly differences?: readonly FieldDifference[] | undefined;
  /** The id of its Capture; undefined when it was not stored. */
  readonly capture: string | undefined;
}

/** The fact of a message that `listen` received. */
export function receivedFact(reported: ReportedReception): MessageReceived {
  const { verdict, eventType, eventId, organizationId, webhookId } = reported.reception;
  const { method, target, headers, body } = reported.request;
  return {
    kind: 'received',
    event_type: eventType,
    event_id: eventId,
    organization_id: organizationId,
    webhook_id: webhookId ?? null,
    verified: verdict.verified,
    reason: verdict.verified ? null : verdict.reason,
    detail: verdict.verified ? null : explainRejection(verdict),
    age_seconds: verdict.age ?? null,
    status: reported.status,
    duration_ms: Math.round(reported.milliseconds * 10) / 10,
    schema_differences: reported.differences ? reported.differences.map(shownDifference) : null,
    delivery_number: reported.delivery,
    capture: reported.capture ?? null,
    method,
    path: target,
    // Not getters, although people mostly do not see these: each object with getters stays until a full collection.
    headers: maskCredentials(headers),
    ...bodyMembers(body),
  };
}

/** Counts received messages for the summary of the listener. */
export class ReceptionTally {
  readonly #statuses = new Map<string, number>();
  #total = 0;
  #verified = 0;

  /** `answered` is the status that the sender got. */
  add({ verdict }: Reception, answered: number): void {
    this.#total += 1;
    if (verdict.verified) this.#verified += 1;
    const status = String(answered);
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }

  get verified(): number {
    return this.#verified;
  }

  /** `isMet` is whether the expectations were met; by default, whether every message was verified. */
  summary(
    command: Summary['command'],
    durationMs: number,
    {
      expected = [],
      isMet = this.#verified === this.#total,
    }: { expected?: readonly ExpectationResult[]; isMet?: boolean } = {},
  ): Summary {
    return {
      kind: 'summary',
      command,
      ok: isMet,
      total: this.#total,
      unsent: 0,
      accepted: this.#verified,
      rejected: this.#total - this.#verified,
      no_response: 0,
      statuses: Object.fromEntries(this.#statuses),
      duration_ms: durationMs,
      p50_ms: null,
      p95_ms: null,
      p99_ms: null,
      expected: expected.map(({ expectation, came, isMet }) => ({
        pattern: expectation.pattern,
        count: `${expectation.isExact ? '==' : '='}${expectation.count}`,
        received: came,
        ok: isMet,
      })),
      checks: null,
    };
  }
}
