import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { HooksError } from '../../errors.ts';
import { isDiskFull, whyUnusable } from '../../system-errors.ts';
import { readRecord } from '../record-format.ts';
import { type Cleared, timeOf } from '../store.ts';
import { endOfLines, linesForward, reading } from './file-lines.ts';
import { beginningOf, journalsIn, syncFolder, transitionalName } from './folder.ts';
import { isSameFile, type Lock, withLock } from './lock.ts';
import { openSource } from './source.ts';

/**
 * Removes the records of a folder that are older than `before`, in ms since 1970; only counts them unless `isMeant`.
 * Records that listeners add at the same time are kept. Only one process clears a folder at a time. Throws HooksError
 * for an unreadable journal before it removes anything.
 */
export function clearCaptures(folder: string, before: number, isMeant: boolean): Cleared {
  const split = () =>
    journalsIn(folder).flatMap(
      (path) =>
        withOpen(path, (fd) => ({
          path,
          inode: fstatSync(fd).ino,
          ...splitJournal(fd, { path, size: settledSize(fd), before }),
        })) ?? [],
    );
  const sum = (journals: readonly Split[]): Cleared => ({
    captures: journals.reduce((total, { captures }) => total + captures, 0),
    bytes: journals.reduce((total, { bytes }) => total + bytes, 0),
  });
  if (!isMeant || journalsIn(folder).length === 0) return sum(split());
  try {
    return withLock(folder, (lock) => {
      removeLeftovers(folder);
      const journals = split();
      const cleared = journals.filter(
        (journal) =>
          journal.bytes > 0 && withOpen(journal.path, (fd) => rewrite(fd, journal, lock)) !== undefined,
      );
      syncFolder(folder);
      return sum(cleared);
    });
  } catch (error) {
    throw unclearable(folder, error);
  }
}

function unclearable(folder: string, error: unknown): HooksError {
  if (error instanceof HooksError) return error;
  const isFull = isDiskFull(error);
  return new HooksError('captures_not_cleared', { folder, reason: whyUnusable(error), isFull });
}

/** The part of a file name that marks a journal in the making. */
const MAKING = '.making-';

/** Files that a killed process left behind. They hold copies of captures, and the lock says that nobody uses them. */
function removeLeftovers(folder: string): void {
  const names = readdirSync(folder).filter((name) => name.includes(MAKING) || name.endsWith('.jsonl.new'));
  for (const name of names) rmSync(join(folder, name), { force: true });
}

/** Undefined if the journal is gone: its listener stored nothing before it ended, or the quota of rejected messages is full. */
function withOpen<T>(path: string, use: (fd: number) => T): T | undefined {
  let fd: number | undefined;
  try {
    fd = openSource({ path, followsLinks: false });
    return fd === undefined ? undefined : use(fd);
  } catch (error) {
    throw unclearable(path, error);
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

/** A journal file as it was read. */
interface Journal extends Split {
  readonly path: string;
  readonly inode: number;
}

/** Finds the parts of a journal to keep. Damaged lines have no known time, so they go only with the whole file. */
function splitJournal(
  fd: number,
  { path, size, before }: { path: string; size: number; before: number },
): Split {
  const removed: Range[] = [];
  // A file that another program put there is never deleted.
  let [captures, isAnyKept] = [0, beginningOf(path) === undefined];
  for (const { offset, bytes } of linesForward(reading(fd), size)) {
    const record = bytes ? readRecord(bytes) : ({ kind: 'damaged' } as const);
    if (record.kind === 'newer') throw new HooksError('newer_captures', { path, version: record.version });
    if (record.kind === 'damaged' || record.kind === 'other') continue;
    if (timeOf(record) >= before) isAnyKept = true;
    else {
      removed.push({ start: offset, end: offset + bytes!.length + 1 });
      if (record.kind === 'capture') captures += 1;
    }
  }
  // Damaged lines alone are as old as the last change of the file.
  if (removed.length === 0 && fstatSync(fd).mtimeMs >= before) isAnyKept = true;
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
 * Replaces a journal with the parts to keep, or deletes it. At any time, the folder has a journal with every record that
 * stays: this process may be killed, or the disk be full.
 */
function rewrite(fd: number, { path, inode, size, kept }: Journal, lock: Lock): true {
  if (fstatSync(fd).ino !== inode) throw new HooksError('captures_changed', { path });
  const [aside, moved] = [`${path}${MAKING}${randomUUID()}`, transitionalName(path)];
  try {
    if (kept.length > 0) copy(fd, kept, aside);
    // Whoever moved or replaced the journal meanwhile owns what is there now.
    if (!isSameFile(fd, path) || !lock.isHeld()) throw new HooksError('captures_changed', { path });
    // Its writer notices and starts another file (see writer.ts): no record that is stored is added to this one.
    renameSync(path, moved);
    // The writer rewrites an incomplete last record to its new file.
    const late = { start: size, end: endOfLines(fd, fstatSync(fd).size) };
    const hasLate = late.end > late.start;
    if (hasLate) copy(fd, [late], aside);
    if (kept.length > 0 || hasLate) {
      renameSync(aside, moved);
      renameSync(moved, path);
    } else rmSync(moved);
    return true;
  } catch (error) {
    rmSync(aside, { force: true });
    if (existsSync(moved) && !existsSync(path)) renameSync(moved, path);
    throw error;
  }
}

/** Appends parts of an open file to another file, which is created if missing; durable afterwards. */
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
    fsyncSync(to);
  } finally {
    closeSync(to);
  }
}
