import { HooksError } from '../../errors.ts';
import { parseJson } from '../../json.ts';
import { pause } from '../../pause.ts';
import type { Entry, FollowedBatch } from '../store.ts';
import { itemsOf, membersOf, type RedisConnection, textOf } from './connection.ts';
import { entryIn } from './entries.ts';
import {
  compareIds,
  FIRST_ID,
  PageSize,
  recordsOf,
  type StoreKeys,
  type StreamId,
  type StreamRecord,
  streamsIn,
} from './streams.ts';

/** How long a read waits at the server, in ms. */
const BLOCK_MS = 5000;
/** The waits between attempts to reach the server again, in ms; the last one repeats. */
const RECONNECT_WAITS_MS = [250, 500, 1000, 2000, 5000];

/** New records of a store until `stop` aborts. Waits for a server that cannot be reached. Throws HooksError. */
export async function* followStreams(
  connection: RedisConnection,
  keys: StoreKeys,
  after: string | undefined,
  stop: AbortSignal,
): AsyncGenerator<FollowedBatch> {
  const follower = new StreamFollower(connection, keys, after);
  const end = () => connection.drop();
  stop.addEventListener('abort', end);
  let failures = 0;
  try {
    while (!stop.aborted) {
      try {
        const wasLost = failures > 0;
        const batch = await follower.read(wasLost ? 1 : BLOCK_MS);
        failures = 0;
        if (wasLost) yield { ...(batch ?? nothingAt(follower.cursor)), link: 'restored' };
        else if (batch) yield batch;
      } catch (error) {
        if (stop.aborted) return;
        if (!isLost(error)) throw error;
        if (failures === 0) yield { ...nothingAt(follower.cursor), link: 'lost', reason: reasonOf(error) };
        connection.drop();
        follower.shrink();
        await pause(RECONNECT_WAITS_MS[Math.min(failures, RECONNECT_WAITS_MS.length - 1)]!, stop);
        failures += 1;
      }
    }
  } finally {
    stop.removeEventListener('abort', end);
  }
}

function nothingAt(cursor: string): FollowedBatch {
  return { entries: [], cursor, hasGap: false };
}

/** Replies of a cluster, and of a server without Streams: they stay the same. */
const lasting = /^(?:MOVED|ASK|CROSSSLOT|ERR unknown command)\b/;

/** Whether another attempt may succeed. */
function isLost(error: unknown): boolean {
  if (!(error instanceof HooksError)) return false;
  if (error.code === 'store_unavailable') return !lasting.test(error.detail);
  return error.code === 'store_unreachable';
}

function isKeyInUse(error: unknown): boolean {
  return error instanceof HooksError && error.code === 'store_key_in_use';
}

function reasonOf(error: unknown): string {
  return error instanceof HooksError ? error.detail : String(error);
}

/** How far a stream has been read. */
interface StreamPosition {
  readonly id: StreamId;
  /** How many records had been added to the stream up to this one: a difference shows what was removed unread. */
  readonly added: number;
}

class StreamFollower {
  readonly #connection: RedisConnection;
  readonly #keys: StoreKeys;
  readonly #positions: Map<string, StreamPosition>;
  readonly #size = new PageSize();
  /** Whether new streams begin with their first record, rather than with what comes from now on. */
  #isFromBeginning: boolean;
  #hasBegun = false;
  #damaged = 0;
  readonly #countDamage = () => {
    this.#damaged += 1;
  };

  constructor(connection: RedisConnection, keys: StoreKeys, after: string | undefined) {
    this.#connection = connection;
    this.#keys = keys;
    this.#isFromBeginning = after !== undefined;
    this.#positions = readCursor(after ?? '');
  }

  get cursor(): string {
    const streams = Object.fromEntries(
      [...this.#positions].map(([key, { id, added }]) => [key, [id, added]]),
    );
    return JSON.stringify({ v: 1, streams });
  }

  /** After a lost connection. */
  shrink(): void {
    this.#size.shrink();
  }

  /** The next records in the order of the server; undefined if there were none for `blockMs`. */
  async read(blockMs: number): Promise<FollowedBatch | undefined> {
    const isFirst = !this.#hasBegun;
    let hasGap = false;
    // Each time, because followers that begin later add streams.
    for (const key of await streamsIn(this.#connection, this.#keys)) {
      if (!this.#positions.has(key)) this.#positions.set(key, await this.#beginningOf(key));
      else if (isFirst && (await this.#closeGap(key, []))) hasGap = true;
    }
    this.#hasBegun = true;
    this.#isFromBeginning = true;
    // First without entries, so that whoever follows knows where it begins.
    if (isFirst) return { entries: [], cursor: this.cursor, hasGap };
    const pages = await this.#readPages(blockMs);
    for (const [key, records] of pages) if (await this.#closeGap(key, records)) hasGap = true;
    const due = this.#takeDue(pages);
    for (const [, records] of pages) this.#size.adapt(records);
    const damaged = this.#damaged;
    this.#damaged = 0;
    if (due.length === 0 && !hasGap && damaged === 0) return undefined;
    return { entries: due, cursor: this.cursor, hasGap, damaged };
  }

  async #beginningOf(key: string): Promise<StreamPosition> {
    const { added, last, length } = await this.#stateOf(key);
    return this.#isFromBeginning ? { id: FIRST_ID, added: added - length } : { id: last, added };
  }

  async #readPages(blockMs: number): Promise<Map<string, StreamRecord[]>> {
    const positions = [...this.#positions];
    const keys = positions.map(([key]) => key);
    const wanted = ['COUNT', String(this.#size.count), 'BLOCK', String(blockMs)];
    const ids = positions.map(([, { id }]) => id);
    const read = await this.#connection
      .send('XREAD', ...wanted, 'STREAMS', ...keys, ...ids)
      .catch(async (error) => {
        // The server does not say which key has another type.
        if (isKeyInUse(error)) for (const key of keys) await this.#stateOf(key);
        throw error;
      });
    return new Map(
      itemsOf(read).map((stream): [string, StreamRecord[]] => {
        const [key, records] = itemsOf(stream);
        return [textOf(key), recordsOf(records)];
      }),
    );
  }

  /** Moves each stream to the records that are handed out: of a stream with more to read, later ones are older. */
  #takeDue(pages: ReadonlyMap<string, readonly StreamRecord[]>): Entry[] {
    const isFull = (records: readonly StreamRecord[]) => records.length >= this.#size.count;
    const bound = [...pages.values()]
      .filter(isFull)
      .map((records) => records.at(-1)!.id)
      .sort(compareIds)[0];
    const due = [...pages].flatMap(([key, records]) => {
      const taken = bound === undefined ? records : records.filter(({ id }) => compareIds(id, bound) <= 0);
      const { added = 0 } = this.#positions.get(key) ?? {};
      const end = taken.at(-1);
      if (end) this.#positions.set(key, { id: end.id, added: added + taken.length });
      return taken.map((record) => ({ key, ...record }));
    });
    due.sort((a, b) => compareIds(a.id, b.id));
    return due.flatMap((record) => entryIn(record.key, record, this.#keys, this.#countDamage) ?? []);
  }

  /**
   * Whether captures after the position were removed before they could be read; the position is then moved behind them.
   * `records` were read after it. A stream with fewer records than were read of it is another one, such as that of a
   * server that lost its data.
   */
  async #closeGap(key: string, records: readonly StreamRecord[]): Promise<boolean> {
    const position = this.#positions.get(key);
    if (!position) return false;
    const { added, first, last, length } = await this.#stateOf(key);
    const isOther = added < position.added || compareIds(last, position.id) < 0;
    const before = added - length;
    if (isOther) this.#positions.set(key, { id: FIRST_ID, added: before });
    if (isOther) return key === this.#keys.captures;
    const isIntact = first !== undefined && compareIds(first, position.id) <= 0;
    if (isIntact || (records.length === 0 && added === position.added)) return false;
    // All that is left was added after the position.
    if (before === position.added) return false;
    this.#positions.set(key, { ...position, added: before });
    return key === this.#keys.captures;
  }

  async #stateOf(key: string): Promise<StreamState> {
    const none = { added: 0, length: 0, last: FIRST_ID, first: undefined };
    try {
      const members = membersOf(await this.#connection.send('XINFO', 'STREAM', key));
      const [first] = recordsOf([members.get('first-entry') ?? []]);
      return {
        added: Number(members.get('entries-added')),
        length: Number(members.get('length')),
        last: textOf(members.get('last-generated-id')),
        first: first?.id === '' ? undefined : first?.id,
      };
    } catch (error) {
      if (error instanceof Error && /no such key/i.test(error.message)) return none;
      throw error;
    }
  }
}

interface StreamState {
  readonly added: number;
  readonly length: number;
  readonly last: StreamId;
  readonly first: StreamId | undefined;
}

/** Positions that are damaged are left out: what may not have been read is read again. */
function readCursor(cursor: string): Map<string, StreamPosition> {
  const { streams } = (parseJson(cursor) ?? {}) as { streams?: unknown };
  const positions = new Map<string, StreamPosition>();
  for (const [key, position] of Object.entries(streams ?? {})) {
    const [id, added] = Array.isArray(position) ? (position as unknown[]) : [];
    if (typeof id !== 'string' || !/^\d{1,20}-\d{1,20}$/.test(id) || !Number.isSafeInteger(added)) continue;
    positions.set(key, { id, added: added as number });
  }
  return positions;
}
