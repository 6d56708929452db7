import { closeSync } from 'node:fs';
import { basename } from 'node:path';
import type { CaptureOutcome } from '../record.ts';
import { readEntry } from '../record-format.ts';
import type { CaptureReader, Damage, Entry } from '../store.ts';
import { lineNumberAt, linesBackward, linesForward } from './file-lines.ts';
import { journalsIn } from './folder.ts';
import { describeSource, type JournalFile, openSource } from './source.ts';

type Direction = 'forward' | 'backward';

/** Opens all journals of a folder for reading. A missing folder has none. */
export function openJournals(folder: string): CaptureReader {
  return new Journals(
    journalsIn(folder)
      .map((path) => describeSource(path))
      .filter(({ size }) => size > 0),
  );
}

/** Opens one file of records. Follows symbolic links, since the user named this file. */
export function openJournalFile(path: string): CaptureReader {
  return new Journals([describeSource(path, { followsLinks: true })]);
}

class Journals implements CaptureReader {
  readonly #sources: readonly JournalFile[];
  #damaged = 0;
  #firstDamage: { path: string; offset: number } | undefined;
  /** Captures read in this pass, and in total once `outcomes` has counted them. */
  #passed = 0;
  #captures = 0;

  constructor(sources: readonly JournalFile[]) {
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
      // Lines of other versions are read too, so that a newer version is an error before any work is done.
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

  /** Resets the counters, which are per pass. */
  #begin(): void {
    this.#damaged = 0;
    this.#firstDamage = undefined;
    this.#passed = 0;
  }

  /** Merges all journals in chronological order. Opens each journal only when its records are due. */
  *#merge(direction: Direction): Generator<Entry> {
    this.#begin();
    const [only, ...others] = this.#sources;
    if (only && others.length === 0) return yield* this.#entries(only, direction);
    const isForward = direction === 'forward';
    const bound = ({ first, last }: JournalFile) => (isForward ? first : -last);
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
    source: JournalFile,
    direction: Direction,
    isWanted: (line: Buffer) => boolean = () => true,
  ): Generator<Entry, undefined> {
    const fd = openSource(source);
    // The file was cleared after the reader was opened.
    if (fd === undefined) return undefined;
    const lines = direction === 'forward' ? linesForward(fd, source.size) : linesBackward(fd, source.size);
    try {
      for (const line of lines) {
        if (line.bytes && !isWanted(line.bytes)) continue;
        const countDamage = () => this.#countDamage(source, line.offset);
        const entry = readEntry(line.bytes, { path: source.path, countDamage });
        if (entry?.kind === 'capture') this.#passed += 1;
        if (entry) yield entry;
      }
      return undefined;
    } finally {
      closeSync(fd);
    }
  }

  #countDamage(source: JournalFile, offset: number): void {
    this.#damaged += 1;
    this.#firstDamage ??= { path: source.path, offset };
  }
}

/** The start of every capture that this program writes. */
const captureStart = Buffer.from('{"v":1,"record":"capture"');

function timeOf(entry: Entry): number {
  return entry.kind === 'capture' ? entry.head.time : entry.outcome.time;
}
