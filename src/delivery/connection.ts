import type { Socket } from 'node:net';
import type { Client } from 'undici';
import buildConnector from 'undici/lib/core/connect.js';
import UndiciClient from 'undici/lib/dispatcher/client.js';
import type { Message } from '../message.ts';
import type { DeliveryOptions } from './deliver.ts';
import { type Attempt, Exchange, type Line } from './exchange.ts';
import type { Target } from './target.ts';

/** One undici client and what is known of its socket. One post at a time. */
export class Connection {
  readonly #target: Target;
  readonly #options: DeliveryOptions;
  #client: Client | undefined;
  /** Also while it is still connecting, when undici does not cut it yet. */
  #socket: Socket | undefined;
  #line: Line = { bytesRead: 0, answers: 0 };

  constructor(target: Target, options: DeliveryOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** Posts once. Ends after `timeout` milliseconds, or when `stop` aborts, at the latest. */
  async post(message: Message, timeout: number, stop?: AbortSignal): Promise<Attempt> {
    const client = this.#open();
    const exchange = new Exchange(() => this.#line);
    const timer = setTimeout(() => {
      exchange.giveUp('timeout', `no answer within ${this.#options.timeout} ms`);
    }, timeout);
    const interrupt = () => exchange.giveUp('stopped', 'stopped by you');
    stop?.addEventListener('abort', interrupt);
    if (stop?.aborted) interrupt();
    else
      client.dispatch({ ...this.#request(), headers: message.headers.flat(), body: message.body }, exchange);
    const attempt = await exchange.attempt;
    clearTimeout(timer);
    stop?.removeEventListener('abort', interrupt);
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

  #request() {
    const { pathname, search } = this.#target.url;
    return { path: pathname + search, method: 'POST' } as const;
  }

  #open(): Client {
    if (this.#client) return this.#client;
    const connect = buildConnector({ timeout: 0, rejectUnauthorized: !this.#options.insecure });
    this.#client = new UndiciClient(this.#target.url.origin, {
      // There is one limit for the delivery as a whole; undici's own would each say something else.
      headersTimeout: 0,
      bodyTimeout: 0,
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

function newLine(socket: Socket | null): Line {
  return {
    answers: 0,
    get bytesRead() {
      return socket?.bytesRead ?? 0;
    },
  };
}
