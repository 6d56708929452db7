import type { Answered, NotAnswered } from '../delivery/outcome.ts';
import { WEBHOOK_TIMEOUT } from '../delivery/schedules.ts';
import { isHeader, replaceHeaders } from '../message.ts';
import type { HeadersInput } from './headers.ts';
import { toPairs } from './headers.ts';
import { toSpan } from './times.ts';

export interface DeliverOptions {
  /** Where to: a port, `localhost:3000/webhook` or a URL. */
  readonly to: string | number | URL;
  /** For the delivery as a whole, in milliseconds: 10 s when it is left out, as Scalekit gives a handler. */
  readonly timeout?: number;
  /** Hosts outside this machine and network that are allowed. */
  readonly allowHosts?: readonly string[];
}

/** What a handler did with a message: its answer, or why none came. */
export type DeliveryOutcome =
  | (Omit<Answered, 'headers'> & { readonly headers: Readonly<Record<string, string>> })
  | NotAnswered;

/**
 * Posts a message, bytes as they are, and resolves with what came of it; never rejects for the network. Redirects are not
 * followed. Throws HooksError for a target that is none, or that is not on this machine or network and not allowed, and
 * TypeError for a header that no request can have. A user and password of the URL go into a header.
 */
export async function deliver(
  message: { readonly headers: HeadersInput; readonly body: Uint8Array },
  { to, timeout = WEBHOOK_TIMEOUT, allowHosts = [] }: DeliverOptions,
): Promise<DeliveryOutcome> {
  if (to === undefined || to === null || to === '')
    throw new TypeError('to is a port, a host and path, or a URL');
  toSpan('timeout', timeout);
  // Loads the transport, which signing and verifying do without.
  const [{ allowedTarget }, { credentialsOf }, { openDelivery }] = await Promise.all([
    import('../config/target.ts'),
    import('../delivery/target.ts'),
    import('../delivery/transport/index.ts'),
  ]);
  const target = allowedTarget(String(to), 'options', {}, { allowHost: allowHosts, insecure: false });
  const headers = replaceHeaders(toPairs(message.headers), credentialsOf(target));
  const wrong = headers.find(([name, value]) => !isHeader(name, value));
  if (wrong) throw new TypeError(`the header ${JSON.stringify(wrong[0])} cannot be sent as it is`);
  const delivery = openDelivery(target, { timeout });
  try {
    const outcome = await delivery.deliver({ headers, body: message.body });
    if (!outcome.answered) return outcome;
    return {
      ...outcome,
      headers: Object.fromEntries(outcome.headers.map(([name, value]) => [name.toLowerCase(), value])),
    };
  } finally {
    await delivery.close();
  }
}
