import { linesOf } from './lines.ts';
import { readEntry } from './record-format.ts';
import type { Damage, Entry } from './store.ts';

/** Reads records as they come, from a pipe. */
export class CaptureStream {
  readonly #chunks: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  #damaged = 0;
  #firstLine = 0;

  /** `chunks` is called for each reading. */
  constructor(chunks: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** How much is still to come, nobody knows. */
  readonly progress = 0;

  get damage(): Damage {
    return { count: this.#damaged, first: this.#damaged > 0 ? `line ${this.#firstLine}` : undefined };
  }

  async *entries(): AsyncGenerator<Entry> {
    let number = 0;
    this.#damaged = 0;
    for await (const line of linesOf(this.#chunks())) {
      number += 1;
      const at = number;
      // As in a file, an empty line is none.
      if (line?.length === 0) continue;
      const entry = readEntry(line, { path: 'the pipe', countDamage: () => this.#countDamage(at) });
      if (entry) yield entry;
    }
  }

  #countDamage(line: number): void {
    this.#damaged += 1;
    if (this.#damaged === 1) this.#firstLine = line;
  }
}
