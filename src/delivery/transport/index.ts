import type { Message } from '../../message.ts';
import type { Outcome } from '../outcome.ts';
import type { Target } from '../target.ts';
import type { DeliveryOptions } from './connection.ts';
import { Connection } from './connection.ts';

/** A way to one target that is kept open between deliveries. */
export interface Delivery {
  /**
   * Posts the message's bytes and headers as they are, and reports what came of it; never throws for the network.
   * Redirects are not followed. Takes `timeout` milliseconds at most, else those of the options.
   */
  deliver(message: Message, timeout?: number): Promise<Outcome>;
  /** Deliveries so far that were sent a second time because the kept-alive connection had been closed meanwhile. */
  readonly resent: number;
  close(): Promise<void>;
}

/** Opens a way to a target, for one delivery at a time. Nothing is connected before the first. */
export function openDelivery(target: Target, options: DeliveryOptions): Delivery {
  const connection = new Connection(target, options);
  let resent = 0;
  return {
    async deliver(message, timeout = options.timeout) {
      const first = await connection.post(message, timeout);
      if (!first.wasStale) return first.outcome;
      const spent = first.outcome.milliseconds;
      const { outcome } = await connection.post(message, Math.max(1, timeout - spent));
      // A target that is gone now did not go because of the second attempt.
      if (!outcome.answered && !outcome.wasSent) return first.outcome;
      resent += 1;
      return { ...outcome, milliseconds: spent + outcome.milliseconds };
    },
    get resent() {
      return resent;
    },
    close: () => connection.close(),
  };
}
