import { freshWireForm } from '../../events/fresh-ids.ts';
import type { Message } from '../../message.ts';
import { messageOfText } from '../battery/row.ts';
import { concurrencyOf, pooled } from '../pooled.ts';
import { type Exchange, FUZZ_PART, RunEnded, type Workbench } from '../workbench.ts';
import { failureOf } from './failure.ts';
import type { FuzzEvent } from './generate.ts';

/** A response is late if it takes this many times as long as the slowest to a sample event. */
const HANG_FACTOR = 20;
const MIN_HANG_MS = 1500;
/** After a crash, the events that follow get no response either: before it starts an app again, this many are sent. */
const GROUP_SIZE = 50;

/** A generated event that the handler did not accept, and its response. */
export interface FailedEvent {
  readonly event: FuzzEvent;
  readonly exchange: Exchange;
}

/** Sends generated events to a handler, and starts its app again when one of them ends it. */
export class Fuzzer {
  readonly #bench: Workbench;
  #timeoutMs: number | undefined;
  #messages = 0;
  /** Whether the app ended, and could not be started again. */
  isGone = false;

  constructor(bench: Workbench) {
    this.#bench = bench;
  }

  /** How many generated events were sent so far, before any was made smaller. */
  generated = 0;

  /** How many messages were sent so far. */
  get messages(): number {
    return this.#messages;
  }

  /** The responses to sample events. How long they take decides from when on a response is late. */
  async sample(events: readonly FuzzEvent[]): Promise<(Exchange | undefined)[]> {
    const exchanges = await pooled(events, (event) => this.send(event), concurrencyOf(this.#bench));
    const slowestMs = Math.max(...exchanges.map((exchange) => exchange?.outcome.milliseconds ?? 0));
    this.#timeoutMs = Math.max(MIN_HANG_MS, HANG_FACTOR * slowestMs);
    return exchanges;
  }

  /** Sends the events, several at a time. Yields those of each group that failed. */
  async *failing(events: Iterator<FuzzEvent>): AsyncGenerator<FailedEvent[]> {
    const size = this.#bench.subject.restart ? GROUP_SIZE : Number.POSITIVE_INFINITY;
    const send = async (event: FuzzEvent) => ({ event, exchange: await this.#deliver(event) });
    while (!this.isGone) {
      const group = await pooled(upTo(size, events), send, concurrencyOf(this.#bench));
      if (group.length === 0) return;
      this.generated += group.filter(({ exchange }) => exchange !== undefined).length;
      await this.#revive(group.map(({ exchange }) => exchange));
      yield group.flatMap(({ event, exchange }) =>
        exchange && failureOf(exchange.outcome) !== undefined ? [{ event, exchange }] : [],
      );
    }
  }

  /** Sends one event; undefined if the app is gone. */
  async send(event: FuzzEvent): Promise<Exchange | undefined> {
    const exchange = await this.#deliver(event);
    await this.#revive([exchange]);
    return exchange;
  }

  /** New ids each time, because a handler may reject a subject that it has stored already. */
  async #deliver(event: FuzzEvent): Promise<Exchange | undefined> {
    if (this.isGone) return undefined;
    this.#messages += 1;
    const { subject } = this.#bench;
    const by = { deliver: (message: Message) => subject.deliver(message, this.#timeoutMs) };
    const message = messageOfText(freshWireForm(event), this.#bench);
    try {
      return await this.#bench.send(message, { part: FUZZ_PART, by });
    } catch (error) {
      if (error instanceof RunEnded) return undefined;
      throw error;
    }
  }

  async #revive(exchanges: readonly (Exchange | undefined)[]): Promise<void> {
    const { subject } = this.#bench;
    if (this.#bench.ended !== undefined) this.isGone = true;
    const hasCrashed = exchanges.some((exchange) => exchange && failureOf(exchange.outcome) === 'crash');
    if (!hasCrashed || this.isGone || (await subject.watch?.()) === undefined) return;
    if (!(await subject.restart?.('kill'))) this.isGone = true;
  }
}

/** Leaves the others to be taken later, as ending a loop over a generator would not. */
function* upTo<T>(count: number, items: Iterator<T>): Generator<T> {
  for (let taken = 0; taken < count; taken += 1) {
    const next = items.next();
    if (next.done) return;
    yield next.value;
  }
}
