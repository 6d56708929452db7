import { bodyReadings } from './bodies.ts';
import { asItStands, type Reading } from './reading.ts';

/** Units of work (see Effort) that each byte of a body takes that is written in another style. */
const PER_REWRITTEN_BYTE = 60;

/** The bodies that may have been signed, each made once, and none before it is needed. */
export class CandidateBodies {
  readonly #received: Uint8Array;
  readonly #longestJson: number;
  readonly #known: Reading<Uint8Array>[] = [];
  #source: Generator<Reading<Uint8Array>> | undefined;
  #work = 0;

  constructor(received: Uint8Array, longestJson: number) {
    this.#received = received;
    this.#longestJson = longestJson;
  }

  /** Whether every way of writing it could be tried. */
  get isComplete(): boolean {
    return this.#received.length <= this.#longestJson;
  }

  /** Those with at most so many changes. */
  *upTo(cost: number): Generator<Reading<Uint8Array>> {
    if (cost === 0) yield asItStands(this.#received);
    else for (const reading of this.#all()) if (changesOf(reading) <= cost) yield reading;
  }

  /** What making the bodies took since this was asked last. */
  takeWork(): number {
    const work = this.#work;
    this.#work = 0;
    return work;
  }

  *#all(): Generator<Reading<Uint8Array>> {
    yield* this.#known;
    this.#source ??= bodyReadings(this.#received, this.#longestJson);
    for (let next = this.#source.next(); !next.done; next = this.#source.next()) {
      const isRewritten = next.value.changes.some(({ code }) => code === 'body_rewritten');
      this.#work += next.value.value.length * (isRewritten ? PER_REWRITTEN_BYTE : 1);
      this.#known.push(next.value);
      yield next.value;
    }
  }
}

/** A body that was written otherwise in many ways at once counts as two changes: it is seldom, and there are many. */
export function changesOf({ changes }: Reading<Uint8Array>): number {
  return changes.length + changes.filter(({ details }) => Number(details?.differences ?? 0) > 2).length;
}
