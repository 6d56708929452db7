import { asBuffer, BODY_LIMIT } from '../message.ts';

export const LINE_FEED = 10;

/** A JSON string has at most six characters per byte of the body. The rest of a record is far below 1 MiB. */
const MAX_LINE_BYTES = 6 * BODY_LIMIT + 1024 * 1024;

const empty = Buffer.alloc(0);

/** Collects the pieces of a line that spans several blocks. Drops a line longer than MAX_LINE_BYTES. */
export class HeldLine {
  #pieces: Buffer[] = [];
  #size = 0;

  add(piece: Buffer, side: 'before' | 'after'): void {
    this.#size += piece.length;
    if (this.#size > MAX_LINE_BYTES) this.#pieces = [];
    // Copied, because the caller reuses the block.
    else if (side === 'after') this.#pieces.push(Buffer.from(piece));
    else this.#pieces.unshift(Buffer.from(piece));
  }

  /** Returns the complete line and starts the next; undefined if the line was dropped. */
  takeWith(piece: Buffer, side: 'before' | 'after'): Buffer | undefined {
    if (this.#size === 0) return piece;
    const size = this.#size + piece.length;
    const pieces = side === 'after' ? [...this.#pieces, piece] : [piece, ...this.#pieces];
    this.#pieces = [];
    this.#size = 0;
    return size > MAX_LINE_BYTES ? undefined : Buffer.concat(pieces);
  }

  /** Returns a line that has no newline at its end. */
  takeRest(side: 'before' | 'after'): Buffer | undefined {
    return this.takeWith(empty, side);
  }
}

/** Yields the lines of a pipe without their newlines; undefined for a line that is longer than any record. */
export async function* linesOf(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer | undefined> {
  const pending = new HeldLine();
  for await (const chunk of chunks) {
    const bytes = asBuffer(chunk);
    let from = 0;
    for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, from)) {
      yield pending.takeWith(bytes.subarray(from, at), 'after');
      from = at + 1;
    }
    pending.add(bytes.subarray(from), 'after');
  }
  const last = pending.takeRest('after');
  if (last?.length !== 0) yield last;
}
