import type { Answered, NotAnswered } from '../delivery/outcome.ts';
import { WEBHOOK_TIMEOUT } from '../delivery/schedules.ts';
import type { Target } from '../delivery/target.ts';
import { isHeader, replaceHeaders } from '../message.ts';
import { throwWithOptions } from './errors.ts';
import { type HeadersInput, toPairs } from './headers.ts';
import { knownOptions } from './options.ts';
import { toSpan } from './times.ts';

export interface DeliverOptions {
  /** The target: a port, `localhost:3000/webhook` or a URL. */
  readonly to: string | number | URL;
  /** For the whole delivery, in ms. 10 s by default, which is Scalekit's own limit. */
  readonly timeout?: number;
  /** Hosts outside this machine and network that may receive the message. */
  readonly allowHosts?: readonly string[];
}

/** The result of a delivery: the handler's response, or the reason for no response. */
export type DeliveryOutcome =
  | (Omit<Answered, 'headers'> & { readonly headers: Readonly<Record<string, string>> })
  | NotAnswered;

const names = { to: true, timeout: true, allowHosts: true } as const;

/**
 * Posts a message with its bytes unchanged. Resolves with an Outcome, also for a network failure or an error status.
 * Does not follow redirects. Sends a user name and password in the URL as an authorization header. Rejects with
 * HooksError for an invalid target, or for one outside this machine and network that `allowHosts` does not list, and
 * with TypeError for an invalid header or option.
 */
export async function deliver(
  message: { readonly headers: HeadersInput; readonly body: Uint8Array },
  options: DeliverOptions,
): Promise<DeliveryOutcome> {
  const { to, timeout = WEBHOOK_TIMEOUT, allowHosts = [] } = knownOptions(options, names);
  if (to === undefined || to === null || to === '')
    throw new TypeError('to must be a port, a host and path, or a URL');
  toSpan('timeout', timeout);
  // Loaded on demand: signing and verifying do not need the transport.
  const [{ allowedTarget }, { credentialsOf }, { deliverOnce }] = await Promise.all([
    import('../config/target.ts'),
    import('../delivery/target.ts'),
    import('../delivery/transport/index.ts'),
  ]);
  let target: Target;
  try {
    target = allowedTarget(String(to), 'options', {}, { allowHost: allowHosts, insecure: false });
  } catch (error) {
    throwWithOptions(error);
  }
  const headers = replaceHeaders(toPairs(message.headers), credentialsOf(target));
  const invalid = headers.find(([name, value]) => !isHeader(name, value));
  if (invalid) throw new TypeError(`the header ${JSON.stringify(invalid[0])} has an invalid name or value`);
  const outcome = await deliverOnce({ headers, body: message.body }, target, { timeout });
  if (!outcome.answered) return outcome;
  return {
    ...outcome,
    headers: Object.fromEntries(outcome.headers.map(([name, value]) => [name.toLowerCase(), value])),
  };
}
