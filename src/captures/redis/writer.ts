import { setTimeout as wait } from 'node:timers/promises';
import { realTimers } from '../../real-timers.ts';
import type { Capture } from '../record.ts';
import { lineOf, longestForm, readEntry, writeLine } from '../record-format.ts';
import type { CaptureWriter, Kept, StoreRecord } from '../store.ts';
import {
  type AppendOptions,
  KEEP_TIMEOUT_MS,
  type NewRecord,
  StreamAppender,
  type StreamPlace,
} from './append.ts';
import type { RedisConnection } from './connection.ts';
import { recordsOf, type StoreKeys } from './streams.ts';

/** The most bytes in one command. */
const GROUP_BYTES = 8 * 1024 * 1024;

interface WaitingRecord extends NewRecord {
  resolve(kept: Kept): void;
  reject(error: unknown): void;
  isSettled: boolean;
}

/** Settles each record within its time. Those that wait at the same time are one command. */
export class RedisWriter implements CaptureWriter {
  readonly #connection: RedisConnection;
  readonly #appender: StreamAppender;
  #waiting: WaitingRecord[] = [];
  #flushing: Promise<void> | undefined;

  constructor(connection: RedisConnection, keys: StoreKeys, options: AppendOptions) {
    this.#connection = connection;
    this.#appender = new StreamAppender(connection, keys, options);
  }

  keep(record: StoreRecord): Promise<Kept> {
    return new Promise((resolve, reject) => {
      const waiting: WaitingRecord = {
        record,
        line: encoded(record),
        deadline: Date.now() + KEEP_TIMEOUT_MS,
        resolve: (kept) => settle(() => resolve(kept)),
        reject: (error) => settle(() => reject(error)),
        isSettled: false,
      };
      const timer = realTimers.setTimeout(
        () => waiting.reject(new Error(`the server did not store it within ${KEEP_TIMEOUT_MS / 1000} s`)),
        KEEP_TIMEOUT_MS,
      );
      const settle = (end: () => void) => {
        if (waiting.isSettled) return;
        waiting.isSettled = true;
        realTimers.clearTimeout(timer);
        end();
      };
      this.#waiting.push(waiting);
      this.#flushing ??= this.#flush();
    });
  }

  /** Waits for what still may be stored in time. */
  async close(): Promise<void> {
    await Promise.race([this.#flushing, wait(KEEP_TIMEOUT_MS, undefined, { ref: false })]);
    this.#connection.close();
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Records that arrive in the same turn of the event loop form one group.
      await new Promise((resolve) => realTimers.setImmediate(resolve));
      const group = this.#takeGroup();
      const isOwn = ({ record }: WaitingRecord) =>
        record.kind === 'outcome' && record.outcome.follower !== null;
      await Promise.all([
        this.#write(
          group.filter((each) => !isOwn(each)),
          (part) => this.#appender.append(part),
        ),
        this.#write(group.filter(isOwn), (part) => this.#appender.appendAsFollower(part)),
      ]);
    }
    this.#flushing = undefined;
  }

  /** Those that still may be stored, as many as one command should have. */
  #takeGroup(): WaitingRecord[] {
    const due = this.#waiting.filter(({ isSettled }) => !isSettled);
    let bytes = 0;
    const end = due.findIndex(({ line }, index) => {
      bytes += line.length;
      return index > 0 && bytes > GROUP_BYTES;
    });
    const group = end === -1 ? due : due.slice(0, end);
    this.#waiting = end === -1 ? [] : due.slice(end);
    return group;
  }

  async #write(
    group: readonly WaitingRecord[],
    add: (group: readonly WaitingRecord[]) => Promise<readonly StreamPlace[]>,
  ): Promise<void> {
    if (group.length === 0) return;
    try {
      const places = await add(group);
      for (const [index, { record, resolve }] of group.entries())
        resolve(this.#kept(record.kind, places[index]!));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  /** Gets the kind alone: with the record, whoever holds a Kept would hold its body. */
  #kept(kind: StoreRecord['kind'], place: StreamPlace): Kept {
    return { load: async () => (kind === 'capture' ? this.#load(place) : undefined) };
  }

  async #load({ key, id }: StreamPlace): Promise<Capture | undefined> {
    const [found] = recordsOf(await this.#connection.send('XRANGE', key, id, id));
    const entry = found && readEntry(found.line, { path: key, countDamage: () => {} });
    return entry?.kind === 'capture' ? entry.load() : undefined;
  }
}

function encoded(record: StoreRecord): Buffer {
  const line = lineOf(record);
  const room = Buffer.allocUnsafe(longestForm(line));
  // Copied, because the room is up to six times as long; the newline is a journal's.
  return Buffer.from(room.subarray(0, writeLine(line, room, 0) - 1));
}
