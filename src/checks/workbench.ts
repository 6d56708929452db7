import type { Outcome } from '../delivery/outcome.ts';
import { type Event, newWebhookId } from '../events/build.ts';
import type { Headers, Message } from '../message.ts';
import type { Secret } from '../signature/secret.ts';
import { type SignedContent, signMessage } from '../signature/sign.ts';

/** The handler under test: a URL, or a function in this process. */
export interface Subject {
  /**
   * Supports concurrent calls. Never rejects because of the handler or the network. `timeoutMs` can shorten the time
   * limit.
   */
  deliver(message: Message, timeoutMs?: number): Promise<Outcome>;
  /** Sends a GET request to the same URL with the headers of the message, which has no body. */
  get(message: Message): Promise<Outcome>;
  /** Opens a separate connection for sequential messages; undefined if the handler is a function. */
  connect?(): { deliver(message: Message): Promise<Outcome>; close(): Promise<void> };
  /**
   * Watches the app that was started for the run for a moment. Resolves with how it ended, such as `exit code 1`;
   * undefined if it still runs.
   */
  watch?(): Promise<string | undefined>;
  /** Ends the app that was started for the run, and starts it again. Resolves with whether it runs. */
  restart?(how: 'stop' | 'kill'): Promise<boolean>;
  /** From now on, keeps only one connection open at a time: the server serves no more. */
  useOneConnection?(): Promise<void>;
}

/** The parts that every message has in common. */
export interface Materials {
  readonly secrets: readonly [Secret, ...Secret[]];
  /** Added to each message. */
  readonly headers: Headers;
  /** Converts a signed message to the form that is sent, such as an interceptor request. */
  finish(message: Message): Message;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Thrown instead of sending a message after the run has ended. */
export class RunEnded extends Error {}

/** The part of burst messages: their times and timeouts do not count for single messages. */
export const BURST_PART = 'burst';

/** The part of generated events. */
export const FUZZ_PART = 'fuzz';

/** The part of the plain message: apps are slow when they compile or connect for their first request. */
export const PLAIN_PART = 'plain';

/** Consecutive timeouts that end a run. */
const MAX_TIMEOUTS = 2;

/** Builds and delivers messages for checks, and records every exchange. */
export class Workbench {
  readonly materials: Materials;
  readonly subject: Subject;
  /** In the order of the responses. */
  readonly exchanges: Exchange[] = [];
  /** How a message on a second connection was answered; undefined if none was sent. */
  secondConnection: SecondConnection | undefined;
  readonly #stop = new AbortController();
  #timeouts = 0;
  #ended: string | undefined;

  constructor(materials: Materials, subject: Subject) {
    this.materials = materials;
    this.subject = subject;
  }

  /** Why the run has ended; undefined while it is running. */
  get ended(): string | undefined {
    return this.#ended;
  }

  /** Ends the run; `send` and `get` then throw RunEnded. */
  end(reason: string): void {
    this.#ended ??= reason;
    this.#stop.abort();
  }

  /** Aborts when the run ends. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /** Starts to count consecutive timeouts again. */
  forgetTimeouts(): void {
    this.#timeouts = 0;
  }

  /** Content for a new message with a new id; its timestamp is the current time plus `secondsAhead`. */
  content(body: Uint8Array, secondsAhead = 0): SignedContent {
    const timestamp = Math.floor(this.materials.now() / 1000) + secondsAhead;
    return { id: newWebhookId(), timestamp, body };
  }

  /** A correctly signed message. `headers` are added and replace those with the same name. */
  sign(content: SignedContent, headers: Headers = []): Message {
    const { secrets, headers: usual } = this.materials;
    return this.materials.finish(signMessage(content, secrets, [...usual, ...headers]));
  }

  /** A correctly signed message with an event. */
  message(event: Event, headers: Headers = []): Message {
    return this.sign(this.content(event.body), headers);
  }

  /** Delivers a message and records the exchange. Throws RunEnded. */
  async send(
    message: Message,
    { part, role, isHostile = false, by = this.subject }: ExchangeOptions,
  ): Promise<Exchange> {
    if (this.#ended !== undefined) throw new RunEnded(this.#ended);
    return this.#keep('POST', message, await by.deliver(message), { part, role, isHostile });
  }

  /** Sends a GET request and records the exchange. Throws RunEnded. */
  async get(part: string): Promise<Exchange> {
    if (this.#ended !== undefined) throw new RunEnded(this.#ended);
    const message: Message = { headers: this.materials.headers, body: new Uint8Array() };
    return this.#keep('GET', message, await this.subject.get(message), {
      part,
      role: undefined,
      isHostile: false,
    });
  }

  #keep(
    method: Exchange['method'],
    message: Message,
    outcome: Outcome,
    { part, role, isHostile }: Pick<Exchange, 'part' | 'role' | 'isHostile'>,
  ): Exchange {
    const exchange: Exchange = { method, message, outcome, part, role, isHostile };
    this.exchanges.push(exchange);
    // A generated event may end the app, which is then started again.
    const isExpendable = part === FUZZ_PART && this.subject.restart !== undefined;
    const isStopped = !outcome.answered && outcome.failure === 'stopped';
    if (isStopped) throw new RunEnded(this.ended ?? 'the run was stopped');
    if (
      !outcome.answered &&
      outcome.failure === 'connection_refused' &&
      this.exchanges.length > 1 &&
      !isExpendable
    )
      this.end('the handler no longer accepts connections');
    const isTimeout = (outcome.answered ? outcome.brokenOff : outcome.failure) === 'timeout';
    // Timeouts in a burst, or of generated events, do not predict the next message.
    if (part !== BURST_PART && part !== FUZZ_PART) this.#timeouts = isTimeout ? this.#timeouts + 1 : 0;
    if (this.#timeouts >= MAX_TIMEOUTS) this.end('two consecutive messages timed out');
    return exchange;
  }
}

/** A message on a second connection, sent while the first was open. */
export interface SecondConnection {
  readonly exchange: Exchange;
  /** Whether it was answered only after the first connection was closed. */
  readonly hadToWait: boolean;
}

/** How a message is sent, and what the report says about it. */
export interface ExchangeOptions {
  /** The part of the check that sends the message. */
  readonly part: string;
  /** What the message is, if it is not the one that the check is about, such as its control. */
  readonly role?: string | undefined;
  /** Whether the handler must reject the message. */
  readonly isHostile?: boolean;
  /** Replaces the default connection. */
  readonly by?: Pick<Subject, 'deliver'>;
}

/** A message and its outcome. */
export interface Exchange {
  readonly method: 'POST' | 'GET';
  readonly message: Message;
  readonly outcome: Outcome;
  /** The part of the check that sent the message. */
  readonly part: string;
  /** What the message is, if it is not the one that the check is about. */
  readonly role: string | undefined;
  /** Whether the handler must reject the message. */
  readonly isHostile: boolean;
}
