import { basename } from 'node:path';
import { HooksError } from '../../errors.ts';
import { hasCode, whyUnreadable } from '../../system-errors.ts';
import type { CaptureOutcome } from '../record.ts';
import { readEntry } from '../record-format.ts';
import { type CaptureReader, type Damage, type Direction, type Entry, timeOf } from '../store.ts';
import { describeLineAt, linesBackward, linesForward } from './file-lines.ts';
import { isOfRejected, journalsIn } from './folder.ts';
import { describeSource, type JournalSnapshot, OpenFile } from './source.ts';

/** The most entries of a batch, and the bytes of their lines: fewer than a block, because blocks are used again. */
const BATCH_SIZE = 256;
const BATCH_BYTES = 128 * 1024;

/** Opens all journals of a folder for reading. A missing folder has none. Throws HooksError if none can be read. */
export function openJournals(folder: string): CaptureReader {
  for (let looks = 1; ; looks += 1) {
    const { sources, unread, isComplete } = describeAll(journalsIn(folder));
    // One of them may have another name by now.
    if (!isComplete && looks < MAX_LOOKS) continue;
    const [first] = unread;
    if (first && sources.length === 0) throw new HooksError('unreadable_file', { ...first });
    return new Journals(sources, unread);
  }
}

/** How often a folder is listed whose files go away meanwhile. */
const MAX_LOOKS = 10;

function describeAll(paths: readonly string[]) {
  const sources: JournalSnapshot[] = [];
  const unread: UnreadFile[] = [];
  let isComplete = true;
  for (const path of paths) {
    try {
      const source = describeSource(path);
      if (!source) isComplete = false;
      else if (source.size > 0) sources.push(source);
    } catch (error) {
      unread.push(unreadOf(path, error));
    }
  }
  return { sources, unread, isComplete };
}

/** Opens one file of records. Follows symbolic links, since the user named this file. */
export function openJournalFile(path: string): CaptureReader {
  try {
    const source = describeSource(path, { followsLinks: true });
    return new Journals(source ? [source] : [], []);
  } catch (error) {
    throw new HooksError('unreadable_file', unreadOf(path, error));
  }
}

type UnreadFile = Damage['unread'][number];

function unreadOf(path: string, error: unknown): UnreadFile {
  return { path, reason: whyUnreadable(error) };
}

class Journals implements CaptureReader {
  readonly #sources: readonly JournalSnapshot[];
  readonly #unreadable: readonly UnreadFile[];
  /** Found unreadable in this pass. */
  #unread: UnreadFile[] = [];
  /** Of the lines in the current batch. */
  #batchBytes = 0;
  #damaged = 0;
  #firstDamage: { path: string; offset: number } | undefined;
  /** Captures read in this pass, and in total once `outcomes` has counted them. */
  #passed = 0;
  #captures = 0;

  constructor(sources: readonly JournalSnapshot[], unreadable: readonly UnreadFile[]) {
    this.#sources = sources;
    this.#unreadable = unreadable;
  }

  newestFirst(): AsyncIterable<readonly Entry[]> {
    return this.#batches(() => this.#merge('backward'));
  }

  oldestFirst(): AsyncIterable<readonly Entry[]> {
    return this.#batches(() => this.#merge('forward'));
  }

  outcomes(): AsyncIterable<readonly CaptureOutcome[]> {
    return this.#batches(() => this.#outcomes());
  }

  get progress(): number {
    return this.#captures === 0 ? 0 : this.#passed / this.#captures;
  }

  get damage(): Damage {
    const first = this.#firstDamage;
    return {
      count: this.#damaged,
      first: first && `${basename(first.path)} ${describeLineAt(first.path, first.offset)}`,
      unread: [...this.#unreadable, ...this.#unread],
    };
  }

  /** Small batches first: whoever wants only the newest record does not wait for more. */
  async *#batches<T>(items: () => Iterable<T>): AsyncGenerator<readonly T[]> {
    let batch: T[] = [];
    let size = 8;
    for (const item of items()) {
      batch.push(item);
      if (batch.length < size && this.#batchBytes < BATCH_BYTES) continue;
      yield batch;
      batch = [];
      this.#batchBytes = 0;
      size = Math.min(size * 2, BATCH_SIZE);
    }
    if (batch.length > 0) yield batch;
  }

  /** Resets the counters, which are per pass. */
  #begin(): void {
    this.#batchBytes = 0;
    this.#unread = [];
    this.#damaged = 0;
    this.#firstDamage = undefined;
    this.#passed = 0;
  }

  *#outcomes(): Generator<CaptureOutcome> {
    this.#begin();
    this.#captures = 0;
    const isWanted = (line: Buffer) => {
      const isCapture = line.subarray(0, captureStart.length).equals(captureStart);
      if (isCapture) this.#captures += 1;
      // Lines of other versions are read too, so that a newer version is an error before any work is done.
      return !isCapture;
    };
    for (const source of this.#sources) {
      for (const entry of this.#entries(source, 'forward', { isWanted })) {
        if (entry.kind === 'outcome') yield entry.outcome;
      }
    }
  }

  /** Merges all journals in chronological order. Opens each journal only when its records are due. */
  *#merge(direction: Direction): Generator<Entry> {
    this.#begin();
    const [only, ...others] = this.#sources;
    if (only && others.length === 0) return yield* this.#entries(only, direction);
    const sign = direction === 'forward' ? 1 : -1;
    const bound = ({ first, last }: JournalSnapshot) => (direction === 'forward' ? first : -last);
    const waiting = [...this.#sources].sort((a, b) => bound(a) - bound(b));
    const open: OpenJournal[] = [];
    const advance = (journal: OpenJournal) => {
      const next = journal.rest.next();
      if (next.done) open.splice(open.indexOf(journal), 1);
      else journal.head = next.value;
    };
    try {
      for (;;) {
        const due = nextOf(open, sign);
        if (waiting[0] && (!due || bound(waiting[0]) <= sign * timeOf(due.head))) {
          const source = waiting.shift()!;
          const rest = this.#entries(source, direction, { isHeld: open.length < MAX_HELD });
          const first = rest.next();
          if (!first.done) open.push({ rest, head: first.value, rank: isOfRejected(source.path) ? 1 : 0 });
        } else if (due) {
          yield due.head;
          advance(due);
        } else return;
      }
    } finally {
      for (const { rest } of open) rest.return(undefined);
    }
  }

  /** If the file cannot be read to its end, the rest of it is left out, and counted. */
  *#entries(
    source: JournalSnapshot,
    direction: Direction,
    { isWanted, isHeld = true }: { isWanted?: (line: Buffer) => boolean; isHeld?: boolean } = {},
  ): Generator<Entry, undefined> {
    const file = new OpenFile(source, isHeld);
    try {
      const size = file.open();
      const lines = direction === 'forward' ? linesForward(file, size) : linesBackward(file, size);
      for (const line of lines) {
        if (line.bytes && isWanted && !isWanted(line.bytes)) continue;
        const countDamage = () => this.#countDamage(source, line.offset);
        const entry = readEntry(line.bytes, { path: source.path, countDamage });
        this.#batchBytes += line.bytes?.length ?? 0;
        if (entry?.kind === 'capture') this.#passed += 1;
        if (entry) yield entry;
      }
    } catch (error) {
      if (error instanceof HooksError && error.code === 'newer_captures') throw error;
      // A file that was cleared after the reader was opened is not missed.
      if (!hasCode(error, 'ENOENT')) this.#unread.push(unreadOf(source.path, error));
    } finally {
      file.close();
    }
    return undefined;
  }

  #countDamage(source: JournalSnapshot, offset: number): void {
    this.#damaged += 1;
    this.#firstDamage ??= { path: source.path, offset };
  }
}

/** A journal that is being merged. */
interface OpenJournal {
  readonly rest: Generator<Entry, undefined>;
  /** The entry that is due. */
  head: Entry;
  /** Of records of the same millisecond, those of rejected messages count as later. */
  readonly rank: 0 | 1;
}

/** The journal whose entry comes first; `sign` is -1 for newest first. */
function nextOf(open: readonly OpenJournal[], sign: 1 | -1): OpenJournal | undefined {
  let first: OpenJournal | undefined;
  for (const journal of open) {
    const difference = first ? sign * (timeOf(journal.head) - timeOf(first.head)) : -1;
    if (difference < 0 || (difference === 0 && sign * (journal.rank - first!.rank) < 0)) first = journal;
  }
  return first;
}

/** Beyond this number, files are opened for each block: there is a limit for open files. */
const MAX_HELD = 128;

/** The start of every capture that this program writes. */
const captureStart = Buffer.from('{"v":1,"record":"capture"');
