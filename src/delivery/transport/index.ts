import { headerValues, type Message } from '../../message.ts';
import type { Outcome } from '../outcome.ts';
import type { Target } from '../target.ts';
import type { DeliveryOptions } from './connection.ts';
import { Connection } from './connection.ts';

/** A reusable connection to one target. */
export interface Delivery {
  /**
   * Posts the message with its bytes and headers unchanged. Never rejects for a network failure, and never follows
   * redirects. `timeout`, in ms, can shorten the timeout of the options.
   */
  deliver(message: Message, timeout?: number): Promise<Outcome>;
  /** How many deliveries so far were sent again because the target had closed the idle keep-alive connection. */
  readonly resent: number;
  close(): Promise<void>;
}

/** Opens a connection for one delivery at a time. Connects on the first delivery. */
export function openDelivery(target: Target, options: DeliveryOptions): Delivery {
  const connection = new Connection(target, options);
  let resent = 0;
  return {
    async deliver(message, timeout = options.timeout) {
      const first = await connection.post(message, timeout);
      if (!first.wasStale) return withContent(first.outcome);
      const spentMs = first.outcome.milliseconds;
      const { outcome } = await connection.post(message, Math.max(1, timeout - spentMs));
      // If the second attempt cannot connect, the first failure is the one to report.
      if (!outcome.answered && !outcome.wasSent) return first.outcome;
      resent += 1;
      return withContent({ ...outcome, milliseconds: spentMs + outcome.milliseconds });
    },
    get resent() {
      return resent;
    },
    close: () => connection.close(),
  };
}

/** Delivers one message, and closes the connection. */
export async function deliverOnce(
  message: Message,
  target: Target,
  options: DeliveryOptions,
): Promise<Outcome> {
  const delivery = openDelivery(target, options);
  return delivery.deliver(message).finally(() => delivery.close());
}

/** Adds the decompressed body to a compressed response. Not async, because most responses are not compressed. */
function withContent(outcome: Outcome): Outcome | Promise<Outcome> {
  if (!outcome.answered || outcome.body.length === 0) return outcome;
  const [encoding] = headerValues(outcome.headers, 'content-encoding');
  if (encoding === undefined) return outcome;
  return import('./decompress.ts').then(({ decompress }) => {
    const content = decompress(outcome.body, encoding);
    return content ? { ...outcome, content } : outcome;
  });
}
