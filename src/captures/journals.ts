import { closeSync, constants, createReadStream, fstatSync, openSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { HooksError } from '../errors.ts';
import { hasCode, whyUnreadable } from '../io.ts';
import { beginningOf, journalsIn } from './folder.ts';
import { type Line, lineNumberAt, linesBackward, linesForward } from './lines.ts';
import { readRecord } from './read-record.ts';
import type { CaptureOutcome } from './record.ts';
import type { CaptureReader, Damage, Entry } from './store.ts';

/** A journal as it was when the reader was opened. */
interface Source {
  readonly path: string;
  readonly followsLinks: boolean;
  readonly size: number;
  /** None of its records is earlier or later than these, in milliseconds since 1970. */
  readonly first: number;
  readonly last: number;
}

type Direction = 'forward' | 'backward';

/** Opens all journals of a folder for reading; none when there is no such folder. Throws HooksError. */
export function openJournals(folder: string): CaptureReader {
  return new Journals(
    journalsIn(folder)
      .map((path) => describe(path))
      .filter(({ size }) => size > 0),
  );
}

/** Opens one file of records, whoever wrote it and wherever a link to it leads. Throws HooksError. */
export function openJournalFile(path: string): CaptureReader {
  return new Journals([describe(path, { followsLinks: true })]);
}

/** Whether a path leads to a file that can be read again and again; a pipe cannot. Throws HooksError. */
export function isPlainFile(path: string): boolean {
  try {
    const file = statSync(path);
    if (file.isDirectory()) throw new HooksError('unreadable_file', { path, reason: 'it is a folder' });
    return file.isFile();
  } catch (error) {
    if (error instanceof HooksError) throw error;
    throw new HooksError('unreadable_file', { path, reason: whyUnreadable(error) });
  }
}

/** Reads a pipe that has a path, piece by piece. */
export function streamFile(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path);
}

class Journals implements CaptureReader {
  readonly #sources: readonly Source[];
  #damaged = 0;
  #firstDamage: { path: string; offset: number } | undefined;
  /** Captures that this pass came to, and all of them, once `outcomes` has counted them. */
  #passed = 0;
  #captures = 0;

  constructor(sources: readonly Source[]) {
    this.#sources = sources;
  }

  newestFirst(): Iterable<Entry> {
    return this.#merge('backward');
  }

  oldestFirst(): Iterable<Entry> {
    return this.#merge('forward');
  }

  *outcomes(): Iterable<CaptureOutcome> {
    this.#begin();
    this.#captures = 0;
    const isWanted = (line: Buffer) => {
      const isCapture = line.subarray(0, captureStart.length).equals(captureStart);
      if (isCapture) this.#captures += 1;
      // Lines of other versions are read too, so that these are refused before anything is done.
      return !isCapture;
    };
    for (const source of this.#sources) {
      for (const entry of this.#entries(source, 'forward', isWanted)) {
        if (entry.kind === 'outcome') yield entry.outcome;
      }
    }
  }

  get progress(): number {
    return this.#captures === 0 ? 0 : this.#passed / this.#captures;
  }

  get damage(): Damage {
    const first = this.#firstDamage;
    return {
      count: this.#damaged,
      first: first && `${basename(first.path)} line ${lineNumberAt(first.path, first.offset)}`,
    };
  }

  /** What is counted is counted for one pass. */
  #begin(): void {
    this.#damaged = 0;
    this.#firstDamage = undefined;
    this.#passed = 0;
  }

  /** Records of all journals in order of time. A journal is opened only when the order comes to it. */
  *#merge(direction: Direction): Generator<Entry> {
    this.#begin();
    const [only, ...others] = this.#sources;
    if (only && others.length === 0) return yield* this.#entries(only, direction);
    const isForward = direction === 'forward';
    const bound = ({ first, last }: Source) => (isForward ? first : -last);
    const waiting = [...this.#sources].sort((a, b) => bound(a) - bound(b));
    const open: Generator<Entry, undefined>[] = [];
    const heads: Entry[] = [];
    const advance = (index: number) => {
      const next = open[index]!.next();
      if (next.done) {
        open.splice(index, 1);
        heads.splice(index, 1);
      } else heads[index] = next.value;
    };
    try {
      for (;;) {
        const places = heads.map((entry) => (isForward ? timeOf(entry) : -timeOf(entry)));
        const place = Math.min(...places);
        if (waiting[0] && bound(waiting[0]) <= place) {
          open.push(this.#entries(waiting.shift()!, direction));
          advance(open.length - 1);
        } else if (heads.length > 0) {
          const index = places.indexOf(place);
          yield heads[index]!;
          advance(index);
        } else return;
      }
    } finally {
      for (const entries of open) entries.return(undefined);
    }
  }

  *#entries(
    source: Source,
    direction: Direction,
    isWanted: (line: Buffer) => boolean = () => true,
  ): Generator<Entry, undefined> {
    const fd = openForReading(source);
    // Cleared since the reader was opened.
    if (fd === undefined) return undefined;
    const lines = direction === 'forward' ? linesForward(fd, source.size) : linesBackward(fd, source.size);
    try {
      for (const line of lines) {
        if (line.bytes && !isWanted(line.bytes)) continue;
        const entry = this.#read(source, line);
        if (entry?.kind === 'capture') this.#passed += 1;
        if (entry) yield entry;
      }
      return undefined;
    } finally {
      closeSync(fd);
    }
  }

  #read(source: Source, { offset, bytes }: Line): Entry | undefined {
    const record = bytes ? readRecord(bytes) : ({ kind: 'damaged' } as const);
    switch (record.kind) {
      case 'newer':
        throw new HooksError('newer_captures', { path: source.path, version: record.version });
      case 'damaged':
        this.#countDamage(source, offset);
        return undefined;
      case 'other':
        return undefined;
      case 'outcome':
        return record;
      case 'capture':
        return {
          ...record,
          load: () => {
            const capture = record.load();
            if (!capture) this.#countDamage(source, offset);
            return capture;
          },
        };
    }
  }

  #countDamage(source: Source, offset: number): void {
    this.#damaged += 1;
    this.#firstDamage ??= { path: source.path, offset };
  }
}

function describe(path: string, { followsLinks = false } = {}): Source {
  const fd = openForReading({ path, followsLinks });
  if (fd === undefined) return { path, followsLinks, size: 0, first: 0, last: 0 };
  try {
    const { size, mtimeMs } = fstatSync(fd);
    // Nothing in it is later than its last change, but for the file system's clock, which ticks more slowly.
    return {
      path,
      followsLinks,
      size,
      first: beginningOf(path) ?? Number.NEGATIVE_INFINITY,
      last: mtimeMs + 1000,
    };
  } finally {
    closeSync(fd);
  }
}

/** Undefined for a file that is not there any more. */
function openForReading({ path, followsLinks }: Pick<Source, 'path' | 'followsLinks'>): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | (followsLinks ? 0 : constants.O_NOFOLLOW));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw new HooksError('unreadable_file', { path, reason: whyUnreadable(error) });
  }
}

/** Every capture of ours begins so. */
const captureStart = Buffer.from('{"v":1,"record":"capture"');

function timeOf(entry: Entry): number {
  return entry.kind === 'capture' ? entry.head.time : entry.outcome.time;
}
