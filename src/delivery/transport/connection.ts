import type { Socket } from 'node:net';
import type { Client } from 'undici';
import buildConnector from 'undici/lib/core/connect.js';
import UndiciClient from 'undici/lib/dispatcher/client.js';
import type { Headers, Message } from '../../message.ts';
import { realTimers } from '../../real-timers.ts';
import type { Target } from '../target.ts';
import { type Attempt, Exchange, type SocketState } from './exchange.ts';
import { lookupHost } from './lookup.ts';
import { MAX_HEADER_BYTES, ResponseFilter } from './response-filter.ts';

/**
 * How long to wait for one address of a name that has several. With the 250 ms of Node.js, a busy server on 127.0.0.1 counts as a
 * timeout, because nothing listens on ::1. RFC 8305 recommends at most 2 s.
 */
const ATTEMPT_MS = 2000;

/** One undici client and the state of its socket. Sends one request at a time. */
export class Connection {
  readonly #target: Target;
  readonly #options: DeliveryOptions;
  readonly #path: string;
  readonly #method: 'POST' | 'GET';
  #client: Client | undefined;
  /** Set while still connecting too, because undici does not destroy a connecting socket. */
  #socket: Socket | undefined;
  #line: SocketState = { bytesRead: 0, answers: 0 };
  #current: Exchange | undefined;
  /** Of the current socket. */
  #filter: ResponseFilter | undefined;
  readonly #expire = () => this.#current?.giveUp('timeout', `no response within ${this.#options.timeout} ms`);
  /** Shared and restarted for each request: a new timer per request slows down a burst. */
  readonly #timer: NodeJS.Timeout;
  readonly #interrupt = () => this.#current?.giveUp('stopped', 'stopped before a response arrived');

  constructor(target: Target, options: DeliveryOptions) {
    this.#target = target;
    this.#options = options;
    this.#path = target.url.pathname + target.url.search;
    this.#method = options.method ?? 'POST';
    this.#timer = realTimers.setTimeout(this.#expire, options.timeout).unref();
    options.stop?.addEventListener('abort', this.#interrupt);
  }

  /** Sends one request. Resolves after `timeout` ms, or when `stop` aborts, at the latest. */
  async post(message: Message, timeout: number): Promise<Attempt> {
    const client = this.#open();
    const exchange = new Exchange(() => this.#line);
    this.#current = exchange;
    this.#timer.refresh();
    const shorterTimer =
      timeout < this.#options.timeout ? realTimers.setTimeout(this.#expire, timeout) : undefined;
    this.#filter?.begin();
    if (this.#options.stop?.aborted) this.#interrupt();
    else
      client.dispatch(
        {
          path: this.#path,
          method: this.#method,
          headers: flatten(message.headers),
          body: this.#method === 'POST' ? message.body : null,
        },
        exchange,
      );
    const attempt = await exchange.attempt;
    realTimers.clearTimeout(shorterTimer);
    this.#current = undefined;
    // Remaining bytes would be parsed as the next response.
    if (!attempt.isLineFree || this.#filter?.hasLeftovers) this.drop();
    return this.#withOddities(attempt);
  }

  #filterOf(socket: Socket): ResponseFilter {
    return new ResponseFilter(socket, (detail) => this.#current?.giveUp('not_http', detail));
  }

  #withOddities(attempt: Attempt): Attempt {
    const { oddities = [] } = this.#filter ?? {};
    if (oddities.length === 0 || !attempt.outcome.answered) return attempt;
    return { ...attempt, outcome: { ...attempt.outcome, oddities } };
  }

  /** Closes the connection immediately; the next request opens another. */
  async drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#socket?.destroy();
    await client?.destroy();
  }

  /** Closes the connection and releases the timer and the listener. */
  async close(): Promise<void> {
    realTimers.clearTimeout(this.#timer);
    this.#options.stop?.removeEventListener('abort', this.#interrupt);
    await this.drop();
  }

  #open(): Client {
    if (this.#client) return this.#client;
    const connect = buildConnector({
      timeout: 0,
      rejectUnauthorized: !this.#options.insecure,
      lookup: lookupHost,
      autoSelectFamilyAttemptTimeout: ATTEMPT_MS,
    });
    this.#client = new UndiciClient(this.#target.url.origin, {
      // Disabled, because one timeout covers the whole delivery.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: MAX_HEADER_BYTES,
      connect: (options, callback) => {
        this.#socket = connect(options, (...result) => {
          this.#line = newLine(result[1]);
          if (result[1]) this.#filter = this.#filterOf(result[1]);
          callback(...result);
        }) as unknown as Socket;
      },
    });
    return this.#client;
  }
}

/** Alternating names and values, as undici expects. A loop, because flat() takes ten times as long. */
function flatten(headers: Headers): string[] {
  const list: string[] = [];
  for (const [name, value] of headers) list.push(name, value);
  return list;
}

function newLine(socket: Socket | null): SocketState {
  return {
    answers: 0,
    get bytesRead() {
      return socket?.bytesRead ?? 0;
    },
  };
}

export interface DeliveryOptions {
  /** For the whole delivery, in ms: DNS lookup, connecting, sending and the response. */
  readonly timeout: number;
  /** POST by default. GET is sent without a body. */
  readonly method?: 'POST' | 'GET';
  /** Accepts any TLS certificate. */
  readonly insecure?: boolean;
  /** Aborts the delivery in flight, whose Outcome is then `stopped`. */
  readonly stop?: AbortSignal;
}
