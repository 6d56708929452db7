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
  return new ConnectionPool(target, options);
}

class ConnectionPool implements Pool {
  readonly #target: Target;
  readonly #options: DeliveryOptions;
  #lanes: Delivery[] = [];
  #free: Delivery[] = [];
  readonly #waiting: ((lane: Delivery) => void)[] = [];
  #most = MAX_CONNECTIONS;
  /** By connections that were closed since. */
  #resentEarlier = 0;

  constructor(target: Target, options: DeliveryOptions) {
    this.#target = target;
    this.#options = options;
  }

  get resent(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.resent, this.#resentEarlier);
  }

  async deliver(message: Message, timeout = this.#options.timeout): Promise<Outcome> {
    const started = performance.now();
    const lane = await this.#acquire();
    const waitedMs = performance.now() - started;
    try {
      if (waitedMs >= timeout) return timedOut(waitedMs, this.#most);
      const outcome = await lane.deliver(message, timeout - waitedMs);
      return { ...outcome, milliseconds: waitedMs + outcome.milliseconds };
    } finally {
      this.#release(lane);
    }
  }

  #acquire(): Delivery | Promise<Delivery> {
    const idle = this.#free.pop();
    if (idle) return idle;
    if (this.#lanes.length >= this.#most) return new Promise((resolve) => this.#waiting.push(resolve));
    const lane = openDelivery(this.#target, this.#options);
    this.#lanes.push(lane);
    return lane;
  }

  #release(lane: Delivery): void {
    const next = this.#waiting.shift();
    if (next) next(lane);
    else this.#free.push(lane);
  }

  limit(connections: number): void {
    this.#most = connections;
  }

  async closeIdle(): Promise<void> {
    const idle = this.#free;
    this.#free = [];
    this.#lanes = this.#lanes.filter((lane) => !idle.includes(lane));
    for (const lane of idle) this.#resentEarlier += lane.resent;
    await Promise.all(idle.map((lane) => lane.close()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }
}

/** Not sent, because the caller no longer waits for the response: the handler must not act on the message. */
function timedOut(milliseconds: number, connections: number): Outcome {
  const detail = `no free connection in time: ${connections === 1 ? 'the only one was' : `all ${connections} were`} busy`;
  return { answered: false, failure: 'timeout', detail, wasSent: false, milliseconds };
}
