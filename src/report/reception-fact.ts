import type { ExpectationResult } from '../listener/expectations.ts';
import type { Received, Reception } from '../listener/receive.ts';
import { isCredential } from '../message.ts';
import type { Received as ReceivedFact, Summary } from './facts.ts';
import { bodyMembers } from './message-text.ts';
import { explainRefusal } from './verdict-words.ts';

/** Puts a message that the listener judged into a Fact. */
export function receivedFact(request: Received, reception: Reception): ReceivedFact {
  const { verdict, eventType, eventId, webhookId, answer } = reception;

  return {
    fact: 'received',
    event_type: eventType,
    event_id: eventId,
    webhook_id: webhookId ?? null,
    verified: verdict.verified,
    reason: verdict.verified ? null : verdict.reason,
    why: verdict.verified ? null : explainRefusal(verdict),
    age: verdict.age ?? null,
    status: answer.status,
    method: request.method,
    path: request.target,
    headers: request.headers.map(([name, value]) => [name, isCredential(name) ? '(masked)' : value]),
    ...bodyMembers(request.body),
  };
}

/** Counts of judged messages, from which the listener's summary comes. */
export class ReceptionTally {
  readonly #statuses = new Map<string, number>();
  #total = 0;
  #verified = 0;

  add({ verdict, answer }: Reception): void {
    this.#total += 1;
    if (verdict.verified) this.#verified += 1;
    const status = String(answer.status);
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
      fact: 'summary',
      command,
      ok: isMet,
      total: this.#total,
      unsent: 0,
      accepted: this.#verified,
      refused: this.#total - this.#verified,
      unreached: 0,
      statuses: Object.fromEntries(this.#statuses),
      duration_ms: milliseconds,
      p50_ms: null,
      p95_ms: null,
      p99_ms: null,
      expected: expected.map(({ expectation, came, isMet }) => ({
        pattern: expectation.pattern,
        wanted: `${expectation.isExact ? '==' : '='}${expectation.count}`,
        came,
        ok: isMet,
      })),
    };
  }
}
