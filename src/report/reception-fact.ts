import type { Received, Reception } from '../listener/receive.ts';
import type { Received as ReceivedFact, Summary } from './facts.ts';
import { explainRefusal } from './verdict-words.ts';

/** Puts a message that the listener judged into a Fact. */
export function receivedFact(request: Received, reception: Reception): ReceivedFact {
  const { verdict, eventType, eventId, webhookId, answer } = reception;
  const text = Buffer.from(request.body).toString();
  const isText = Buffer.from(text).equals(request.body);
  return {
    fact: 'received',
    event_type: eventType ?? null,
    event_id: eventId ?? null,
    webhook_id: webhookId ?? null,
    verified: verdict.verified,
    reason: verdict.verified ? null : verdict.reason,
    why: verdict.verified ? null : explainRefusal(verdict),
    age: verdict.age ?? null,
    status: answer.status,
    method: request.method,
    path: request.target,
    headers: request.headers.map(([name, value]) => [name, isPrivate(name) ? '(masked)' : value]),
    body: isText ? text : null,
    body_base64: isText ? null : Buffer.from(request.body).toString('base64'),
  };
}

/** Headers that carry credentials of other systems, not of the message. */
function isPrivate(name: string): boolean {
  return /^(authorization|proxy-authorization|cookie)$/i.test(name);
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

  /** `ok` says whether all came out as it should. */
  summary(command: Summary['command'], milliseconds: number, ok = this.#verified === this.#total): Summary {
    return {
      fact: 'summary',
      command,
      ok,
      total: this.#total,
      accepted: this.#verified,
      refused: this.#total - this.#verified,
      unreached: 0,
      statuses: Object.fromEntries(this.#statuses),
      duration_ms: milliseconds,
    };
  }
}
