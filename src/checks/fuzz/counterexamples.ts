import { faultsInAnyEvent } from '../../events/shapes/schemas.ts';
import { realNow } from '../../real-clock.ts';
import type { Exchange } from '../workbench.ts';
import type { Counterexample } from './counterexample.ts';
import { differencesOf, type EventDifference, withDifferences } from './differences.ts';
import { answerKey, failureOf } from './failure.ts';
import type { FailedEvent, Fuzzer } from './fuzzer.ts';
import type { FuzzEvent } from './generate.ts';
import { shrink } from './shrink.ts';

/** What making events smaller may cost in all: messages, and time in ms. */
const MAX_MESSAGES = 200;
const MAX_MS = 30_000;
/** Failed events that are looked into; of the others, the response decides which failure they are counted for. */
const MAX_EXAMINED = 80;
/** Different failures that are looked into. */
const MAX_COUNTEREXAMPLES = 10;

/** Separates failures by their cause, and makes an event of each as small as possible. */
export class Counterexamples {
  readonly #fuzzer: Fuzzer;
  readonly #samples: ReadonlyMap<string, FuzzEvent>;
  /** Set when the first event is looked into. */
  #budget: { readonly untilMs: number; readonly messages: number } | undefined;
  readonly found: Counterexample[] = [];
  #examined = 0;
  /** Events that failed beside others and were accepted alone. */
  onlyTogether = 0;

  /** `samples`: an event of each type that the handler accepts. */
  constructor(fuzzer: Fuzzer, samples: ReadonlyMap<string, FuzzEvent>) {
    this.#fuzzer = fuzzer;
    this.#samples = samples;
  }

  /** Adds an event that failed: to a failure that is known, or as a new one. */
  async add(failed: FailedEvent): Promise<void> {
    this.#examined += 1;
    const sample = this.#samples.get(String(failed.event.type))!;
    if (this.#isSpent || this.#examined > MAX_EXAMINED) return this.#addUnexplained(failed);
    const rest = await this.#withoutKnown(failed, sample);
    if (!rest || this.found.length >= MAX_COUNTEREXAMPLES) return;
    const alone = await this.#fuzzer.send(rest.event);
    if (!alone) return this.#addUnexplained(rest);
    if (failureOf(alone.outcome) !== undefined)
      this.found.push(await this.#smallest({ ...rest, exchange: alone }, sample));
    // What got no response may have followed an event that ended the app.
    else if (failed.exchange.outcome.answered) this.onlyTogether += 1;
  }

  /** Adds a type that the documentation does not have: its sample is the smallest event. */
  addNewType(event: FuzzEvent, exchange: Exchange): void {
    const type = String(event.type);
    const differences = [{ path: ['type'], value: type }];
    const kind = failureOf(exchange.outcome)!;
    this.found.push({ type, event, differences, kind, exchange, count: 1, isCutShort: false });
  }

  get #isSpent(): boolean {
    const { messages, isGone } = this.#fuzzer;
    this.#budget ??= { untilMs: realNow() + MAX_MS, messages: messages + MAX_MESSAGES };
    return isGone || messages >= this.#budget.messages || realNow() > this.#budget.untilMs;
  }

  /** The event without what known failures explain, if it still fails; undefined if they explain it. */
  async #withoutKnown(failed: FailedEvent, sample: FuzzEvent): Promise<FailedEvent | undefined> {
    let { event, exchange } = failed;
    for (const [index, known] of this.found.entries()) {
      if (answerKey(known.exchange.outcome) !== answerKey(exchange.outcome)) continue;
      const reverted = withOriginals(event, sample, known.differences);
      if (JSON.stringify(reverted) === JSON.stringify(event)) continue;
      const again = await this.#fuzzer.send(reverted);
      if (again && failureOf(again.outcome) !== undefined) {
        [event, exchange] = [reverted, again];
        continue;
      }
      this.found[index] = { ...known, count: known.count + 1 };
      return undefined;
    }
    return { event, exchange };
  }

  async #smallest({ event, exchange }: FailedEvent, sample: FuzzEvent): Promise<Counterexample> {
    const kind = failureOf(exchange.outcome)!;
    let smallest = exchange;
    const differences = await shrink(differencesOf(sample, event), async (some) => {
      const smaller = withDifferences(sample, some);
      // A handler may reject what the documentation does not allow.
      if (this.#isSpent || !isDocumented(smaller)) return false;
      const found = await this.#fuzzer.send(smaller);
      if (!found || failureOf(found.outcome) !== kind) return false;
      smallest = found;
      return true;
    });
    return {
      type: String(event.type),
      event: withDifferences(sample, differences),
      differences,
      kind,
      exchange: smallest,
      count: 1,
      isCutShort: this.#isSpent,
    };
  }

  /** Without further messages, only the response separates failures. */
  #addUnexplained({ event, exchange }: FailedEvent): void {
    const key = answerKey(exchange.outcome);
    const index = this.found.findIndex((known) => answerKey(known.exchange.outcome) === key);
    const known = this.found[index];
    if (known) this.found[index] = { ...known, count: known.count + 1 };
    else if (this.found.length < MAX_COUNTEREXAMPLES)
      this.found.push({
        type: String(event.type),
        event,
        differences: differencesOf(this.#samples.get(String(event.type)), event),
        kind: failureOf(exchange.outcome)!,
        exchange,
        count: 1,
        isCutShort: true,
      });
  }
}

function isDocumented(event: FuzzEvent): boolean {
  const [first] = faultsInAnyEvent(event);
  return first === undefined;
}

/** The event with the values of the sample in the places of differences. */
function withOriginals(
  event: FuzzEvent,
  sample: FuzzEvent,
  differences: readonly EventDifference[],
): FuzzEvent {
  const originals = differences.map(({ path }) => ({
    path,
    value: path.reduce<unknown>((at, name) => (at as FuzzEvent | undefined)?.[name], sample),
  }));
  return withDifferences(event, originals);
}
