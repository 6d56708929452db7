import type { ScalekitEvent } from '../events/shapes/shapes.ts';
import { parseJson } from '../json.ts';
import type { ReceivedRequest, Reception } from '../listener/receive.ts';
import type { Verdict } from '../signature/verdict.ts';
import { throwWithOptions } from './errors.ts';
import { knownOptions } from './options.ts';
import { Queue } from './queue.ts';
import { createSecret, readSecrets, type SecretInput } from './secrets.ts';
import { toSpan } from './times.ts';

export interface ListenerOptions {
  /** A new secret by default; `WebhookListener.secret` has it. */
  readonly secret?: SecretInput;
  /** 0 by default, which picks a free port. */
  readonly port?: number;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** The only path that accepts webhooks; other paths get 404. Any path by default. */
  readonly path?: string;
  /** Status for verified messages, 201 by default. A list is used in order, and its last status repeats. */
  readonly status?: number | readonly number[];
}

/** A message that the listener received, verified or not. */
export interface ReceivedEvent {
  readonly verdict: Verdict;
  /** The parsed event, not validated against a schema; null if the body is not an event. */
  readonly event: ScalekitEvent | null;
  /** `type` of the event, and below its `id`; null if the body does not have one. */
  readonly type: string | null;
  readonly id: string | null;
  readonly webhookId: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** Status of the listener's response. */
  readonly status: number;
}

/**
 * A server that receives and verifies webhooks. Iterating yields each message once, including those already received,
 * and ends after `close`.
 */
export interface WebhookListener extends AsyncIterable<ReceivedEvent>, AsyncDisposable {
  /** Includes `path`, if set. */
  readonly url: string;
  readonly port: number;
  /** The signing secret, or the first of several. Sign with it to pass verification. */
  readonly secret: string;
  /**
   * Resolves with the next message. Rejects if none arrives within `timeout` ms (5000 by default), or if the listener
   * is closed and none is left.
   */
  next(timeout?: number): Promise<ReceivedEvent>;
  /** Stops the server and ends the iteration. */
  close(): Promise<void>;
}

const names = { secret: true, port: true, host: true, path: true, status: true } as const;

/**
 * Starts a listener. Rejects with HooksError for a malformed secret or an unavailable port, and with TypeError for an
 * invalid `status` or `path` or an unknown option.
 */
export async function createListener(given?: ListenerOptions): Promise<WebhookListener> {
  const options = knownOptions(given, names);
  const secrets = readSecrets(options.secret ?? createSecret());
  // Loaded on demand: signing and verifying do not need the server.
  const [{ openListenerOn }, { admit, inTurn, receive }] = await Promise.all([
    import('../listener/server.ts'),
    import('../listener/receive.ts'),
  ]);
  const rules = {
    secrets,
    path: options.path,
    keepsWhole: true,
    nextStatus: inTurn(readStatuses(options.status)),
  };
  if (options.path !== undefined && !options.path.startsWith('/'))
    throw new TypeError('path must start with a slash');
  // A test that fails before it closes the listener must not keep its runner from ending.
  const queue = new Queue<ReceivedEvent>((isWaiting) => listener.keepProcess(isWaiting));
  const listener = await openListenerOn(options.host || '127.0.0.1', options.port ?? 0, {
    admit: (head) => admit(head, rules),
    receive(whole) {
      const { request, reception } = receive(whole, rules, Date.now());
      queue.add(receivedEvent(request, reception));
      return reception.answer;
    },
  }).catch(throwWithOptions);
  listener.keepProcess(false);
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

function receivedEvent(
  { headers, body }: ReceivedRequest,
  { verdict, eventType, eventId, webhookId, answer }: Reception,
): ReceivedEvent {
  return {
    verdict,
    event: parsed(body),
    type: eventType,
    id: eventId,
    webhookId: webhookId ?? null,
    headers,
    body,
    status: answer.status,
  };
}

function readStatuses(status: ListenerOptions['status'] = 201): readonly [number, ...number[]] {
  const [first, ...rest] = [status].flat();
  if (
    first === undefined ||
    ![first, ...rest].every((each) => Number.isInteger(each) && each >= 200 && each <= 599)
  ) {
    throw new TypeError('status must be an integer from 200 to 599, or a non-empty array of them');
  }
  return [first, ...rest];
}

function parsed(body: Uint8Array): ScalekitEvent | null {
  const event = parseJson(body);
  const isEvent = typeof event === 'object' && event !== null && 'type' in event && 'data' in event;
  return isEvent ? (event as ScalekitEvent) : null;
}
