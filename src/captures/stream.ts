import { asBuffer } from '../message.ts';
import { readEntry } from './entry.ts';
import type { Damage, Entry } from './store.ts';

const LINE_FEED = 10;

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
      if (line.length === 0) continue;
      const entry = readEntry(line, { path: 'the pipe', countDamage: () => this.#countDamage(at) });
      if (entry) yield entry;
    }
  }

  #countDamage(line: number): void {
    this.#damaged += 1;
    if (this.#damaged === 1) this.#firstLine = line;
  }
}

/** The lines of a pipe, without their line feeds. */
export async function* linesOf(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    const bytes = asBuffer(chunk);
    for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, from)) {
      yield Buffer.concat([...held, bytes.subarray(from, at)]);
      held = [];
      from = at + 1;
    }
    if (from < bytes.length) held.push(bytes.subarray(from));
  }
  if (held.length > 0) yield Buffer.concat(held);
}
