import { closeSync, fstatSync } from 'node:fs';
import { HooksError } from '../../errors.ts';
import { whyUnreadable } from '../../system-errors.ts';
import { type Entry, type FollowedBatch, timeOf } from '../store.ts';
import { Bell } from './bell.ts';
import { isOfRejected, journalId, journalsIn } from './folder.ts';
import { dueLines, type NewLine, type NewLines, newLines } from './new-lines.ts';
import {
  currentPosition,
  cursorOf,
  endPosition,
  endUnread,
  isAt,
  isUnchanged,
  type Position,
  positionAfter,
  readCursor,
} from './position.ts';
import { openSource } from './source.ts';

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

/** A journal with what is new in it. */
interface OpenedJournal extends NewLines {
  readonly name: string;
  readonly position: Position;
  readonly size: number;
  readonly changed: number;
}

class Follower {
  readonly #folder: string;
  readonly #positions: Map<string, Position>;
  /** Journals that the last listing did not have. */
  #missing: ReadonlySet<string> = new Set();
  /** Paths that cannot be read, with the reasons that were reported. */
  readonly #unread = new Map<string, string>();

  constructor(folder: string, after: string | undefined) {
    this.#folder = folder;
    this.#positions = after === undefined ? this.#positionsNow() : readCursor(after);
  }

  get cursor(): string {
    return cursorOf(this.#positions);
  }

  /** The next records in the order of their times; undefined if there is nothing to report now. */
  read(): FollowedBatch | undefined {
    const paths = journalsIn(this.#folder);
    const present = new Set(paths.map(journalId));
    const unread: { path: string; reason: string }[] = [];
    let [hasGap, damaged] = [false, 0];
    const journals = paths.flatMap((path) => {
      const opened = this.#withOpen(path, (fd) => this.#open(fd, path, present));
      if (opened.failure !== undefined) unread.push({ path, reason: opened.failure });
      return opened.result ?? [];
    });
    for (const { name, position } of journals) if (this.#wasTruncated(name, position)) hasGap = true;
    if (this.#forget(present)) hasGap = true;
    const { due, hasMore } = dueLines(journals);
    const entries: Entry[] = [];
    for (const [journal, lines] of due) {
      this.#positions.set(journal.name, positionOf(journal, lines));
      for (const { entry, isDamaged } of lines) {
        if (entry) entries.push(entry);
        if (isDamaged) damaged += 1;
      }
    }
    const isSilent = entries.length + damaged + unread.length === 0;
    if (isSilent && !hasGap && !hasMore) return undefined;
    entries.sort((a, b) => timeOf(a) - timeOf(b));
    return { entries, cursor: this.cursor, hasGap, damaged, unread };
  }

  #open(fd: number, path: string, present: ReadonlySet<string>): OpenedJournal {
    const name = journalId(path);
    const stats = fstatSync(fd);
    const { size, mtimeMs: changed } = stats;
    if (!this.#positions.has(name)) this.#adopt(name, fd, present);
    const known = this.#positions.get(name);
    if (known && isUnchanged(known, stats))
      return { name, position: known, size, changed, lines: [], hasMore: false };
    const position = currentPosition(fd, known);
    return { name, position, size, changed, ...newLines(fd, path, { start: position.offset, size }) };
  }

  /** A journal that somebody has given another name is no new one. */
  #adopt(name: string, fd: number, present: ReadonlySet<string>): void {
    for (const [former, position] of this.#positions) {
      if (present.has(former) || !position.last || !isAt(fd, position)) continue;
      this.#positions.delete(former);
      this.#positions.set(name, position);
      return;
    }
  }

  #wasTruncated(name: string, { inode, offset }: Position): boolean {
    const known = this.#positions.get(name);
    return known?.inode === inode && offset === 0 && known.offset > 0;
  }

  /**
   * Forgets journals that are gone; returns whether one had records that were not read. A listing can lack a file that is
   * being renamed, so it takes two of them.
   */
  #forget(present: ReadonlySet<string>): boolean {
    let hasGap = false;
    const missing = new Set<string>();
    for (const [name, { offset, seen }] of this.#positions) {
      if (present.has(name)) continue;
      if (!this.#missing.has(name)) {
        missing.add(name);
        continue;
      }
      // The quota removes rejected messages, which anyone can send.
      if ((seen?.size ?? 0) > offset && !isOfRejected(name)) hasGap = true;
      this.#positions.delete(name);
    }
    this.#missing = missing;
    return hasGap;
  }

  #positionsNow(): Map<string, Position> {
    const positions = new Map<string, Position>();
    for (const path of journalsIn(this.#folder)) {
      const { result, failure } = this.#withOpen(path, endPosition, { isReported: false });
      const position = failure === undefined ? result : endUnread(path);
      if (position) positions.set(journalId(path), position);
    }
    return positions;
  }

  /** `failure`: why the file cannot be read, unless that was reported before. It is tried again with the next batch. */
  #withOpen<T>(
    path: string,
    use: (fd: number) => T,
    { isReported = true } = {},
  ): { readonly result?: T; readonly failure?: string } {
    let fd: number | undefined;
    try {
      fd = openSource({ path, followsLinks: false });
      const result = fd === undefined ? undefined : use(fd);
      this.#unread.delete(path);
      return result === undefined ? {} : { result };
    } catch (error) {
      if (error instanceof HooksError) throw error;
      const failure = whyUnreadable(error);
      if (this.#unread.get(path) === failure) return {};
      if (isReported) this.#unread.set(path, failure);
      return { failure };
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }
}

/** The position in a journal after some of its new lines. */
function positionOf(
  { position, size, changed, lines, hasMore }: OpenedJournal,
  read: readonly NewLine[],
): Position {
  const last = read.at(-1);
  const isDrained = !hasMore && read.length === lines.length;
  return { ...(last ? positionAfter(position, last) : position), seen: { size, changed, isDrained } };
}
