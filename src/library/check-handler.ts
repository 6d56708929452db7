import type { Subject } from '../checks/workbench.ts';
import { ANSWER_LIMIT, type Outcome } from '../delivery/outcome.ts';
import { INTERCEPTOR_TIMEOUT, WEBHOOK_TIMEOUT } from '../delivery/schedules.ts';
import type { TriggerPoint } from '../events/catalog/trigger-points.ts';
import type { EventType } from '../events/shapes/shapes.ts';
import type { Message } from '../message.ts';
import { packageRoot } from '../root.ts';
import type { CheckReport } from './check-run.ts';
import { type HeadersInput, toPairs } from './headers.ts';
import { readSecrets, type SecretInput } from './secrets.ts';
import { toSpan } from './times.ts';

/** A handler that takes a Fetch Request: of Hono, a Next.js route, Remix, Deno, Bun. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

export interface CheckOptions {
  /** The one that the handler verifies with. */
  readonly secret: SecretInput;
  /** Event types, or patterns such as `user.*`, that the handler is for; all when left out. */
  readonly types?: EventType | (string & {}) | readonly (EventType | (string & {}))[];
  /** Trigger points at which the handler is asked, for an interceptor. */
  readonly interceptor?: TriggerPoint | readonly TriggerPoint[];
  /** Names, groups or patterns of the checks that are run. */
  readonly only?: string | readonly string[];
  /** Names, groups or patterns of checks that are left out. */
  readonly skip?: string | readonly string[];
  /** Whether warnings count as failures. */
  readonly strict?: boolean;
  /** For one answer, in milliseconds: 10 s when left out, 5 s for an interceptor. */
  readonly timeout?: number;
  /** Of the requests; nothing is sent there. */
  readonly url?: string | URL;
  /** Added to each request. */
  readonly headers?: HeadersInput;
}

/**
 * Runs the battery of `check` against a handler, without a socket: what it must take, what it must refuse, how it
 * behaves. Checks that need a connection are skipped, with the reason. Rejects with HooksError for a malformed secret,
 * an unknown type or check, and with TypeError for a handler that is none.
 */
export async function checkHandler(handler: FetchHandler, options: CheckOptions): Promise<CheckReport> {
  if (typeof handler !== 'function') throw new TypeError('handler is a function that takes a Request');
  const secrets = readSecrets(options?.secret);
  const triggers = [options.interceptor ?? []].flat();
  const types = [options.types ?? '*'].flat();
  if (types.length === 0) throw new TypeError('types is a list of event types or patterns, not empty');
  if (triggers.length > 0 && options.types !== undefined) {
    throw new TypeError('types and interceptor do not go together: an interceptor gets no events');
  }
  const { timeout = triggers.length > 0 ? INTERCEPTOR_TIMEOUT : WEBHOOK_TIMEOUT } = options;
  toSpan('timeout', timeout);
  // Loaded when it is first needed: what describes the answers of interceptors sets a global.
  const { checkSubject } = await import('./check-run.ts');
  const url = String(options.url ?? 'http://localhost:3000/webhook');
  return checkSubject(subjectOf(handler, { url, timeout }), {
    root: packageRoot,
    secrets,
    headers: options.headers === undefined ? [] : toPairs(options.headers),
    types,
    triggers,
    selection: { only: [options.only ?? []].flat(), skip: [options.skip ?? []].flat() },
    isStrict: options.strict ?? false,
    timeout,
    url,
  });
}

/** The headers, as a Request takes them: one character per byte. */
function pairsOf(headers: Message['headers']): [string, string][] {
  return headers.map(([name, value]) => [name, value]);
}

interface Reached {
  readonly url: string;
  /** In milliseconds. */
  readonly timeout: number;
}

/** A function as what a battery can be run against. What it throws is what a framework would make of it: 500. */
function subjectOf(handler: FetchHandler, { url, timeout }: Reached): Subject {
  const ask = async (request: Request): Promise<Outcome> => {
    const started = performance.now();
    const elapsed = () => performance.now() - started;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, timeout, 'late');
    });
    try {
      const answer = await Promise.race([respond(handler, request), late]);
      if (answer !== 'late') return { ...answer, milliseconds: elapsed() };
    } finally {
      clearTimeout(timer);
    }
    const detail = `no answer within ${timeout} ms`;
    return { answered: false, failure: 'timeout', detail, wasSent: true, milliseconds: elapsed() };
  };
  return {
    deliver: ({ headers, body }: Message) =>
      ask(new Request(url, { method: 'POST', headers: pairsOf(headers), body: Buffer.from(body) })),
    get: ({ headers }) => ask(new Request(url, { headers: pairsOf(headers) })),
  };
}

type HandlerAnswer = Omit<Extract<Outcome, { answered: true }>, 'milliseconds'>;

async function respond(handler: FetchHandler, request: Request): Promise<HandlerAnswer> {
  const failed = (what: string): HandlerAnswer => ({
    answered: true,
    status: 500,
    headers: [],
    body: Buffer.from(what),
    isCut: false,
  });
  try {
    const response = await handler(request);
    // Not by instanceof: a framework may have a Response of its own.
    if (typeof response?.headers?.get !== 'function') return failed('the handler returned no Response');
    const { status, headers } = response;
    if (status < 200) return failed(`the handler returned a Response with status ${status}`);
    return { answered: true, status, headers: [...headers], ...(await readBody(response)) };
  } catch (error) {
    return failed(
      `the handler threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    );
  }
}

/** As much of an answer's body as `check` reads over a network: a stream may have no end. */
async function readBody(response: Response): Promise<Pick<HandlerAnswer, 'body' | 'isCut'>> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (reader && size <= ANSWER_LIMIT) {
    const { done, value } = await reader.read();
    if (done) return { body: Buffer.concat(chunks), isCut: false };
    chunks.push(value);
    size += value.length;
  }
  await reader?.cancel();
  return { body: Buffer.concat(chunks).subarray(0, ANSWER_LIMIT), isCut: size > ANSWER_LIMIT };
}
