import type { Capture } from '../../captures/record.ts';

/**
 * Gives out the captures of groups one by one, to any number of lanes. Most are given at once: with a promise for each,
 * a replay of many would spend more time on promises than on reading.
 */
export class CaptureQueue {
  readonly #groups: AsyncIterator<Iterable<Capture>>;
  #group: Iterator<Capture, undefined> = [].values();
  /** Set while the next group is being read. */
  #refill: Promise<boolean> | undefined;
  #peeked: Capture | undefined;

  constructor(groups: AsyncIterable<Iterable<Capture>>) {
    this.#groups = groups[Symbol.asyncIterator]();
  }

  /** The first capture, which stays in the queue. Call it once, before any `next`. */
  async peek(): Promise<Capture | undefined> {
    this.#peeked = await this.next();
    return this.#peeked;
  }

  /** Undefined after the last capture. */
  next(): Capture | undefined | Promise<Capture | undefined> {
    const peeked = this.#peeked;
    if (peeked) {
      this.#peeked = undefined;
      return peeked;
    }
    const { value } = this.#group.next();
    return value ?? this.#nextOfGroups();
  }

  async #nextOfGroups(): Promise<Capture | undefined> {
    this.#refill ??= this.#takeGroup();
    return (await this.#refill) ? this.next() : undefined;
  }

  /** Returns whether there was another group. */
  async #takeGroup(): Promise<boolean> {
    try {
      const { done, value } = await this.#groups.next();
      if (!done) this.#group = value[Symbol.iterator]();
      return !done;
    } finally {
      this.#refill = undefined;
    }
  }
}
