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

/** What a clearing takes away, or would. */
export interface Cleared {
  readonly captures: number;
  readonly bytes: number;
}

/**
 * Takes away what a folder keeps from before a moment (milliseconds since 1970); only counts it unless `isMeant`.
 * Listeners may be writing meanwhile: what they add is kept. Throws HooksError before anything is taken away.
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

/** A writer that lives ends the line that it is at within this time, in milliseconds. */
const SETTLING = 60_000;

/** How much of a journal can be looked at: all of it, but for a line that may still be written. */
function settledSize(fd: number): number {
  const { size, mtimeMs } = fstatSync(fd);
  return Date.now() - mtimeMs > SETTLING ? size : endOfLines(fd, size);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Split extends Cleared {
  /** Of the file as it was looked at; what comes after is not known yet. */
  readonly size: number;
  /** The parts of the file that stay; none when all of it can go. */
  readonly kept: readonly Range[];
}

/** Which parts of a journal stay. Damaged lines go only with all the rest, since nobody knows when they came. */
function splitJournal(
  fd: number,
  { path, size, before }: { path: string; size: number; before: number },
): Split {
  const gone: Range[] = [];
  // A file that somebody else put there is left alone.
  let [captures, isAnyKept] = [0, beginningOf(path) === undefined];
  for (const { offset, bytes } of linesForward(fd, size)) {
    const record = bytes ? readRecord(bytes) : ({ kind: 'damaged' } as const);
    if (record.kind === 'newer') throw new HooksError('newer_captures', { path, version: record.version });
    if (record.kind === 'damaged' || record.kind === 'other') continue;
    const time = record.kind === 'capture' ? record.head.time : record.outcome.time;
    if (time >= before) isAnyKept = true;
    else {
      gone.push({ start: offset, end: offset + bytes!.length + 1 });
      if (record.kind === 'capture') captures += 1;
    }
  }
  if (!isAnyKept) return { size, captures, bytes: size, kept: [] };
  const kept = between(gone, size);
  return { size, captures, bytes: size - lengthOf(kept), kept };
}

function between(gone: readonly Range[], size: number): Range[] {
  const kept: Range[] = [];
  let start = 0;
  for (const range of [...gone, { start: size, end: size }]) {
    if (range.start > start) kept.push({ start, end: range.start });
    start = range.end;
  }
  return kept;
}

function lengthOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

/**
 * Puts a file with what stays in the journal's place, or none. Its writer sees that its file has gone and begins
 * another (see journal.ts); what it had written into the old one until then is brought over at the end.
 */
function rewrite(fd: number, { path, size, kept }: Split & { readonly path: string }): void {
  const aside = `${path}.new`;
  if (kept.length > 0) {
    rmSync(aside, { force: true });
    copy(fd, kept, aside);
    renameSync(aside, path);
  } else rmSync(path);
  // What has not ended there, its writer writes again.
  const late = { start: size, end: endOfLines(fd, fstatSync(fd).size) };
  if (late.end > late.start) copy(fd, [late], path);
}

/** Appends parts of an open file to another, which is made if need be. */
function copy(fd: number, ranges: readonly Range[], path: string): void {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  const to = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  // The umask may have taken even that.
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
