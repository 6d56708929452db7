import { closeSync, openSync, readSync } from 'node:fs';
import { HeldLine, LINE_FEED } from '../lines.ts';

/** A line of a file, without its line feed. */
export interface FileLine {
  /** Where it begins, in bytes. */
  readonly offset: number;
  /** Undefined for a line that is longer than any record. Good until the next line is asked for. */
  readonly bytes: Buffer | undefined;
}

const BLOCK = 256 * 1024;
/** The newest lines are few: a smaller block is there sooner. */
const LAST_BLOCK = 64 * 1024;

/** The lines of a file from the first on, up to `size` bytes; empty ones left out. Read in blocks: memory stays flat. */
export function* linesForward(fd: number, size: number): Generator<FileLine> {
  const block = Buffer.allocUnsafe(BLOCK);
  const held = new HeldLine();
  let offset = 0;
  for (let position = 0; position < size; ) {
    const length = readSync(fd, block, 0, Math.min(BLOCK, size - position), position);
    if (length === 0) break;
    let from = 0;
    for (let at = block.indexOf(LINE_FEED); at !== -1 && at < length; at = block.indexOf(LINE_FEED, from)) {
      const bytes = held.takeWith(block.subarray(from, at), 'after');
      if (bytes?.length !== 0) yield { offset, bytes };
      from = at + 1;
      offset = position + from;
    }
    held.add(block.subarray(from, length), 'after');
    position += length;
  }
  const bytes = held.takeRest('after');
  if (bytes?.length !== 0) yield { offset, bytes };
}

/** The lines of a file from the last on; see linesForward. */
export function* linesBackward(fd: number, size: number): Generator<FileLine> {
  const held = new HeldLine();
  let blockSize = LAST_BLOCK;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - blockSize);
    const block = Buffer.allocUnsafe(end - start);
    const length = readSync(fd, block, 0, block.length, start);
    if (length < block.length) return; // The file was cut meanwhile.
    let to = length;
    for (
      let at = block.lastIndexOf(LINE_FEED);
      at !== -1;
      at = to === 0 ? -1 : block.lastIndexOf(LINE_FEED, to - 1)
    ) {
      const bytes = held.takeWith(block.subarray(at + 1, to), 'before');
      if (bytes?.length !== 0) yield { offset: start + at + 1, bytes };
      to = at;
    }
    held.add(block.subarray(0, to), 'before');
    end = start;
    blockSize = BLOCK;
  }
  const bytes = held.takeRest('before');
  if (bytes?.length !== 0) yield { offset: 0, bytes };
}

/** Where the last line that has ended ends, up to `size` bytes: what comes after may still be written. */
export function endOfLines(fd: number, size: number): number {
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - BLOCK);
    const block = Buffer.allocUnsafe(end - start);
    const length = readSync(fd, block, 0, block.length, start);
    const at = block.subarray(0, length).lastIndexOf(LINE_FEED);
    if (at !== -1) return start + at + 1;
    end = start;
  }
  return 0;
}

/** The number of the line, counted from 1, that begins at an offset of a file. */
export function lineNumberAt(path: string, offset: number): number {
  const fd = openSync(path, 'r');
  try {
    const block = Buffer.allocUnsafe(BLOCK);
    let number = 1;
    for (let position = 0; position < offset; ) {
      const length = readSync(fd, block, 0, Math.min(BLOCK, offset - position), position);
      if (length === 0) break;
      for (const byte of block.subarray(0, length)) if (byte === LINE_FEED) number += 1;
      position += length;
    }
    return number;
  } finally {
    closeSync(fd);
  }
}
