import type { CaptureOutcome } from '../record.ts';
import type { CaptureReader, Damage, Direction, Entry, FoundEntry } from '../store.ts';
import { itemsOf, type RedisConnection, textOf } from './connection.ts';
import { entryIn } from './entries.ts';
import {
  compareIds,
  dayOf,
  FIRST_ID,
  PageSize,
  pairOf,
  recordsOf,
  type StoreKeys,
  type StreamId,
  type StreamRecord,
  streamsIn,
  timeOfId,
} from './streams.ts';

/** A stream, up to the last record that it had when the reader was opened. */
interface ReadStream {
  readonly key: string;
  readonly last: StreamId;
}

/** Opens the streams of a store as they are now. */
export async function openStreams(connection: RedisConnection, keys: StoreKeys): Promise<CaptureReader> {
  const names = await streamsIn(connection, keys);
  const [first, count, ...ends] = await Promise.all([
    connection.send('XRANGE', keys.captures, '-', '+', 'COUNT', '1'),
    connection.send('XLEN', keys.captures),
    ...names.map((key) => connection.send('XREVRANGE', key, '+', '-', 'COUNT', '1')),
  ]);
  const streams = names.flatMap((key, index): ReadStream[] => {
    const [end] = recordsOf(ends[index]);
    return end ? [{ key, last: end.id }] : [];
  });
  const since = recordsOf(first)[0]?.id ?? FIRST_ID;
  return new Streams(connection, keys, { streams, since, count: Number(count) });
}

interface Opened {
  readonly streams: readonly ReadStream[];
  /** Of the oldest capture. */
  readonly since: StreamId;
  /** Of verified captures. */
  readonly count: number;
}

class Streams implements CaptureReader {
  readonly #connection: RedisConnection;
  readonly #keys: StoreKeys;
  readonly #opened: Opened;
  #passed = 0;
  #damaged = 0;
  #firstDamage: string | undefined;

  constructor(connection: RedisConnection, keys: StoreKeys, opened: Opened) {
    this.#connection = connection;
    this.#keys = keys;
    this.#opened = opened;
  }

  newestFirst(): AsyncIterable<readonly Entry[]> {
    return this.#entries(this.#opened.streams, 'backward');
  }

  oldestFirst(): AsyncIterable<readonly Entry[]> {
    return this.#entries(this.#opened.streams, 'forward');
  }

  async *outcomes(follower?: string): AsyncGenerator<readonly CaptureOutcome[]> {
    const { outcomes } = this.#keys;
    const isWanted = ({ key }: ReadStream) =>
      key === outcomes ||
      (follower === undefined ? key.startsWith(`${outcomes}:`) : key === this.#keys.outcomesOf(follower));
    for await (const batch of this.#entries(this.#opened.streams.filter(isWanted), 'forward'))
      yield batch.flatMap((entry) => (entry.kind === 'outcome' ? [entry.outcome] : []));
  }

  async find(ids: readonly string[]): Promise<readonly (FoundEntry | undefined)[]> {
    const { streams, since } = this.#opened;
    const last = streams.map(({ last }) => last).reduce((a, b) => (compareIds(a, b) > 0 ? a : b), FIRST_ID);
    const days = daysBetween(timeOfId(since), timeOfId(last));
    const replies = await Promise.all(
      days.map((day) => this.#connection.send('HMGET', this.#keys.idsOn(day), ...ids)),
    );
    const places = ids.map((_id, index) =>
      replies
        .flatMap((reply) => itemsOf(reply)[index] ?? [])
        .map(textOf)
        .at(-1),
    );
    return Promise.all(places.map((place) => (place === undefined ? undefined : this.#at(place))));
  }

  get progress(): number {
    return this.#opened.count === 0 ? 0 : Math.min(1, this.#passed / this.#opened.count);
  }

  get damage(): Damage {
    return { count: this.#damaged, first: this.#firstDamage, unread: [] };
  }

  /** The Capture with an id in the stream of captures or of rejected messages. */
  async #at(id: StreamId): Promise<FoundEntry | undefined> {
    for (const key of [this.#keys.captures, this.#keys.rejected]) {
      const [record] = recordsOf(await this.#connection.send('XRANGE', key, id, id));
      const entry = record && this.#entryOf(key, record);
      if (entry?.kind === 'capture') return { entry, order: pairOf(id) };
    }
    return undefined;
  }

  async *#entries(streams: readonly ReadStream[], direction: Direction): AsyncGenerator<readonly Entry[]> {
    this.#passed = 0;
    this.#damaged = 0;
    this.#firstDamage = undefined;
    const sources = streams.map((stream) => new Source(this.#connection, stream, direction));
    const sign = direction === 'forward' ? 1 : -1;
    for (;;) {
      await Promise.all(sources.map((source) => source.fill()));
      const batch: Entry[] = [];
      // Until one has to read on, because its next record may be due first.
      for (let due = nextOf(sources, sign); due; due = nextOf(sources, sign)) {
        const entry = this.#entryOf(due.key, due.take());
        if (entry?.kind === 'capture') this.#passed += 1;
        if (entry) batch.push(entry);
        if (due.needsMore) break;
      }
      if (batch.length > 0) yield batch;
      if (sources.every(({ isAtEnd }) => isAtEnd)) return;
    }
  }

  #entryOf(key: string, record: StreamRecord): Entry | undefined {
    return entryIn(key, record, this.#keys, () => {
      this.#damaged += 1;
      this.#firstDamage ??= `record ${record.id} of ${key}`;
    });
  }
}

function daysBetween(first: number, last: number): string[] {
  const days: string[] = [];
  for (let ms = Math.max(first, last - MAX_DAYS * DAY_MS); ms < last + DAY_MS; ms += DAY_MS)
    days.push(dayOf(ms));
  return days;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Older ids are searched for in the stream. */
const MAX_DAYS = 60;

/** Reads one stream page by page. */
class Source {
  readonly key: string;
  readonly #connection: RedisConnection;
  readonly #direction: Direction;
  readonly #last: StreamId;
  readonly #size = new PageSize();
  #records: StreamRecord[] = [];
  #from: string | undefined;
  #hasMore = true;

  constructor(connection: RedisConnection, { key, last }: ReadStream, direction: Direction) {
    this.key = key;
    this.#connection = connection;
    this.#direction = direction;
    this.#last = last;
  }

  /** Whether the next record has to be read first. */
  get needsMore(): boolean {
    return this.#records.length === 0 && this.#hasMore;
  }

  get isAtEnd(): boolean {
    return this.#records.length === 0 && !this.#hasMore;
  }

  get next(): StreamRecord | undefined {
    return this.#records[0];
  }

  take(): StreamRecord {
    return this.#records.shift()!;
  }

  async fill(): Promise<void> {
    if (!this.needsMore) return;
    const { count } = this.#size;
    const range =
      this.#direction === 'forward'
        ? ['XRANGE', this.key, this.#from ?? '-', this.#last]
        : ['XREVRANGE', this.key, this.#from ?? this.#last, '-'];
    this.#records = recordsOf(await this.#connection.send(...range, 'COUNT', String(count)));
    this.#size.adapt(this.#records);
    this.#hasMore = this.#records.length === count;
    const end = this.#records.at(-1);
    if (end) this.#from = `(${end.id}`;
  }
}

/** The source whose record comes first; `sign` is -1 for newest first. */
function nextOf(sources: readonly Source[], sign: 1 | -1): Source | undefined {
  let first: Source | undefined;
  for (const source of sources) {
    if (!source.next) continue;
    if (!first || sign * compareIds(source.next.id, first.next!.id) < 0) first = source;
  }
  return first;
}
