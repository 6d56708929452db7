import type { Socket } from 'node:net';
import type { Client } from 'undici';
import buildConnector from 'undici/lib/core/connect.js';
import UndiciClient from 'undici/lib/dispatcher/client.js';
import type { Headers, Message } from '../../message.ts';
import type { Target } from '../target.ts';
import { type Attempt, Exchange, type SocketState } from './exchange.ts';

/** What an answer's headers may have in bytes: as much as Node.js takes. */
const HEADERS_LIMIT = 16 * 1024;

/** One undici client and what is known of its socket. One post at a time. */
export class Connection {
  readonly #target: Target;
  readonly #options: DeliveryOptions;
  readonly #path: string;
  readonly #method: 'POST' | 'GET';
  #client: Client | undefined;
  /** Also while it is still connecting, when undici does not cut it yet. */
  #socket: Socket | undefined;
  #line: SocketState = { bytesRead: 0, answers: 0 };
  #current: Exchange | undefined;
  readonly #expire = () => this.#current?.giveUp('timeout', `no answer within ${this.#options.timeout} ms`);
  /** One for all posts, started again for each: making one for each costs a burst some of its speed. */
  readonly #timer: NodeJS.Timeout;
  readonly #interrupt = () => this.#current?.giveUp('stopped', 'stopped by you');

  constructor(target: Target, options: DeliveryOptions) {
    this.#target = target;
    this.#options = options;
    this.#path = target.url.pathname + target.url.search;
    this.#method = options.method ?? 'POST';
    this.#timer = setTimeout(this.#expire, options.timeout).unref();
    options.stop?.addEventListener('abort', this.#interrupt);
  }

  /** Posts once. Ends after `timeout` milliseconds, or when it is to stop, at the latest. */
  async post(message: Message, timeout: number): Promise<Attempt> {
    const client = this.#open();
    const exchange = new Exchange(() => this.#line);
    this.#current = exchange;
    this.#timer.refresh();
    const sooner = timeout < this.#options.timeout ? setTimeout(this.#expire, timeout) : undefined;
    if (this.#options.stop?.aborted) this.#interrupt();
    else
      client.dispatch(
        {
          path: this.#path,
          method: this.#method,
          headers: inOneList(message.headers),
          body: this.#method === 'POST' ? message.body : null,
        },
        exchange,
      );
    const attempt = await exchange.attempt;
    clearTimeout(sooner);
    this.#current = undefined;
    // What is still on its way would be taken for the next answer.
    if (!attempt.isLineFree) this.drop();
    return attempt;
  }

  /** Cuts the connection; the next post opens a fresh one. */
  async drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#socket?.destroy();
    await client?.destroy();
  }

  /** Cuts the connection for good. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#options.stop?.removeEventListener('abort', this.#interrupt);
    await this.drop();
  }

  #open(): Client {
    if (this.#client) return this.#client;
    const connect = buildConnector({ timeout: 0, rejectUnauthorized: !this.#options.insecure });
    this.#client = new UndiciClient(this.#target.url.origin, {
      // There is one limit for the delivery as a whole; undici's own would each say something else.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: HEADERS_LIMIT,
      connect: (options, callback) => {
        this.#socket = connect(options, (...result) => {
          this.#line = newLine(result[1]);
          callback(...result);
        }) as unknown as Socket;
      },
    });
    return this.#client;
  }
}

/** Names and values in turn, as undici takes them. By hand: flat() takes ten times as long, for each message. */
function inOneList(headers: Headers): string[] {
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
  /** For one delivery as a whole, in milliseconds: looking up, connecting, sending and the answer. */
  readonly timeout: number;
  /** How the target is asked; POST unless it is said, and only that has a body. */
  readonly method?: 'POST' | 'GET';
  /** Takes any certificate. */
  readonly insecure?: boolean;
  /** Cuts what is in flight when it aborts, whose Outcome is then `stopped`. */
  readonly stop?: AbortSignal;
}
