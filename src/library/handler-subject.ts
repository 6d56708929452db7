import type { Subject } from '../checks/workbench.ts';
import { ANSWER_LIMIT, type Outcome } from '../delivery/outcome.ts';
import type { Message } from '../message.ts';
import { realTimers } from '../real-timers.ts';
import { thrownText } from './thrown.ts';

/** What a request is made of. Less than RequestInit, because those of frameworks take less, such as no null. */
export interface RequestParts {
  readonly method?: 'POST';
  readonly headers: [name: string, value: string][];
  readonly body?: Uint8Array<ArrayBuffer>;
}

/** Makes a request, and returns what calls the handler with it. */
export type Prepare = (url: string, init: RequestParts) => () => Response | Promise<Response>;

interface RequestSettings {
  readonly url: string;
  /** In ms. */
  readonly timeout: number;
}

/** Adapts a function for the checks. An exception counts as a 500 response, as in most frameworks. */
export function subjectOf(prepare: Prepare, { url, timeout }: RequestSettings): Subject {
  const send = async (init: RequestParts, limit = timeout): Promise<Outcome> => {
    const started = performance.now();
    const elapsed = () => performance.now() - started;
    const handle = prepare(url, init);
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<'timedOut'>((resolve) => {
      timer = realTimers.setTimeout(resolve, Math.min(limit, timeout), 'timedOut');
    });
    try {
      const response = await Promise.race([respond(handle), timedOut]);
      if (response !== 'timedOut') return { ...response, milliseconds: elapsed() };
    } finally {
      realTimers.clearTimeout(timer);
    }
    const detail = `no response within ${Math.min(limit, timeout)} ms`;
    return { answered: false, failure: 'timeout', detail, wasSent: true, milliseconds: elapsed() };
  };
  return {
    deliver: ({ headers, body }: Message, limit) =>
      send({ method: 'POST', headers: pairsOf(headers), body: Buffer.from(body) }, limit),
    get: ({ headers }) => send({ headers: pairsOf(headers) }),
  };
}

/** Mutable pairs, as the Request constructor requires. */
function pairsOf(headers: Message['headers']): [string, string][] {
  return headers.map(([name, value]) => [name, value]);
}

type HandlerAnswer = Omit<Extract<Outcome, { answered: true }>, 'milliseconds'>;

async function respond(handle: () => Response | Promise<Response>): Promise<HandlerAnswer> {
  const serverError = (reason: string): HandlerAnswer => ({
    answered: true,
    status: 500,
    headers: [],
    body: Buffer.from(reason),
    isCut: false,
  });
  try {
    const response = await handle();
    // Not instanceof, because a framework may bring its own Response class.
    if (typeof response?.headers?.get !== 'function')
      return serverError('the handler did not return a Response');
    const { status, headers } = response;
    if (status < 200) return serverError(`the handler returned a Response with status ${status}`);
    return { answered: true, status, headers: [...headers], ...(await readBody(response)) };
  } catch (error) {
    return serverError(`the handler threw ${thrownText(error)}`);
  }
}

/** Reads no more of a body than a delivery over the network does, because a stream may never end. */
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
