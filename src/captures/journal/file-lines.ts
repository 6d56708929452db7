import { closeSync, openSync, readSync } from 'node:fs';
import { HeldLine, LINE_FEED } from '../lines.ts';

/** A line of a file, without its newline. */
export interface FileLine {
  /** In bytes from the start of the file. */
  readonly offset: number;
  /** Undefined if the line is longer than any record. Valid until the next line is read. */
  readonly bytes: Buffer | undefined;
}

const BLOCK_BYTES = 256 * 1024;
/** A reader often wants only the newest lines, and a smaller first block is faster to read. */
const LAST_BLOCK_BYTES = 64 * 1024;

/** Yields the non-empty lines in the first `size` bytes of a file. Reads in blocks to keep memory use constant. */
export function* linesForward(fd: number, size: number): Generator<FileLine> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  const pending = new HeldLine();
  let offset = 0;
  for (let position = 0; position < size; ) {
    const length = readSync(fd, block, 0, Math.min(BLOCK_BYTES, size - position), position);
    if (length === 0) break;
    let from = 0;
    for (let at = block.indexOf(LINE_FEED); at !== -1 && at < length; at = block.indexOf(LINE_FEED, from)) {
      const bytes = pending.takeWith(block.subarray(from, at), 'after');
      if (bytes?.length !== 0) yield { offset, bytes };
      from = at + 1;
      offset = position + from;
    }
    pending.add(block.subarray(from, length), 'after');
    position += length;
  }
  const bytes = pending.takeRest('after');
  if (bytes?.length !== 0) yield { offset, bytes };
}

/** The same as linesForward, last line first. */
export function* linesBackward(fd: number, size: number): Generator<FileLine> {
  const pending = new HeldLine();
  let blockSize = LAST_BLOCK_BYTES;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - blockSize);
    const block = Buffer.allocUnsafe(end - start);
    const length = readSync(fd, block, 0, block.length, start);
    if (length < block.length) return; // The file was truncated after it was opened.
    let to = length;
    for (
      let at = block.lastIndexOf(LINE_FEED);
      at !== -1;
      at = to === 0 ? -1 : block.lastIndexOf(LINE_FEED, to - 1)
    ) {
      const bytes = pending.takeWith(block.subarray(at + 1, to), 'before');
      if (bytes?.length !== 0) yield { offset: start + at + 1, bytes };
      to = at;
    }
    pending.add(block.subarray(0, to), 'before');
    end = start;
    blockSize = BLOCK_BYTES;
  }
  const bytes = pending.takeRest('before');
  if (bytes?.length !== 0) yield { offset: 0, bytes };
}

/** The offset after the last newline in the first `size` bytes. A writer may still be writing the bytes after it. */
export function endOfLines(fd: number, size: number): number {
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const block = Buffer.allocUnsafe(end - start);
    const length = readSync(fd, block, 0, block.length, start);
    const at = block.subarray(0, length).lastIndexOf(LINE_FEED);
    if (at !== -1) return start + at + 1;
    end = start;
  }
  return 0;
}

/** The 1-based number of the line that starts at `offset`. */
export function lineNumberAt(path: string, offset: number): number {
  const fd = openSync(path, 'r');
  try {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    let number = 1;
    for (let position = 0; position < offset; ) {
      const length = readSync(fd, block, 0, Math.min(BLOCK_BYTES, offset - position), position);
      if (length === 0) break;
      for (const byte of block.subarray(0, length)) if (byte === LINE_FEED) number += 1;
      position += length;
    }
    return number;
  } finally {
    closeSync(fd);
  }
}
