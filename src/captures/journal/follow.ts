import { createHash } from 'node:crypto';
import { closeSync, fstatSync } from 'node:fs';
import { HooksError } from '../../errors.ts';
import { parseJson } from '../../json.ts';
import { readEntry } from '../record-format.ts';
import { type Entry, type FollowedBatch, timeOf } from '../store.ts';
import { Bell } from './bell.ts';
import { endOfLines, linesForward, reading } from './file-lines.ts';
import { journalId, journalsIn } from './folder.ts';
import { openSource } from './source.ts';

/** The most entries of one file in a batch, and the bytes of their lines: more is not begun. */
const BATCH_SIZE = 256;
const BATCH_BYTES = 2 * 1024 * 1024;

/** New records of all journals of a folder, also of journals that begin later, until `stop` aborts. */
export async function* followJournals(
  folder: string,
  after: string | undefined,
  stop: AbortSignal,
): AsyncGenerator<FollowedBatch> {
  const follower = new Follower(folder, after);
  const bell = new Bell(folder);
  try {
    // First without entries, so that whoever follows knows where it begins.
    yield { entries: [], cursor: follower.cursor, hasGap: false };
    while (!stop.aborted) {
      bell.arm();
      const batch = follower.read();
      if (batch) yield batch;
      else await bell.rung(stop);
    }
  } finally {
    bell.close();
  }
}

/** How far a journal has been read. */
interface Position {
  readonly inode: number;
  /** In bytes; always at the start of a line. */
  readonly offset: number;
  /** Identifies the last line that was read, in case the journal is rewritten; empty before the first. */
  readonly last: string;
  /** The size when it was last seen, in bytes. */
  readonly size: number;
  /** Whether it is from a cursor: since then, the inode may have been used again. */
  readonly isResumed?: boolean;
}

/** A line of a journal that has not been handed out. */
interface NewLine {
  readonly entry: Entry | undefined;
  readonly end: number;
  readonly bytes: Buffer | undefined;
}

class Follower {
  readonly #folder: string;
  readonly #positions: Map<string, Position>;

  constructor(folder: string, after: string | undefined) {
    this.#folder = folder;
    this.#positions = after === undefined ? positionsNow(folder) : readCursor(after);
  }

  get cursor(): string {
    const files = Object.fromEntries(
      [...this.#positions].map(([name, { inode, offset, last }]) => [name, [inode, offset, last]]),
    );
    return JSON.stringify({ v: 1, files });
  }

  /** The next records in the order of their times; undefined if there are none now. */
  read(): FollowedBatch | undefined {
    let hasGap = false;
    const files: { name: string; position: Position; lines: NewLine[]; hasMore: boolean }[] = [];
    const paths = journalsIn(this.#folder);
    for (const path of paths) {
      const name = journalId(path);
      const found = withOpen(path, (fd) => {
        const known = this.#positions.get(name);
        const position = currentPosition(fd, known);
        if (known?.inode === position.inode && position.offset === 0 && known.offset > 0) hasGap = true;
        return { name, position, ...newLines(fd, path, position) };
      });
      if (found) files.push(found);
    }
    hasGap = this.#forget(new Set(paths.map(journalId))) || hasGap;
    // Of files with more to read, later records may be older than what others have.
    const bounds = files.filter(({ hasMore }) => hasMore).map(({ lines }) => lastTime(lines));
    const bound = Math.min(...bounds);
    const entries = files.flatMap(({ name, position, lines, hasMore }) => {
      // The file that sets the bound goes on, even if its times go back.
      const setsBound = hasMore && lastTime(lines) === bound;
      const due = setsBound ? lines : lines.slice(0, lengthUntil(lines, bound));
      this.#positions.set(name, after(position, due));
      return due.flatMap(({ entry }) => entry ?? []);
    });
    if (entries.length === 0 && !hasGap && bounds.length === 0) return undefined;
    entries.sort((a, b) => timeOf(a) - timeOf(b));
    return { entries, cursor: this.cursor, hasGap };
  }

  /** Forgets journals that are gone; returns whether one had records that were not read. */
  #forget(present: ReadonlySet<string>): boolean {
    let hasGap = false;
    for (const [name, { offset, size }] of this.#positions) {
      if (present.has(name)) continue;
      if (size > offset) hasGap = true;
      this.#positions.delete(name);
    }
    return hasGap;
  }
}

function positionsNow(folder: string): Map<string, Position> {
  const positions = new Map<string, Position>();
  for (const path of journalsIn(folder)) {
    const position = withOpen(path, (fd) => {
      const { ino: inode, size } = fstatSync(fd);
      const offset = endOfLines(fd, size);
      return { inode, offset, size: offset, last: lastLineBefore(fd, offset) };
    });
    if (position) positions.set(journalId(path), position);
  }
  return positions;
}

/** Positions that are damaged are left out: what may not have been read is read again. */
function readCursor(cursor: string): Map<string, Position> {
  const { files } = (parseJson(cursor) ?? {}) as { files?: unknown };
  const positions = new Map<string, Position>();
  for (const [name, position] of Object.entries(files ?? {})) {
    if (!Array.isArray(position)) continue;
    const [inode, offset, last] = position as unknown[];
    if (typeof inode !== 'number' || typeof last !== 'string' || !isOffset(offset)) continue;
    positions.set(name, { inode, offset, last, size: offset, isResumed: true });
  }
  return positions;
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Where to go on in a file: it may be new, truncated, or rewritten by `captures clear`. */
function currentPosition(fd: number, known: Position | undefined): Position {
  const { ino: inode, size } = fstatSync(fd);
  if (!known) return { inode, offset: 0, last: '', size };
  if (known.inode === inode && isSameContent(fd, known)) {
    return { inode, last: known.last, offset: size < known.offset ? 0 : known.offset, size };
  }
  for (const { offset, bytes } of linesForward(reading(fd), endOfLines(fd, size))) {
    if (bytes && idOf(bytes) === known.last)
      return { inode, offset: offset + bytes.length + 1, last: known.last, size };
  }
  // What was read has been removed.
  return { inode, offset: 0, last: '', size };
}

/** Whether the last line that was read is where it was; always while following, when only the end changes. */
function isSameContent(fd: number, { isResumed, offset, last }: Position): boolean {
  return !isResumed || offset === 0 || lastLineBefore(fd, offset) === last;
}

function newLines(fd: number, path: string, { offset: start, size }: Position) {
  const lines: NewLine[] = [];
  if (size === start) return { lines, hasMore: false };
  const end = endOfLines(fd, size);
  let held = 0;
  for (const { offset, bytes } of linesForward(reading(fd), end, start)) {
    if (lines.length === BATCH_SIZE || held > BATCH_BYTES) return { lines, hasMore: true };
    held += bytes?.length ?? 0;
    // A copy, because the reader uses its blocks again.
    const line = bytes && Buffer.from(bytes);
    const entry = readEntry(line, { path, countDamage: () => {} });
    const length = line ? line.length + 1 : 0;
    lines.push({ entry, bytes: line, end: offset + length });
  }
  return { lines, hasMore: false };
}

function lastTime(lines: readonly NewLine[]): number {
  const entry = lines.findLast((line) => line.entry !== undefined)?.entry;
  return entry ? timeOf(entry) : Number.POSITIVE_INFINITY;
}

/** The number of lines before the first that is later than `time`. */
function lengthUntil(lines: readonly NewLine[], time: number): number {
  const index = lines.findIndex(({ entry }) => entry !== undefined && timeOf(entry) > time);
  return index === -1 ? lines.length : index;
}

function after(position: Position, read: readonly NewLine[]): Position {
  const last = read.findLast(({ bytes }) => bytes !== undefined);
  return last ? { ...position, offset: last.end, last: idOf(last.bytes!) } : position;
}

function idOf(line: Buffer): string {
  return createHash('sha256').update(line).digest('base64').slice(0, 16);
}

/** Journals are read from their end, but a line can be long. */
function lastLineBefore(fd: number, end: number): string {
  let last = '';
  // At most a megabyte back: a longer line is not found again after a rewrite, and then the journal is read from its start.
  const from = Math.max(0, end - 1024 * 1024);
  for (const { bytes } of linesForward(reading(fd), end, from)) if (bytes) last = idOf(bytes);
  return last;
}

/** Undefined for a file that cannot be opened now; it is tried again with the next batch. */
function withOpen<T>(path: string, use: (fd: number) => T): T | undefined {
  let fd: number | undefined;
  try {
    fd = openSource({ path, followsLinks: false });
    return fd === undefined ? undefined : use(fd);
  } catch (error) {
    if (error instanceof HooksError) throw error;
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
