import type { FieldDifference } from '../../events/shapes/schemas.ts';
import type { ExpectationResult } from '../../listener/expectations.ts';
import type { ReceivedRequest, Reception } from '../../listener/receive.ts';
import { bodyMembers, maskCredentials } from '../../message.ts';
import { explainRejection } from '../words/verdicts.ts';
import type { MessageReceived, Summary } from './index.ts';
import { shownDifference } from './verdict.ts';

/** A message that the listener judged and answered, as it is to be told. */
export interface ReportedReception {
  readonly request: ReceivedRequest;
  readonly reception: Reception;
  /** What it was answered in the end. */
  readonly status: number;
  readonly milliseconds: number;
  /** How often a verified message with its webhook-id has come. */
  readonly delivery: number;
  /** Fields that are not as the API reference has them; undefined when nobody looked. */
  readonly differences?: readonly FieldDifference[] | undefined;
  /** The id of its Capture, if it was kept. */
  readonly capture: string | undefined;
}

/** Puts a message that the listener judged into a Fact. */
export function receivedFact(told: ReportedReception): MessageReceived {
  const { verdict, eventType, eventId, organizationId, webhookId } = told.reception;
  const { method, target, headers, body } = told.request;
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
    status: told.status,
    duration_ms: Math.round(told.milliseconds * 10) / 10,
    schema_differences: told.differences ? told.differences.map(shownDifference) : null,
    delivery_number: told.delivery,
    capture: told.capture ?? null,
    method,
    path: target,
    // Made when they are printed, which for people they mostly are not.
    get headers() {
      return maskCredentials(headers);
    },
    get body() {
      return bodyMembers(body).body;
    },
    get body_base64() {
      return bodyMembers(body).body_base64;
    },
  };
}

/** Counts of judged messages, from which the listener's summary comes. */
export class ReceptionTally {
  readonly #statuses = new Map<string, number>();
  #total = 0;
  #verified = 0;

  /** `answered` is the status that it was answered with in the end. */
  add({ verdict }: Reception, answered: number): void {
    this.#total += 1;
    if (verdict.verified) this.#verified += 1;
    const status = String(answered);
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }

  get verified(): number {
    return this.#verified;
  }

  /** `isMet` says whether what was awaited came; without it, that everything verified is what should be. */
  summary(
    command: Summary['command'],
    milliseconds: number,
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
      duration_ms: milliseconds,
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
