import type { IncomingHttpHeaders } from 'node:http';
import connect from 'undici/lib/api/api-connect.js';
import request from 'undici/lib/api/api-request.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import { whyUnconnected } from '../network-errors.ts';
import { realTimers } from '../real-timers.ts';

/** The answer to a request, or why there is none. A value, never an exception. */
export type LogAnswer =
  | {
      readonly answered: true;
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly text: string;
    }
  | {
      readonly answered: false;
      readonly reason: string;
      /** Whether another attempt would meet the same. */
      readonly isFinal: boolean;
    };

/** A request to the API, without its URL. */
export interface ApiRequest {
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A page of 100 events is a few hundred kilobytes; one event can have 10 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Passed explicitly, because the default needs all of node:http. */
const MAX_HEADER_BYTES = 16 * 1024;
/** For a whole answer, in ms. */
const ANSWER_TIMEOUT_MS = 30_000;

// Proxies need this method, which undici adds when all of it is loaded.
Object.assign(Dispatcher.prototype, { connect });

/** Sends requests to one origin, through the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name. */
export class ApiConnection {
  readonly #dispatcher = new EnvHttpProxyAgent({
    maxHeaderSize: MAX_HEADER_BYTES,
    clientFactory: (origin, options) => new Pool(origin, { ...options, maxHeaderSize: MAX_HEADER_BYTES }),
  });

  async send(url: URL, { method, headers, body }: ApiRequest, stop: AbortSignal): Promise<LogAnswer> {
    const ending = new AbortController();
    const timer = realTimers.setTimeout(() => ending.abort(), ANSWER_TIMEOUT_MS);
    const end = () => ending.abort();
    stop.addEventListener('abort', end);
    try {
      const { signal } = ending;
      const answer = await request.call(this.#dispatcher, {
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        headers,
        body,
        signal,
      });
      const text = await readText(answer.body);
      if (text === undefined)
        return { answered: false, reason: 'the answer is longer than 64 MB', isFinal: true };
      return { answered: true, status: answer.statusCode, headers: answer.headers, text };
    } catch (error) {
      if (ending.signal.aborted) return { answered: false, reason: stoppedReason(stop), isFinal: false };
      return { answered: false, ...failureOf(error) };
    } finally {
      realTimers.clearTimeout(timer);
      stop.removeEventListener('abort', end);
    }
  }

  close(): Promise<void> {
    return this.#dispatcher.destroy();
  }
}

function stoppedReason(stop: AbortSignal): string {
  return stop.aborted ? 'stopped' : `no complete answer within ${ANSWER_TIMEOUT_MS / 1000} s`;
}

async function readText(body: AsyncIterable<Buffer>): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function failureOf(error: unknown): { readonly reason: string; readonly isFinal: boolean } {
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  const { code = '' } = cause as NodeJS.ErrnoException;
  if (/CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_/.test(code)) {
    const fix = 'Behind a proxy with its own authority, set NODE_EXTRA_CA_CERTS';
    return { reason: `its certificate is not trusted (${code}). ${fix}`, isFinal: true };
  }
  if (/^(?:ERR_SSL_|EPROTO)/.test(code))
    return { reason: `the TLS handshake failed (${code})`, isFinal: true };
  return { reason: whyUnconnected(error), isFinal: false };
}
