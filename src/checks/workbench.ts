import type { Outcome } from '../delivery/outcome.ts';
import { type Event, newWebhookId } from '../events/build.ts';
import type { Headers, Message } from '../message.ts';
import type { Secret } from '../signature/secret.ts';
import { type SignedContent, signMessage } from '../signature/sign.ts';

/** The handler under check, as the battery reaches it: over a network, or as a function of this process. */
export interface Subject {
  /** Any number may be on their way at once. Never rejects for what the handler or the network does. */
  deliver(message: Message): Promise<Outcome>;
  /** Asks for the same address by GET, with the headers of a message that has no body. */
  get(message: Message): Promise<Outcome>;
  /** A connection of its own, for one message after the other; undefined where there are no connections. */
  connect?(): { deliver(message: Message): Promise<Outcome>; close(): Promise<void> };
}

/** What messages are made of. */
export interface Materials {
  readonly secrets: readonly [Secret, ...Secret[]];
  /** Added to each message. */
  readonly headers: Headers;
  /** Gives a signed message its last form: that of an interceptor's request. */
  finish(message: Message): Message;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Thrown by a workbench whose run has ended: what was to be sent is not. */
export class RunEnded extends Error {}

/** The part of what is sent in a burst, which is told apart: how long that takes says nothing of one message. */
export const BURST_PART = 'burst';

/** So many timeouts in a row, and nobody is there any more. */
const MOST_TIMEOUTS = 2;

/** What checks work with: makes messages, delivers them, and keeps what came of each. */
export class Workbench {
  readonly materials: Materials;
  readonly subject: Subject;
  /** All of them, in the order of the answers. */
  readonly exchanges: Exchange[] = [];
  #timeouts = 0;
  #ended: string | undefined;

  constructor(materials: Materials, subject: Subject) {
    this.materials = materials;
    this.subject = subject;
  }

  /** Why nothing is sent any more; undefined while it is. */
  get ended(): string | undefined {
    return this.#ended;
  }

  /** Sends nothing more. */
  end(reason: string): void {
    this.#ended ??= reason;
  }

  /** What a message of this body consists of: a new id, and the present time moved by seconds. */
  content(body: Uint8Array, secondsAhead = 0): SignedContent {
    const timestamp = Math.floor(this.materials.now() / 1000) + secondsAhead;
    return { id: newWebhookId(), timestamp, body };
  }

  /** A rightly signed message. `headers` are added, or take the place of others. */
  sign(content: SignedContent, headers: Headers = []): Message {
    const { secrets, headers: usual } = this.materials;
    return this.materials.finish(signMessage(content, secrets, [...usual, ...headers]));
  }

  /** A rightly signed message of an event. */
  message(event: Event, headers: Headers = []): Message {
    return this.sign(this.content(event.body), headers);
  }

  /** Delivers and keeps what came of it. Throws RunEnded. */
  async send(
    message: Message,
    { part, isHostile = false, by = this.subject }: ExchangeOptions,
  ): Promise<Exchange> {
    if (this.#ended !== undefined) throw new RunEnded(this.#ended);
    return this.#keep('POST', message, await by.deliver(message), { part, isHostile });
  }

  /** Asks by GET. Throws RunEnded. */
  async get(part: string): Promise<Exchange> {
    if (this.#ended !== undefined) throw new RunEnded(this.#ended);
    const message: Message = { headers: this.materials.headers, body: new Uint8Array() };
    return this.#keep('GET', message, await this.subject.get(message), { part, isHostile: false });
  }

  #keep(
    method: Exchange['method'],
    message: Message,
    outcome: Outcome,
    { part, isHostile }: { readonly part: string; readonly isHostile: boolean },
  ): Exchange {
    const exchange: Exchange = { method, message, outcome, part, isHostile };
    this.exchanges.push(exchange);
    const isStopped = !outcome.answered && outcome.failure === 'stopped';
    if (isStopped) throw new RunEnded('it was stopped');
    if (!outcome.answered && outcome.failure === 'connection_refused' && this.exchanges.length > 1)
      this.end('nothing listens there any more');
    const isTimeout = (outcome.answered ? outcome.brokenOff : outcome.failure) === 'timeout';
    // Of many at once, those that nobody heard say nothing of the next.
    if (part !== BURST_PART) this.#timeouts = isTimeout ? this.#timeouts + 1 : 0;
    if (this.#timeouts >= MOST_TIMEOUTS) this.end('two messages in a row got no answer in time');
    return exchange;
  }
}

export interface ExchangeOptions {
  /** The part of the check that sends it. */
  readonly part: string;
  /** Whether it must be refused. */
  readonly isHostile?: boolean;
  /** Another way than the usual one. */
  readonly by?: Pick<Subject, 'deliver'>;
}

/** A message and what came of it. */
export interface Exchange {
  readonly method: 'POST' | 'GET';
  readonly message: Message;
  readonly outcome: Outcome;
  /** The part of the check that sent it. */
  readonly part: string;
  /** Whether it was one that must be refused. */
  readonly isHostile: boolean;
}
