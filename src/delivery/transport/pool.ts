import type { Message } from '../../message.ts';
import type { Outcome } from '../outcome.ts';
import type { Target } from '../target.ts';
import type { DeliveryOptions } from './connection.ts';
import { type Delivery, openDelivery } from './index.ts';

/** Connections to one target at a time; a message beyond them waits for one to come free. */
const LANES = 100;

/**
 * A way to one target on which any number of messages can be on their way at once. Connections are opened as they are
 * needed and kept for the next message.
 */
export function openPool(target: Target, options: DeliveryOptions): Delivery {
  const lanes: Delivery[] = [];
  const free: Delivery[] = [];
  const waiting: ((lane: Delivery) => void)[] = [];

  const take = (): Delivery | Promise<Delivery> => {
    const idle = free.pop();
    if (idle) return idle;
    if (lanes.length >= LANES) return new Promise((resolve) => waiting.push(resolve));
    const lane = openDelivery(target, options);
    lanes.push(lane);
    return lane;
  };
  const giveBack = (lane: Delivery) => {
    const next = waiting.shift();
    if (next) next(lane);
    else free.push(lane);
  };
  const deliver = async (message: Message, timeout = options.timeout): Promise<Outcome> => {
    const started = performance.now();
    const lane = await take();
    const waited = performance.now() - started;
    try {
      if (waited >= timeout) return tooLate(waited);
      const outcome = await lane.deliver(message, timeout - waited);
      return { ...outcome, milliseconds: waited + outcome.milliseconds };
    } finally {
      giveBack(lane);
    }
  };
  return {
    deliver,
    get resent() {
      return lanes.reduce((sum, lane) => sum + lane.resent, 0);
    },
    close: async () => {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

/** Whoever waits for the answer has been told by now that there is none: the app must not act on it. */
function tooLate(milliseconds: number): Outcome {
  const detail = `no connection came free in time: ${LANES} were busy`;
  return { answered: false, failure: 'timeout', detail, wasSent: false, milliseconds };
}
