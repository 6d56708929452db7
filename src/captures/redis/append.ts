import type { CaptureHead } from '../record.ts';
import { type Retention, type StoreRecord, wasRejected } from '../store.ts';
import { type Argument, itemsOf, type RedisConnection, textOf } from './connection.ts';
import { keepScript, keepScriptSha } from './keep-script.ts';
import { clockLeadOf } from './server-info.ts';
import { dayOf, FIELD, type StoreKeys, type StreamId } from './streams.ts';

/** A record that is not stored this soon is rejected, in ms: Scalekit waits 10 s for the response. */
export const KEEP_TIMEOUT_MS = 5000;
/** How much earlier the server stops accepting it, in ms, so that what is rejected is not stored later. */
const SAFETY_MS = 500;

/** The most rejected messages, and the most bytes of them. */
const MAX_REJECTED = 2000;
const REJECTED_QUOTA = 64 * 1024 * 1024;
/** After this many bytes of rejected messages, their stream is measured. */
const MEASURED_EVERY = 4 * 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;
/** How long Outcomes are kept that no age of captures limits. */
const OUTCOMES_LIFE_MS = 90 * DAY_MS;
const CLOCK_CHECKED_EVERY_MS = 60_000;

export interface AppendOptions {
  readonly retention: Retention;
  /** Whether the server can confirm that a write is on its disk. */
  readonly confirmsSync: boolean;
}

/** A record that is to be stored. */
export interface NewRecord {
  readonly record: StoreRecord;
  readonly line: Buffer;
  /** Until then it has to be stored, in ms since 1970. */
  readonly deadline: number;
  /** Whether it has been stored or rejected. */
  readonly isSettled: boolean;
}

/** Where a record is stored. */
export interface StreamPlace {
  readonly key: string;
  readonly id: StreamId;
}

/** Adds groups of records to the streams of a store, and trims these. */
export class StreamAppender {
  readonly #connection: RedisConnection;
  readonly #keys: StoreKeys;
  readonly #options: AppendOptions;
  /** The followers that are registered. */
  readonly #known = new Set<string>();
  #rejectedBytes = 0;
  /** How far the server's clock is ahead, in ms, and when that was measured. */
  #clock: { readonly leadMs: number; readonly at: number } | undefined;

  constructor(connection: RedisConnection, keys: StoreKeys, options: AppendOptions) {
    this.#connection = connection;
    this.#keys = keys;
    this.#options = options;
  }

  /** Adds records to the streams of their kinds by one script, all or none; what is settled by then is left out. */
  async append(group: readonly NewRecord[]): Promise<StreamPlace[]> {
    try {
      return await this.#addGroup(group);
    } catch (error) {
      // Once more: a step of one of the clocks makes records look late.
      if (!(error instanceof Error && error.message.startsWith('LATE'))) throw error;
      this.#clock = undefined;
      return this.#addGroup(group);
    }
  }

  async #addGroup(group: readonly NewRecord[]): Promise<StreamPlace[]> {
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
  async appendAsFollower(group: readonly NewRecord[]): Promise<StreamPlace[]> {
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
