import { resolve } from 'node:path';
import { type Filter, isPicked } from '../../captures/filter.ts';
import { openJournalFile } from '../../captures/journal/reader.ts';
import { isPlainFile } from '../../captures/journal/source.ts';
import { LatestOutcomes, undeliveredCaptures } from '../../captures/outcomes.ts';
import type { Capture, CaptureHead } from '../../captures/record.ts';
import {
  type CaptureReader,
  type CaptureStore,
  type Damage,
  type Entry,
  wasRejected,
} from '../../captures/store.ts';
import { CaptureStream } from '../../captures/stream.ts';
import { HooksError } from '../../errors.ts';
import { openFile } from '../../input/bytes.ts';
import type { Context } from '../context.ts';
import { findNoted } from '../find-noted.ts';

export type CapturePick =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'all'; readonly filter: Filter }
  | {
      readonly kind: 'failed';
      readonly filter: Filter;
      /** Only those that were forwarded to this URL, or to none if null; all if undefined. */
      readonly forwardedTo?: string | null;
    }
  | { readonly kind: 'follow'; readonly filter: Filter }
  | { readonly kind: 'file'; readonly path: string; readonly filter: Filter };

/** How captures are picked. */
interface PickOptions {
  readonly store: CaptureStore;
  /** Whose earlier Outcomes count, beside those of the listener. */
  readonly follower: string;
  readonly isReadTwice: boolean;
  /** Whether a Capture may be sent: it verifies, or nothing is re-signed, or the user trusts it. */
  isTrusted(capture: Capture): boolean;
}

export interface Picked {
  /**
   * In the order of arrival, in the groups in which they are read; from stdin, as they arrive. Each capture is loaded
   * when it is taken from its group, which ends before the next group is read.
   */
  groups(): AsyncIterable<Iterable<Capture>>;
  /** Earlier Outcomes; undefined for captures from a file. */
  readonly outcomes: LatestOutcomes | undefined;
  /** Undefined if the number is not known before the last capture. It shrinks by those that are not trusted. */
  readonly total: number | undefined;
  /** The part that has been read, from 0 to 1. */
  readonly progress: number;
  readonly skipped: Skipped;
  readonly damage: Damage;
  /** The number of selected captures that could not be read; for a file, every damaged line counts. */
  readonly missed: number;
}

/** The numbers of selected captures that are not sent. */
export interface Skipped {
  /** The listener had rejected them. */
  readonly rejected: number;
  /** They do not verify with the secrets. */
  readonly untrusted: number;
}

/** Throws HooksError. */
export async function pickCaptures(
  pick: CapturePick,
  options: PickOptions,
  context: Context,
): Promise<Picked> {
  if (pick.kind === 'file') return pickFromFile(pick, options, context);
  const { store, follower, isTrusted } = options;
  const reader = await store.openReader();
  const outcomes = await LatestOutcomes.read(reader, follower);
  if (pick.kind === 'ids') return pickByIds(pick.ids, { reader, store, outcomes, isTrusted }, context);
  const isSelected = (head: CaptureHead) => isPicked(head, pick.filter);
  if (pick.kind === 'all') return new PickedByFilter({ reader, isSelected, outcomes, isTrusted });
  const rejected = new Set<string>();
  const forwardedTo = pick.kind === 'failed' ? pick.forwardedTo : undefined;
  const undelivered = await undeliveredCaptures(reader, outcomes, (head) => {
    if (wasRejected(head)) rejected.add(head.id);
    return isSelected(head) && (forwardedTo === undefined || head.forwardTo === forwardedTo);
  });
  return new PickedByFilter({
    reader,
    isSelected: ({ id }) => undelivered.has(id),
    outcomes,
    isTrusted,
    total: [...undelivered].filter((id) => !rejected.has(id)).length,
  });
}

async function pickFromFile(
  pick: Extract<CapturePick, { kind: 'file' }>,
  { isReadTwice, isTrusted }: PickOptions,
  { io, report }: Context,
): Promise<Picked> {
  const selection = {
    isSelected: (head: CaptureHead) => isPicked(head, pick.filter),
    isTrusted,
    isFile: true,
  };
  const path = resolve(io.cwd, pick.path);
  if (pick.path !== '-' && isPlainFile(path))
    return new PickedByFilter({ reader: openJournalFile(path), ...selection });
  if (pick.path === '-' && io.stdin.isTerminal)
    report.note('reading captures from the terminal. Press Ctrl-D to finish');
  const chunks = pick.path === '-' ? io.stdin.stream() : openFile(pick.path, io.cwd);
  const buffered = isReadTwice ? await allOf(chunks) : chunks;
  return new PickedByFilter({ reader: new CaptureStream(() => buffered), ...selection });
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

interface CaptureSource extends Pick<PickOptions, 'isTrusted'> {
  readonly reader: Pick<CaptureReader, 'oldestFirst' | 'progress' | 'damage'>;
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
  #untrusted = 0;
  #unread = 0;

  constructor(source: CaptureSource) {
    this.#source = source;
    this.outcomes = source.outcomes;
  }

  async *groups(): AsyncGenerator<Iterable<Capture>> {
    this.#rejected = 0;
    this.#untrusted = 0;
    this.#unread = 0;
    for await (const batch of this.#source.reader.oldestFirst()) yield this.#selectFrom(batch);
  }

  *#selectFrom(batch: readonly Entry[]): Generator<Capture> {
    for (const entry of batch) {
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
    else if (!this.#source.isTrusted(capture)) {
      this.#untrusted += 1;
      return undefined;
    }
    return capture;
  }

  get total(): number | undefined {
    const { total } = this.#source;
    return total === undefined ? undefined : total - this.#untrusted;
  }

  get progress(): number {
    return this.#source.reader.progress;
  }

  get skipped(): Skipped {
    return { rejected: this.#rejected, untrusted: this.#untrusted };
  }

  get damage(): Damage {
    return this.#source.reader.damage;
  }

  get missed(): number {
    const { count, unread } = this.damage;
    return this.#source.isFile ? count + unread.length : this.#unread + unread.length;
  }
}

interface IdSearch extends Pick<PickOptions, 'store' | 'isTrusted'> {
  readonly reader: CaptureReader;
  readonly outcomes: LatestOutcomes;
}

async function pickByIds(
  ids: readonly string[],
  { reader, store, outcomes, isTrusted }: IdSearch,
  { report }: Context,
): Promise<Picked> {
  const search = { reader, place: store.name };
  const searched = await findNoted(ids, search, report).catch(async (error) => {
    throw (await import('../mistaken-id.ts')).mistakenId(error, ids, 'replay');
  });
  const found = new Map(searched.map((each) => [each.newer, each.capture]));
  const ordered = [...found].sort(([a], [b]) => b - a).map(([, capture]) => capture);
  for (const capture of ordered) {
    const { id, verified, reason, truncated } = capture;
    if (truncated) throw new HooksError('truncated_capture', { id, bytes: capture.bodyBytes ?? 0 });
    if (!isTrusted(capture))
      throw new HooksError('untrusted_capture', { id, reason: verified ? null : reason });
  }
  let done = 0;
  return {
    async *groups() {
      done = 0;
      for (const capture of ordered) {
        done += 1;
        yield [capture];
      }
    },
    outcomes,
    total: ordered.length,
    get progress() {
      return done / ordered.length;
    },
    skipped: { rejected: 0, untrusted: 0 },
    damage: { count: 0, first: undefined, unread: [] },
    missed: 0,
  };
}
