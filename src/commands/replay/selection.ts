import { resolve } from 'node:path';
import { type Filter, findCaptures, isPicked } from '../../captures/find.ts';
import { openJournalFile, openJournals } from '../../captures/journal/reader.ts';
import { isPlainFile } from '../../captures/journal/source.ts';
import { LatestOutcomes, undeliveredCaptures } from '../../captures/outcomes.ts';
import type { Capture, CaptureHead } from '../../captures/record.ts';
import type { CaptureReader, Damage, Entry } from '../../captures/store.ts';
import { CaptureStream } from '../../captures/stream.ts';
import type { CapturesFolder } from '../../config/captures.ts';
import { openFile } from '../../input/bytes.ts';
import type { Context } from '../context.ts';

/** Which captures are meant. */
export type CapturePick =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'all' | 'failed'; readonly filter: Filter }
  | { readonly kind: 'file'; readonly path: string; readonly filter: Filter };

export type Captures = Iterable<Capture> | AsyncIterable<Capture>;

/** Captures that were picked. */
export interface Picked {
  /** In the order in which they came. Those of stdin are waited for. */
  captures(): Captures;
  /** What apps did with them before; undefined for those of a file. */
  readonly outcomes: LatestOutcomes | undefined;
  /** How many there are; undefined when that is not known before the last. */
  readonly total: number | undefined;
  /** How far they are read, from 0 to 1. */
  readonly progress: number;
  /** How many were left out since they had been refused when they came. */
  readonly refused: number;
  readonly damage: Damage;
  /** Of what was meant, how many could not be read; of a file, all of its lines are meant. */
  readonly missed: number;
}

/** Finds what is to be replayed. Throws HooksError. */
export async function pickCaptures(
  pick: CapturePick,
  { folder, isReadTwice }: { readonly folder: CapturesFolder; readonly isReadTwice: boolean },
  { io, report }: Context,
): Promise<Picked> {
  if (pick.kind === 'file') {
    const isMeant = (head: CaptureHead) => isPicked(head, pick.filter);
    const isFile = true;
    const path = resolve(io.cwd, pick.path);
    const isPlain = pick.path !== '-' && isPlainFile(path);
    if (isPlain) {
      const reader = openJournalFile(path);
      return new PickedByFilter({ reader, entries: () => reader.oldestFirst(), isMeant, isFile });
    }
    if (pick.path === '-' && io.stdin.isTerminal)
      report.note('reading captures from the keyboard, Ctrl-D ends it');
    const chunks = pick.path === '-' ? io.stdin.stream() : openFile(pick.path, io.cwd);
    const held = isReadTwice ? await allOf(chunks) : chunks;
    const stream = new CaptureStream(() => held);
    return new PickedByFilter({ reader: stream, entries: () => stream.entries(), isMeant, isFile });
  }
  const reader = openJournals(folder.path);
  const outcomes = new LatestOutcomes(reader);
  if (pick.kind === 'ids') return pickByIds(pick.ids, { reader, folder, outcomes });
  const isMeant = (head: CaptureHead) => isPicked(head, pick.filter);
  const entries = () => reader.oldestFirst();
  if (pick.kind === 'all') return new PickedByFilter({ reader, entries, isMeant, outcomes });
  const owed = undeliveredCaptures(reader, outcomes, isMeant);
  return new PickedByFilter({
    reader,
    entries,
    isMeant: ({ id }) => owed.has(id),
    outcomes,
    total: owed.size,
  });
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

interface CaptureSource {
  readonly reader: { readonly progress: number; readonly damage: Damage };
  entries(): Iterable<Entry> | AsyncIterable<Entry>;
  isMeant(head: CaptureHead): boolean;
  readonly outcomes?: LatestOutcomes;
  readonly total?: number;
  /** Whether it is a file that was named, all of which is meant. */
  readonly isFile?: boolean;
}

class PickedByFilter implements Picked {
  readonly outcomes: LatestOutcomes | undefined;
  readonly #source: CaptureSource;
  #refused = 0;
  #unread = 0;

  constructor(source: CaptureSource) {
    this.#source = source;
    this.outcomes = source.outcomes;
  }

  captures(): Captures {
    this.#refused = 0;
    this.#unread = 0;
    const entries = this.#source.entries();
    return Symbol.iterator in entries ? this.#taken(entries) : this.#awaited(entries);
  }

  *#taken(entries: Iterable<Entry>): Generator<Capture> {
    for (const entry of entries) {
      const capture = this.#take(entry);
      if (capture) yield capture;
    }
  }

  async *#awaited(entries: AsyncIterable<Entry>): AsyncGenerator<Capture> {
    for await (const entry of entries) {
      const capture = this.#take(entry);
      if (capture) yield capture;
    }
  }

  #take(entry: Entry): Capture | undefined {
    if (entry.kind !== 'capture' || !this.#source.isMeant(entry.head)) return undefined;
    if (wasRefused(entry.head)) {
      this.#refused += 1;
      return undefined;
    }
    const capture = entry.load();
    if (!capture) this.#unread += 1;
    return capture;
  }

  get total(): number | undefined {
    return this.#source.total;
  }

  get progress(): number {
    return this.#source.reader.progress;
  }

  get refused(): number {
    return this.#refused;
  }

  get damage(): Damage {
    return this.#source.reader.damage;
  }

  get missed(): number {
    return this.#source.isFile ? this.damage.count : this.#unread;
  }
}

/** Whether the listener answered that it does not believe a message; one that it was told to take is another matter. */
function wasRefused({ verified, status }: CaptureHead): boolean {
  return !verified && status === 401;
}

function pickByIds(
  ids: readonly string[],
  { reader, folder, outcomes }: { reader: CaptureReader; folder: CapturesFolder; outcomes: LatestOutcomes },
): Picked {
  const found = new Map(findCaptures(ids, reader, folder.name).map((each) => [each.newer, each.capture]));
  const ordered = [...found].sort(([a], [b]) => b - a).map(([, capture]) => capture);
  let done = 0;
  return {
    *captures() {
      done = 0;
      for (const capture of ordered) {
        done += 1;
        yield capture;
      }
    },
    outcomes,
    total: ordered.length,
    get progress() {
      return done / ordered.length;
    },
    refused: 0,
    damage: { count: 0, first: undefined },
    missed: 0,
  };
}
