import { linesOf } from './lines.ts';
import { readEntry } from './record-format.ts';
import type { Damage, Entry } from './store.ts';

/** Reads records from a pipe as they arrive. */
export class CaptureStream {
  readonly #chunks: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  #damaged = 0;
  #firstLine = 0;

  /** `chunks` is called once per pass. */
  constructor(chunks: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** Unknown for a pipe. */
  readonly progress = 0;

  get damage(): Damage {
    const first = this.#damaged > 0 ? `line ${this.#firstLine}` : undefined;
    return { count: this.#damaged, first, unread: [] };
  }

  /** One at a time, as they arrive. */
  async *oldestFirst(): AsyncGenerator<readonly Entry[]> {
    let number = 0;
    this.#damaged = 0;
    for await (const line of linesOf(this.#chunks())) {
      number += 1;
      const at = number;
      // Skipped as in a file, where empty lines are not damage either.
      if (line?.length === 0) continue;
      const entry = readEntry(line, { path: 'the pipe', countDamage: () => this.#countDamage(at) });
      if (entry) yield [entry];
    }
  }

  #countDamage(line: number): void {
    this.#damaged += 1;
    if (this.#damaged === 1) this.#firstLine = line;
  }
}
