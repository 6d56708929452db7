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

export type CapturePick =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'all' | 'failed'; readonly filter: Filter }
  | { readonly kind: 'file'; readonly path: string; readonly filter: Filter };

export type Captures = Iterable<Capture> | AsyncIterable<Capture>;

export interface Picked {
  /** In the order of arrival. From stdin, they are yielded as they arrive. */
  captures(): Captures;
  /** Earlier Outcomes; undefined for captures from a file. */
  readonly outcomes: LatestOutcomes | undefined;
  /** Undefined if the number is not known before the last capture. */
  readonly total: number | undefined;
  /** The part that has been read, from 0 to 1. */
  readonly progress: number;
  /** The number of captures that were skipped because the listener had rejected them. */
  readonly rejected: number;
  readonly damage: Damage;
  /** The number of selected captures that could not be read; for a file, every damaged line counts. */
  readonly missed: number;
}

/** Throws HooksError. */
export async function pickCaptures(
  pick: CapturePick,
  { folder, isReadTwice }: { readonly folder: CapturesFolder; readonly isReadTwice: boolean },
  { io, report }: Context,
): Promise<Picked> {
  if (pick.kind === 'file') {
    const isSelected = (head: CaptureHead) => isPicked(head, pick.filter);
    const isFile = true;
    const path = resolve(io.cwd, pick.path);
    const isPlain = pick.path !== '-' && isPlainFile(path);
    if (isPlain) {
      const reader = openJournalFile(path);
      return new PickedByFilter({ reader, entries: () => reader.oldestFirst(), isSelected, isFile });
    }
    if (pick.path === '-' && io.stdin.isTerminal)
      report.note('reading captures from the terminal. Press Ctrl-D to finish');
    const chunks = pick.path === '-' ? io.stdin.stream() : openFile(pick.path, io.cwd);
    const buffered = isReadTwice ? await allOf(chunks) : chunks;
    const stream = new CaptureStream(() => buffered);
    return new PickedByFilter({ reader: stream, entries: () => stream.entries(), isSelected, isFile });
  }
  const reader = openJournals(folder.path);
  const outcomes = new LatestOutcomes(reader);
  if (pick.kind === 'ids') return pickByIds(pick.ids, { reader, folder, outcomes });
  const isSelected = (head: CaptureHead) => isPicked(head, pick.filter);
  const entries = () => reader.oldestFirst();
  if (pick.kind === 'all') return new PickedByFilter({ reader, entries, isSelected, outcomes });
  const rejected = new Set<string>();
  const undelivered = undeliveredCaptures(reader, outcomes, (head) => {
    if (wasRejected(head)) rejected.add(head.id);
    return isSelected(head);
  });
  return new PickedByFilter({
    reader,
    entries,
    isSelected: ({ id }) => undelivered.has(id),
    outcomes,
    total: [...undelivered].filter((id) => !rejected.has(id)).length,
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
  isSelected(head: CaptureHead): boolean;
  readonly outcomes?: LatestOutcomes;
  readonly total?: number;
  /** Whether the captures come from a file named by the user. */
  readonly isFile?: boolean;
}

class PickedByFilter implements Picked {
  readonly outcomes: LatestOutcomes | undefined;
  readonly #source: CaptureSource;
  #rejected = 0;
  #unread = 0;

  constructor(source: CaptureSource) {
    this.#source = source;
    this.outcomes = source.outcomes;
  }

  captures(): Captures {
    this.#rejected = 0;
    this.#unread = 0;
    const entries = this.#source.entries();
    return Symbol.iterator in entries ? this.#readNow(entries) : this.#readAsync(entries);
  }

  *#readNow(entries: Iterable<Entry>): Generator<Capture> {
    for (const entry of entries) {
      const capture = this.#select(entry);
      if (capture) yield capture;
    }
  }

  async *#readAsync(entries: AsyncIterable<Entry>): AsyncGenerator<Capture> {
    for await (const entry of entries) {
      const capture = this.#select(entry);
      if (capture) yield capture;
    }
  }

  #select(entry: Entry): Capture | undefined {
    if (entry.kind !== 'capture' || !this.#source.isSelected(entry.head)) return undefined;
    if (wasRejected(entry.head)) {
      this.#rejected += 1;
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

  get rejected(): number {
    return this.#rejected;
  }

  get damage(): Damage {
    return this.#source.reader.damage;
  }

  get missed(): number {
    return this.#source.isFile ? this.damage.count : this.#unread;
  }
}

/** Whether the listener rejected it. With --accept-unverified, unverified messages are accepted and can be replayed. */
function wasRejected({ verified, status }: CaptureHead): boolean {
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
    rejected: 0,
    damage: { count: 0, first: undefined },
    missed: 0,
  };
}
