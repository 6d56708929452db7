import type { Message } from '../../message.ts';
import type { Outcome } from '../outcome.ts';
import type { Target } from '../target.ts';
import type { DeliveryOptions } from './connection.ts';
import { type Delivery, openDelivery } from './index.ts';

/** Further messages wait for a free connection. */
const MAX_CONNECTIONS = 100;

/** Connections to one target. */
export interface Pool extends Delivery {
  /** Closes the connections that are not in use. */
  closeIdle(): Promise<void>;
  /** From now on, uses at most this many connections at the same time. */
  limit(connections: number): void;
}

/** Delivers any number of messages to one target concurrently. Opens connections as needed and reuses them. */
export function openPool(target: Target, options: DeliveryOptions): Pool {
  let lanes: Delivery[] = [];
  let free: Delivery[] = [];
  let resentEarlier = 0;
  let most = MAX_CONNECTIONS;
  const waiting: ((lane: Delivery) => void)[] = [];

  const acquire = (): Delivery | Promise<Delivery> => {
    const idle = free.pop();
    if (idle) return idle;
    if (lanes.length >= most) return new Promise((resolve) => waiting.push(resolve));
    const lane = openDelivery(target, options);
    lanes.push(lane);
    return lane;
  };
  const release = (lane: Delivery) => {
    const next = waiting.shift();
    if (next) next(lane);
    else free.push(lane);
  };
  const deliver = async (message: Message, timeout = options.timeout): Promise<Outcome> => {
    const started = performance.now();
    const lane = await acquire();
    const waitedMs = performance.now() - started;
    try {
      if (waitedMs >= timeout) return timedOut(waitedMs, most);
      const outcome = await lane.deliver(message, timeout - waitedMs);
      return { ...outcome, milliseconds: waitedMs + outcome.milliseconds };
    } finally {
      release(lane);
    }
  };
  return {
    deliver,
    get resent() {
      return lanes.reduce((sum, lane) => sum + lane.resent, resentEarlier);
    },
    limit(connections) {
      most = connections;
    },
    closeIdle: async () => {
      const idle = free;
      free = [];
      lanes = lanes.filter((lane) => !idle.includes(lane));
      for (const lane of idle) resentEarlier += lane.resent;
      await Promise.all(idle.map((lane) => lane.close()));
    },
    close: async () => {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

/** Not sent, because the caller no longer waits for the response: the handler must not act on the message. */
function timedOut(milliseconds: number, connections: number): Outcome {
  const detail = `no free connection in time: ${connections === 1 ? 'the only one was' : `all ${connections} were`} busy`;
  return { answered: false, failure: 'timeout', detail, wasSent: false, milliseconds };
}
