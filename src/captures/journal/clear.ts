import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { HooksError } from '../../errors.ts';
import { readRecord } from '../record-format.ts';
import { endOfLines, linesForward } from './file-lines.ts';
import { beginningOf, journalsIn, unusable } from './folder.ts';

/** The number of captures and bytes that were removed, or would be. */
export interface Cleared {
  readonly captures: number;
  readonly bytes: number;
}

/**
 * Removes the records of a folder that are older than `before`, in ms since 1970; only counts them unless `isMeant`.
 * Records that listeners add at the same time are kept. Throws HooksError for an unreadable journal before it removes
 * anything.
 */
export function clearCaptures(folder: string, before: number, isMeant: boolean): Cleared {
  const journals = journalsIn(folder).map((path) =>
    withOpen(path, (fd) => ({ path, ...splitJournal(fd, { path, size: settledSize(fd), before }) })),
  );
  for (const journal of journals) {
    if (isMeant && journal.bytes > 0) withOpen(journal.path, (fd) => rewrite(fd, journal));
  }
  const sum = (count: (journal: Split) => number) =>
    journals.reduce((total, journal) => total + count(journal), 0);
  return { captures: sum(({ captures }) => captures), bytes: sum(({ bytes }) => bytes) };
}

function withOpen<T>(path: string, use: (fd: number) => T): T {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    return use(fd);
  } catch (error) {
    throw unusable(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** A running writer finishes its current line within this time. */
const SETTLING_MS = 60_000;

/** The size of a journal without a last line that may still be in progress. */
function settledSize(fd: number): number {
  const { size, mtimeMs } = fstatSync(fd);
  return Date.now() - mtimeMs > SETTLING_MS ? size : endOfLines(fd, size);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Split extends Cleared {
  /** Size of the file when it was read; records may have been appended since. */
  readonly size: number;
  /** The parts of the file to keep; empty if the file can be deleted. */
  readonly kept: readonly Range[];
}

/** Finds the parts of a journal to keep. Damaged lines have no known time, so they go only with the whole file. */
function splitJournal(
  fd: number,
  { path, size, before }: { path: string; size: number; before: number },
): Split {
  const removed: Range[] = [];
  // A file that another program put there is never deleted.
  let [captures, isAnyKept] = [0, beginningOf(path) === undefined];
  for (const { offset, bytes } of linesForward(fd, size)) {
    const record = bytes ? readRecord(bytes) : ({ kind: 'damaged' } as const);
    if (record.kind === 'newer') throw new HooksError('newer_captures', { path, version: record.version });
    if (record.kind === 'damaged' || record.kind === 'other') continue;
    const time = record.kind === 'capture' ? record.head.time : record.outcome.time;
    if (time >= before) isAnyKept = true;
    else {
      removed.push({ start: offset, end: offset + bytes!.length + 1 });
      if (record.kind === 'capture') captures += 1;
    }
  }
  if (!isAnyKept) return { size, captures, bytes: size, kept: [] };
  const kept = between(removed, size);
  return { size, captures, bytes: size - lengthOf(kept), kept };
}

function between(removed: readonly Range[], size: number): Range[] {
  const kept: Range[] = [];
  let start = 0;
  for (const range of [...removed, { start: size, end: size }]) {
    if (range.start > start) kept.push({ start, end: range.start });
    start = range.end;
  }
  return kept;
}

function lengthOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

/**
 * Replaces a journal with the parts to keep, or deletes it. Its writer notices and starts another file (see writer.ts).
 * Records that it appended to the old file until then are copied at the end.
 */
function rewrite(fd: number, { path, size, kept }: Split & { readonly path: string }): void {
  const aside = `${path}.new`;
  if (kept.length > 0) {
    rmSync(aside, { force: true });
    copy(fd, kept, aside);
    renameSync(aside, path);
  } else rmSync(path);
  // The writer rewrites an incomplete last record to its new file.
  const late = { start: size, end: endOfLines(fd, fstatSync(fd).size) };
  if (late.end > late.start) copy(fd, [late], path);
}

/** Appends parts of an open file to another file, which is created if missing. */
function copy(fd: number, ranges: readonly Range[], path: string): void {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  const to = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  // The umask may have removed the owner's own permissions.
  fchmodSync(to, 0o600);
  const block = Buffer.allocUnsafe(1024 * 1024);
  try {
    for (const { start, end } of ranges) {
      for (let position = start; position < end; ) {
        const length = readSync(fd, block, 0, Math.min(block.length, end - position), position);
        if (length === 0) break;
        for (let done = 0; done < length; ) done += writeSync(to, block, done, length - done);
        position += length;
      }
    }
  } finally {
    closeSync(to);
  }
}
