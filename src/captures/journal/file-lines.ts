import { closeSync, constants, openSync, readSync } from 'node:fs';
import { HeldLine, LINE_FEED } from '../lines.ts';

/** A line of a file, without its newline. */
interface FileLine {
  /** In bytes from the start of the file. */
  readonly offset: number;
  /** Undefined if the line is longer than any record. Valid until RING more blocks have been read. */
  readonly bytes: Buffer | undefined;
  /** The offset after it, with its newline. */
  readonly end: number;
}

const BLOCK_BYTES = 256 * 1024;
/** A reader often wants only the newest lines, and a smaller first block is faster to read. */
const LAST_BLOCK_BYTES = 64 * 1024;

/** Whatever reads blocks of a file: fills the beginning of `block` and returns the number of bytes. */
interface BlockReader {
  read(block: Buffer, length: number, position: number): number;
}

/** Reads from an open file. */
export function reading(fd: number): BlockReader {
  return { read: (block, length, position) => readSync(fd, block, 0, length, position) };
}

/** Blocks are used again after this many: a line stays valid while others of a batch are collected. */
const RING = 3;

/** Yields the non-empty lines between two offsets of a file. Reads in blocks to keep memory use constant. */
export function* linesForward(file: BlockReader, size: number, start = 0): Generator<FileLine> {
  const pending = new HeldLine();
  const blocks: Buffer[] = [];
  /** The last block, if no line of it is in use: it is part of a long line, which is collected elsewhere. */
  let reused: Buffer | undefined;
  let offset = start;
  for (let position = start; position < size; ) {
    const wanted = Math.min(BLOCK_BYTES, size - position);
    const block = reused ?? (blocks.length < RING ? Buffer.allocUnsafe(wanted) : blocks.shift()!);
    const length = file.read(block, Math.min(wanted, block.length), position);
    if (length === 0) break;
    let from = 0;
    for (let at = block.indexOf(LINE_FEED); at !== -1 && at < length; at = block.indexOf(LINE_FEED, from)) {
      const bytes = pending.takeWith(block.subarray(from, at), 'after');
      from = at + 1;
      const end = position + from;
      if (bytes?.length !== 0) yield { offset, bytes, end };
      offset = end;
    }
    reused = from === 0 ? block : undefined;
    if (from > 0) blocks.push(block);
    pending.add(block.subarray(from, length), 'after');
    position += length;
  }
  const bytes = pending.takeRest('after');
  if (bytes?.length !== 0) yield { offset, bytes, end: size };
}

/** The same as linesForward, last line first. */
export function* linesBackward(file: BlockReader, size: number): Generator<Omit<FileLine, 'end'>> {
  const pending = new HeldLine();
  let blockSize = LAST_BLOCK_BYTES;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - blockSize);
    const block = Buffer.allocUnsafe(end - start);
    const length = file.read(block, block.length, start);
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

/** Counting the lines of more would take longer than the number helps. */
const MAX_COUNTED_BYTES = 64 * 1024 * 1024;

/** Where a line starts, for people: its 1-based number, or its offset in a large file. */
export function describeLineAt(path: string, offset: number): string {
  if (offset > MAX_COUNTED_BYTES) return `at byte ${offset}`;
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    let number = 1;
    for (let position = 0; position < offset; ) {
      const length = readSync(fd, block, 0, Math.min(BLOCK_BYTES, offset - position), position);
      if (length === 0) break;
      for (const byte of block.subarray(0, length)) if (byte === LINE_FEED) number += 1;
      position += length;
    }
    return `line ${number}`;
  } catch {
    // Cleared meanwhile.
    return `at byte ${offset}`;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
