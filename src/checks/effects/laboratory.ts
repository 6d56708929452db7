import { describeOutcome, isWithin } from '../../delivery/outcome.ts';
import type { Renamed } from '../../events/fresh-ids.ts';
import type { Message } from '../../message.ts';
import { concurrencyOf, pooled } from '../pooled.ts';
import type { Sample, Undoing } from '../samples.ts';
import { type Exchange, RunEnded, type Workbench } from '../workbench.ts';
import { changeBetween, describeChange, isSameChange, type StateChange } from './change.ts';
import type { Observer } from './observer.ts';
import { StateWatch } from './watch.ts';

export interface EffectsOptions {
  readonly observer: Observer;
  /** How long the app may take to act after its response, in ms. */
  readonly settleMs: number;
}

/** Why an effect cannot be judged. */
export class Unjudged extends Error {}

/** A handler may fail once, such as while its database is busy. */
const ATTEMPTS = 3;

/** Repeats what could not be judged. */
export async function attempted<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unjudged) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** What is known of an event whose effect can be seen. */
export interface Visible {
  readonly sample: Sample;
  /** What one message changes; undefined if two messages do not change the state in the same way. */
  readonly single: StateChange | undefined;
  /** How long after its response the change was seen, in ms. */
  readonly afterMs: number;
  readonly shown: string;
}

/** The part of all messages that test effects. */
export const EFFECTS_PART = 'effects';

/** The app and its state, as the checks of effects share them. They run one after the other. */
export class Laboratory {
  readonly #candidates: readonly [Sample, ...Sample[]];
  readonly #options: EffectsOptions;
  #watch: StateWatch | undefined;
  /** The state that rested last, and the number of exchanges until then. */
  #rest: { readonly state: string; readonly exchanges: number } | undefined;
  #visible: Promise<Visible> | undefined;
  #isUndone: Promise<boolean> | undefined;

  /** `candidates` are the events to try, best first, until one changes the state. */
  constructor(candidates: readonly [Sample, ...Sample[]], options: EffectsOptions) {
    this.#candidates = candidates;
    this.#options = options;
  }

  #watchIn({ stopped }: Workbench): StateWatch {
    this.#watch ??= new StateWatch(this.#options.observer, { ...this.#options, stop: stopped });
    return this.#watch;
  }

  /** An event whose effect is visible; found once. Throws Unjudged and ObserverProblem. */
  visible(bench: Workbench): Promise<Visible> {
    this.#visible ??= this.#find(bench);
    return this.#visible;
  }

  /** The state once nothing changes. Throws Unjudged if it does not come to rest. */
  async rested(bench: Workbench): Promise<string> {
    // Nothing was sent since.
    if (this.#rest?.exchanges === bench.exchanges.length) return this.#rest.state;
    const state = await this.#watchIn(bench).rested();
    if (bench.ended !== undefined) throw new RunEnded(bench.ended);
    if (state === undefined) throw new Unjudged('the state changes although no message is sent');
    return this.#restAt(state, bench);
  }

  #restAt(state: string, { exchanges }: Workbench): string {
    this.#rest = { state, exchanges: exchanges.length };
    return state;
  }

  /** Sends a message, and waits until the state has changed. Throws Unjudged if it does not. */
  async act(
    bench: Workbench,
    message: Message,
    before: string,
  ): Promise<{ state: string; exchange: Exchange }> {
    const exchange = await bench.send(message, { part: EFFECTS_PART, role: 'the first delivery' });
    const changed = await this.#watchIn(bench).changed(before);
    if (!changed)
      throw new Unjudged(
        `the state did not change at a first delivery, which got ${describeOutcome(exchange.outcome)}`,
      );
    return { state: this.#restAt(changed.state, bench), exchange };
  }

  /** Whether a deletion brings the state back to what it was before the creation; tried once. */
  isUndone(bench: Workbench, undoing: Undoing): Promise<boolean> {
    this.#isUndone ??= this.#tryUndoing(bench, undoing);
    this.#isUndone.catch(() => {
      this.#isUndone = undefined;
    });
    return this.#isUndone;
  }

  async #tryUndoing(bench: Workbench, [created, deleted]: Undoing): Promise<boolean> {
    const renamed: Renamed = new Map();
    const before = await this.rested(bench);
    const creation = bench.message(created.build(bench.materials.now(), renamed));
    const { state } = await this.act(bench, creation, before);
    await bench.send(bench.message(deleted.build(bench.materials.now(), renamed)), { part: EFFECTS_PART });
    return (await this.after(bench, state)) === before;
  }

  /** The state after messages were sent: another than `before` once it rests, or the same after the time to settle. */
  async after(bench: Workbench, before: string): Promise<string> {
    const changed = await this.#watchIn(bench).changed(before);
    return changed ? this.#restAt(changed.state, bench) : this.rested(bench);
  }

  /**
   * Whether the state stays as it is, for twice the time to settle, while nothing is sent. Somebody else may change it
   * less often than it takes to come to rest.
   */
  async isQuiet(bench: Workbench): Promise<boolean> {
    const before = await this.rested(bench);
    this.#rest = undefined;
    return (await this.#watchIn(bench).rested(2 * this.#options.settleMs)) === before;
  }

  /** Ends the app that was started for the run, and starts it again. Throws Unjudged if it does not start. */
  async restart(bench: Workbench, how: 'stop' | 'kill'): Promise<void> {
    this.#rest = undefined;
    if (await bench.subject.restart?.(how)) return;
    bench.end('the app did not start again');
    throw new Unjudged('the app did not start again');
  }

  async #find(bench: Workbench): Promise<Visible> {
    const before = await this.rested(bench);
    const found = await this.#findSample(bench, before);
    if (!found) throw new Unjudged(unseen(before));
    const { sample, state, afterMs } = found;
    const actFrom = (from: string) =>
      attempted(() => this.act(bench, bench.message(sample.build(bench.materials.now())), from));
    const first = await actFrom(state);
    const second = await actFrom(first.state);
    const changes = [changeBetween(state, first.state), changeBetween(first.state, second.state)] as const;
    return {
      sample,
      single: isSameChange(...changes) ? changes[0] : undefined,
      afterMs,
      shown: describeChange(first.state, second.state),
    };
  }

  /** The first candidate alone, then the others by halves. */
  async #findSample(bench: Workbench, before: string) {
    const [best, ...others] = this.#candidates;
    let state = before;
    const sendAll = async (samples: readonly Sample[]) => {
      const send = (sample: Sample) =>
        bench.send(bench.message(sample.build(bench.materials.now())), { part: EFFECTS_PART });
      await pooled(samples, send, concurrencyOf(bench));
      const changed = await this.#watchIn(bench).changed(state);
      state = changed?.state ?? state;
      return changed;
    };
    let suspects: readonly Sample[] = [best];
    let changed = await sendAll(suspects);
    if (!changed && others.length > 0) {
      suspects = others;
      changed = await sendAll(suspects);
    }
    if (!changed) return undefined;
    while (suspects.length > 1) {
      const half = suspects.slice(0, Math.ceil(suspects.length / 2));
      const found = await sendAll(half);
      suspects = found ? half : suspects.slice(half.length);
      changed = found ?? changed;
    }
    return { sample: suspects[0]!, state, afterMs: changed.afterMs };
  }
}

function unseen(state: string): string {
  return state.trim() === ''
    ? 'the observer prints nothing, before and after valid messages'
    : 'the observer does not see it: valid messages do not change the state';
}

/** Without a 2xx, the handler promised nothing. Throws Unjudged. */
export function requireAcknowledged(exchange: Exchange): void {
  if (!isAcknowledged(exchange))
    throw new Unjudged(`a valid message got ${describeOutcome(exchange.outcome)}`);
}

/** Whether the handler answered 2xx. */
export function isAcknowledged({ outcome }: Exchange): boolean {
  return isWithin(outcome, 200, 299);
}
