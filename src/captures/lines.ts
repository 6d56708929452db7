import { asBuffer, BODY_LIMIT } from '../message.ts';

export const LINE_FEED = 10;

/** JSON text has at most six characters for a byte of a body, and the rest of a record is far below 1 MiB. */
const LINE_LIMIT = 6 * BODY_LIMIT + 1024 * 1024;

const empty = Buffer.alloc(0);

/** The pieces of a line whose other end is in a block not yet read. A line beyond LINE_LIMIT is not held. */
export class HeldLine {
  #pieces: Buffer[] = [];
  #size = 0;

  add(piece: Buffer, side: 'before' | 'after'): void {
    this.#size += piece.length;
    if (this.#size > LINE_LIMIT) this.#pieces = [];
    // Copied: the block it lies in is used again.
    else if (side === 'after') this.#pieces.push(Buffer.from(piece));
    else this.#pieces.unshift(Buffer.from(piece));
  }

  /** The whole line, with its last piece. */
  takeWith(piece: Buffer, side: 'before' | 'after'): Buffer | undefined {
    if (this.#size === 0) return piece;
    const size = this.#size + piece.length;
    const pieces = side === 'after' ? [...this.#pieces, piece] : [piece, ...this.#pieces];
    this.#pieces = [];
    this.#size = 0;
    return size > LINE_LIMIT ? undefined : Buffer.concat(pieces);
  }

  /** What is held at the end, where no line feed follows. */
  takeRest(side: 'before' | 'after'): Buffer | undefined {
    return this.takeWith(empty, side);
  }
}

/** The lines of a pipe, without their line feeds; undefined for one that is longer than any record. */
export async function* linesOf(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer | undefined> {
  const held = new HeldLine();
  for await (const chunk of chunks) {
    const bytes = asBuffer(chunk);
    let from = 0;
    for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, from)) {
      yield held.takeWith(bytes.subarray(from, at), 'after');
      from = at + 1;
    }
    held.add(bytes.subarray(from), 'after');
  }
  const last = held.takeRest('after');
  if (last?.length !== 0) yield last;
}
