import type { Entry } from '../store.ts';
import { itemsOf, type RedisConnection, type Reply, textOf } from './connection.ts';

/** The keys of a store. All streams have one field, whose value is a line of a journal without its newline. */
export class StoreKeys {
  readonly captures: string;
  /** Messages that the listener rejected: anyone can send them, so they have a limit of their own. */
  readonly rejected: string;
  /** What the listener's handlers answered. */
  readonly outcomes: string;
  /** Starts and stops of listeners. */
  readonly listeners: string;
  /** A hash of the names of followers, because nothing else says which streams they write. */
  readonly followers: string;
  readonly #namespace: string;

  constructor(namespace: string) {
    this.#namespace = namespace;
    this.captures = `${namespace}:captures`;
    this.rejected = `${namespace}:rejected`;
    this.outcomes = `${namespace}:outcomes`;
    this.listeners = `${namespace}:listeners`;
    this.followers = `${namespace}:followers`;
  }

  /** The only stream that a follower writes. */
  outcomesOf(follower: string): string {
    return `${this.outcomes}:${follower}`;
  }

  /** Whose Outcomes a stream holds; null for those of the listener. */
  followerOf(key: string): string | null {
    return key === this.outcomes ? null : key.slice(this.outcomes.length + 1);
  }

  /** The kind of record that a stream may hold. */
  kindIn(key: string): Entry['kind'] {
    if (key === this.captures || key === this.rejected) return 'capture';
    return key === this.listeners ? 'listener' : 'outcome';
  }

  /** A hash of the ids that were captured on a day (`2026-11-28`): their newest record. */
  idsOn(day: string): string {
    return `${this.#namespace}:ids:${day}`;
  }
}

/** The UTC day of a time in ms since 1970. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The id of a record in a stream: the server's time in ms, and a number within that millisecond. */
export type StreamId = string;

/** Comes before every record. */
export const FIRST_ID: StreamId = '0-0';

/** When the server added a record, in ms since 1970. */
export function timeOfId(id: StreamId): number {
  return Number(id.split('-', 1)[0]);
}

/** As a pair: in one number, the parts would lose precision. */
export function pairOf(id: StreamId): readonly [ms: number, sequence: number] {
  const [ms = 0, sequence = 0] = id.split('-').map(Number);
  return [ms, sequence];
}

/** Orders ids as the server gave them. */
export function compareIds(a: StreamId, b: StreamId): number {
  const [[msA, sequenceA], [msB, sequenceB]] = [pairOf(a), pairOf(b)];
  return msA - msB || sequenceA - sequenceB;
}

/** A record of a stream. */
export interface StreamRecord {
  readonly id: StreamId;
  readonly line: Buffer;
}

/** The records of an XRANGE reply, or of one stream of an XREAD reply. Records of other programs have an empty line. */
export function recordsOf(reply: Reply | undefined): StreamRecord[] {
  return itemsOf(reply).map((item) => {
    const [id, fields] = itemsOf(item);
    const [name, value] = itemsOf(fields);
    const isOurs = textOf(name) === FIELD && Buffer.isBuffer(value);
    return { id: textOf(id), line: isOurs ? (value as Buffer) : Buffer.alloc(0) };
  });
}

/** The one field of a record. */
export const FIELD = 'r';

/** Chooses how many records to ask for, so that pages of large bodies stay small. */
export class PageSize {
  #count = 4;

  get count(): number {
    return this.#count;
  }

  /** After a failure: perhaps the line is too slow for more. */
  shrink(): void {
    this.#count = 1;
  }

  /** Adapts it to a page that was read. */
  adapt(page: readonly StreamRecord[]): void {
    const bytes = page.reduce((sum, { line }) => sum + line.length, 0);
    if (bytes > PAGE_BYTES) this.#count = Math.max(1, Math.floor(this.#count / 4));
    else if (page.length === this.#count && bytes < PAGE_BYTES / 4)
      this.#count = Math.min(MAX_PAGE, this.#count * 4);
  }
}

const PAGE_BYTES = 4 * 1024 * 1024;
const MAX_PAGE = 128;

/** More followers than this are not read: any of them can add names. */
const MAX_FOLLOWERS = 200;

/** The keys of all streams of a store: those of followers are the last. */
export async function streamsIn(connection: RedisConnection, keys: StoreKeys): Promise<string[]> {
  const { captures, rejected, outcomes, listeners } = keys;
  const names = itemsOf(await connection.send('HKEYS', keys.followers))
    .map(textOf)
    .slice(0, MAX_FOLLOWERS);
  return [captures, rejected, outcomes, listeners, ...names.map((name) => keys.outcomesOf(name))];
}
