import { setTimeout as wait } from 'node:timers/promises';
import { realTimers } from '../../real-timers.ts';
import type { Capture, CaptureHead } from '../record.ts';
import { lineOf, longestForm, readEntry, writeLine } from '../record-format.ts';
import type { Retention } from '../store.ts';
import { type CaptureWriter, type Kept, type StoreRecord, wasRejected } from '../store.ts';
import { type Argument, itemsOf, type RedisConnection, textOf } from './connection.ts';
import { keepScript, keepScriptSha } from './keep-script.ts';
import { clockLeadOf } from './server-info.ts';
import { dayOf, FIELD, recordsOf, type StoreKeys, type StreamId } from './streams.ts';

/** A record that is not stored this soon is rejected, in ms: Scalekit waits 10 s for the response. */
const KEEP_TIMEOUT_MS = 5000;
/** How much earlier the server stops accepting it, in ms, so that what is rejected is not stored later. */
const SAFETY_MS = 500;
/** The most bytes in one command. */
const GROUP_BYTES = 8 * 1024 * 1024;
/** The most rejected messages, and the most bytes of them. */
const MAX_REJECTED = 2000;
const REJECTED_QUOTA = 64 * 1024 * 1024;
/** After this many bytes of rejected messages, their stream is measured. */
const MEASURED_EVERY = 4 * 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;
/** How long Outcomes are kept that no age of captures limits. */
const OUTCOMES_LIFE_MS = 90 * DAY_MS;
const CLOCK_CHECKED_EVERY_MS = 60_000;

export interface RedisWriterOptions {
  readonly retention: Retention;
  /** Whether the server can confirm that a write is on its disk. */
  readonly confirmsSync: boolean;
}

interface WaitingRecord {
  readonly record: StoreRecord;
  readonly line: Buffer;
  /** Until then it has to be stored, in ms since 1970. */
  readonly deadline: number;
  resolve(kept: Kept): void;
  reject(error: unknown): void;
  isSettled: boolean;
}

/** Records that wait at the same time are one command. */
export class RedisWriter implements CaptureWriter {
  readonly #connection: RedisConnection;
  readonly #keys: StoreKeys;
  readonly #options: RedisWriterOptions;
  readonly #known = new Set<string>();
  #waiting: WaitingRecord[] = [];
  #flushing: Promise<void> | undefined;
  #rejectedBytes = 0;
  /** How far the server's clock is ahead, in ms, and when that was measured. */
  #clock: { readonly leadMs: number; readonly at: number } | undefined;

  constructor(connection: RedisConnection, keys: StoreKeys, options: RedisWriterOptions) {
    this.#connection = connection;
    this.#keys = keys;
    this.#options = options;
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
          (part) => this.#addByScript(part),
        ),
        this.#write(group.filter(isOwn), (part) => this.#addAsFollower(part)),
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

  /** Once more after a step of one of the clocks, which makes a group look late. */
  async #addByScript(group: readonly WaitingRecord[]): Promise<StreamPlace[]> {
    try {
      return await this.#addGroup(group);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('LATE'))) throw error;
      this.#clock = undefined;
      return this.#addGroup(group);
    }
  }

  async #addGroup(group: readonly WaitingRecord[]): Promise<StreamPlace[]> {
    const { captures, rejected, outcomes, listeners } = this.#keys;
    const streams = [captures, outcomes, listeners, rejected];
    const { retention } = this.#options;
    const leadMs = await this.#clockLead();
    // Those that ran out of time meanwhile are rejected, and must not be stored.
    const due = group.filter(({ isSettled }) => !isSettled);
    const deadline = Math.min(...due.map((waiting) => waiting.deadline));
    const records = group.map((waiting) => ({
      key: this.#streamOf(waiting.record),
      line: waiting.line,
      ids: idsOf(waiting.record),
      isDue: !waiting.isSettled,
    }));
    const sent = records.filter(({ isDue }) => isDue);
    if (sent.length === 0) return [];
    const rest = [
      String(streams.length + 1),
      ...streams,
      this.#keys.idsOn(dayOf(Date.now() + leadMs)),
      String(deadline - SAFETY_MS + leadMs),
      String(idsLifeMs(retention)),
      ...streams.flatMap((key) => this.#trimOf(key)),
      ...sent.flatMap(({ key, line, ids }) => [
        String(streams.indexOf(key) + 1),
        line,
        String(ids.length),
        ...ids,
      ]),
    ];
    const added = itemsOf(await this.#evaluate(rest)).map(textOf);
    if (this.#options.confirmsSync) await this.#confirmSync();
    await this.#limitRejected(sent.filter(({ key }) => key === rejected));
    return records.map(({ key, isDue }) => ({ key, id: isDue ? added.shift()! : '' }));
  }

  async #clockLead(): Promise<number> {
    if (this.#clock && Date.now() - this.#clock.at < CLOCK_CHECKED_EVERY_MS) return this.#clock.leadMs;
    const leadMs = await clockLeadOf(this.#connection);
    this.#clock = { leadMs, at: Date.now() };
    return leadMs;
  }

  /** Outcomes are small, and without one a capture looks undelivered: with a limit of captures, they have an age. */
  #trimOf(key: string): [kind: string, limit: string] {
    const { retention } = this.#options;
    if (key === this.#keys.rejected) return ['MAXLEN', String(MAX_REJECTED)];
    if (retention.kind === 'time') return ['MINID', String(retention.ms)];
    return key === this.#keys.captures
      ? ['MAXLEN', String(retention.count)]
      : ['MINID', String(OUTCOMES_LIFE_MS)];
  }

  /** The server forgets scripts when it restarts. */
  async #evaluate(rest: readonly Argument[]) {
    try {
      return await this.#connection.send('EVALSHA', keepScriptSha, ...rest);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return this.#connection.send('EVAL', keepScript, ...rest);
    }
  }

  /** A follower may write its own stream only, and needs no more rights than that. */
  async #addAsFollower(group: readonly WaitingRecord[]): Promise<StreamPlace[]> {
    const places = group.map(async ({ record, line }) => {
      const follower = record.kind === 'outcome' ? record.outcome.follower! : '';
      const key = this.#keys.outcomesOf(follower);
      await this.#register(follower);
      const from = String(Date.now() - OUTCOMES_LIFE_MS);
      const added = await this.#connection.send('XADD', key, 'MINID', '~', from, '*', FIELD, line);
      return { key, id: textOf(added) };
    });
    return Promise.all(places);
  }

  /** Without it, others do not see what this follower did; that is no reason not to record it. */
  async #register(follower: string): Promise<void> {
    if (this.#known.has(follower)) return;
    this.#known.add(follower);
    await this.#connection
      .send('HSET', this.#keys.followers, follower, new Date().toISOString())
      .catch(() => {});
  }

  /** Messages have different sizes, so a number of them is no limit of bytes. */
  async #limitRejected(records: readonly { readonly line: Buffer }[]): Promise<void> {
    this.#rejectedBytes += records.reduce((sum, { line }) => sum + line.length, 0);
    if (this.#rejectedBytes < MEASURED_EVERY) return;
    this.#rejectedBytes = 0;
    const { rejected } = this.#keys;
    const [bytes, count] = await Promise.all([
      this.#connection.send('MEMORY', 'USAGE', rejected, 'SAMPLES', '0'),
      this.#connection.send('XLEN', rejected),
    ]);
    const share = REJECTED_QUOTA / Math.max(Number(bytes), 1);
    if (share < 1)
      await this.#connection.send(
        'XTRIM',
        rejected,
        'MAXLEN',
        '=',
        String(Math.floor(Number(count) * share * 0.8)),
      );
  }

  /** The server replies with the number of local and of remote disks that have everything so far. */
  async #confirmSync(): Promise<void> {
    const [local] = itemsOf(await this.#connection.send('WAITAOF', '1', '0', String(KEEP_TIMEOUT_MS)));
    if (local !== 1) throw new Error('the server did not sync it to its disk in time');
  }

  #streamOf(record: StoreRecord): string {
    if (record.kind === 'outcome') return this.#keys.outcomes;
    if (record.kind === 'listener') return this.#keys.listeners;
    return wasRejected(record.capture) ? this.#keys.rejected : this.#keys.captures;
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

/** Where a record is stored. */
interface StreamPlace {
  readonly key: string;
  readonly id: StreamId;
}

function encoded(record: StoreRecord): Buffer {
  const line = lineOf(record);
  const room = Buffer.allocUnsafe(longestForm(line));
  // Copied, because the room is up to six times as long; the newline is a journal's.
  return Buffer.from(room.subarray(0, writeLine(line, room, 0) - 1));
}

/** The ids that a Capture is found by. Anyone can send rejected messages, with ids of any length. */
function idsOf(record: StoreRecord): string[] {
  if (record.kind !== 'capture' || wasRejected(record.capture)) return [];
  return namesOf(record.capture);
}

function namesOf({ id, eventId, webhookId }: CaptureHead): string[] {
  return [...new Set([id, eventId, webhookId])].filter((name): name is string => !!name);
}

/** A day's ids live as long as its captures do; with a limit of captures, for a month. */
function idsLifeMs(retention: Retention): number {
  return (retention.kind === 'time' ? retention.ms : 31 * DAY_MS) + DAY_MS;
}
