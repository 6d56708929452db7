import type { ScalekitEvent } from '../events/shapes/shapes.ts';
import { parseJson } from '../json.ts';
import type { Verdict } from '../signature/verdict.ts';
import { createSecret, readSecrets, type SecretInput } from './secrets.ts';
import { toSpan } from './times.ts';

export interface ListenerOptions {
  /** One is made when it is left out: the listener has it. */
  readonly secret?: SecretInput;
  /** 0, any free one, when it is left out. */
  readonly port?: number;
  /** 127.0.0.1 when it is left out. */
  readonly host?: string;
  /** The only path that is answered; any when it is left out. */
  readonly path?: string;
  /** What verified messages are answered, 201 when it is left out; several are given in turn, the last goes on. */
  readonly status?: number | readonly number[];
}

/** A message that the listener received. */
export interface ReceivedEvent {
  readonly verdict: Verdict;
  /** The event, parsed but not held against a schema; null for a body that is no event. */
  readonly event: ScalekitEvent | null;
  /** What the body says of itself. */
  readonly type: string | null;
  readonly id: string | null;
  readonly webhookId: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** What the sender was answered. */
  readonly status: number;
}

/** A listener that verifies what it receives. Iterating gives each message once, also those that came before; it ends with `close`. */
export interface WebhookListener extends AsyncIterable<ReceivedEvent>, AsyncDisposable {
  /** With the path, if it has one. */
  readonly url: string;
  readonly port: number;
  /** What to sign with for it to be verified: the first of its secrets. */
  readonly secret: string;
  /** The next message; rejects when none has come after so many milliseconds (5000), and when none is left after `close`. */
  next(timeout?: number): Promise<ReceivedEvent>;
  /** Takes no more, and ends the iteration. */
  close(): Promise<void>;
}

/** Starts a listener. Rejects with HooksError when the port cannot be had. */
export async function createListener(options: ListenerOptions = {}): Promise<WebhookListener> {
  const secrets = readSecrets(options.secret ?? createSecret());
  // Loads the server, which signing and verifying do without.
  const [{ openListenerOn: openOrRefuse }, { admit, receive }] = await Promise.all([
    import('../listener/server.ts'),
    import('../listener/receive.ts'),
  ]);
  const statuses = readStatuses(options);
  let taken = 0;
  const rules = {
    secrets,
    path: options.path,
    nextStatus: () => statuses[Math.min(taken++, statuses.length - 1)] ?? 201,
  };
  const queue = new Queue();
  const listener = await openOrRefuse(options.host || '127.0.0.1', options.port ?? 0, {
    admit: (head) => admit(head, rules),
    receive(request) {
      const { verdict, eventType, eventId, webhookId, answer } = receive(request, rules, Date.now());
      const { headers, body } = request;
      const told = {
        verdict,
        event: parsed(body),
        type: eventType,
        id: eventId,
        webhookId: webhookId ?? null,
      };
      queue.add({ ...told, headers, body, status: answer.status });
      return answer;
    },
  });
  const close = async () => {
    await listener.close(0);
    queue.end();
  };
  return {
    url: listener.url + (options.path ?? ''),
    port: listener.port,
    secret: secrets[0].text,
    next: async (timeout = 5000) => queue.within(toSpan('timeout', timeout)),
    close,
    [Symbol.asyncDispose]: close,
    [Symbol.asyncIterator]: () => queue.iterator(),
  };
}

/** Throws TypeError for options that could not be kept to. */
function readStatuses({ status = 201, path = '/' }: ListenerOptions): number[] {
  const statuses = [status].flat();
  if (
    statuses.length === 0 ||
    !statuses.every((each) => Number.isInteger(each) && each >= 200 && each <= 599)
  ) {
    throw new TypeError('status is a number from 200 to 599, or a list of them');
  }
  if (!path.startsWith('/')) throw new TypeError('path starts with a slash');
  return statuses;
}

function parsed(body: Uint8Array): ScalekitEvent | null {
  const event = parseJson(body);
  const isEvent = typeof event === 'object' && event !== null && 'type' in event && 'data' in event;
  return isEvent ? (event as ScalekitEvent) : null;
}

/** What came and was not asked for yet, and who waits for what has not come. */
class Queue {
  readonly #come: ReceivedEvent[] = [];
  readonly #waiting: ((received: ReceivedEvent | undefined) => void)[] = [];
  #hasEnded = false;

  add(received: ReceivedEvent): void {
    const first = this.#waiting.shift();
    if (first) first(received);
    else this.#come.push(received);
  }

  end(): void {
    this.#hasEnded = true;
    for (const wait of this.#waiting.splice(0)) wait(undefined);
  }

  /** By hand: whoever stops iterating takes back what it asked for, so that no message is lost. */
  iterator(): AsyncIterator<ReceivedEvent, undefined> {
    const asked = new Set<(received: ReceivedEvent | undefined) => void>();
    let isOver = false;
    const result = (received: ReceivedEvent | undefined) =>
      received ? { value: received, done: false as const } : { value: undefined, done: true as const };
    return {
      next: () =>
        new Promise((resolve) => {
          if (isOver) return resolve(result(undefined));
          const answer = (received: ReceivedEvent | undefined) => {
            asked.delete(answer);
            resolve(result(received));
          };
          asked.add(answer);
          this.#ask(answer);
        }),
      return: async () => {
        isOver = true;
        for (const answer of asked) {
          this.#withdraw(answer);
          answer(undefined);
        }
        return result(undefined) as IteratorReturnResult<undefined>;
      },
    };
  }

  within(timeout: number): Promise<ReceivedEvent> {
    return new Promise((resolve, reject) => {
      const answer = (received: ReceivedEvent | undefined) => {
        clearTimeout(timer);
        if (received) resolve(received);
        else reject(new Error('the listener was closed before a message came'));
      };
      const timer = setTimeout(() => {
        this.#withdraw(answer);
        reject(new Error(`no message came within ${timeout} ms`));
      }, timeout);
      this.#ask(answer);
    });
  }

  #withdraw(answer: (received: ReceivedEvent | undefined) => void): void {
    const index = this.#waiting.indexOf(answer);
    if (index !== -1) this.#waiting.splice(index, 1);
  }

  #ask(answer: (received: ReceivedEvent | undefined) => void): void {
    const first = this.#come.shift();
    if (first || this.#hasEnded) answer(first);
    else this.#waiting.push(answer);
  }
}
