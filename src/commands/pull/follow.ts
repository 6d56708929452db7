import type { Filter } from '../../captures/find.ts';
import { type FollowerState, openFollowerState } from '../../config/followers/state.ts';
import { parseJson } from '../../json.ts';
import { pause } from '../../pause.ts';
import type { LoggedEvent } from '../../scalekit/client.ts';
import { EventSpool } from '../../scalekit/spool.ts';
import type { Context } from '../context.ts';
import { type PageReading, readPages } from './pages.ts';

const POLL_MS = 5000;
/** An entry can reach the log after newer ones: each poll reads this far back, in ms. */
const OVERLAP_MS = 10 * 60_000;

/** New events of the log. */
export interface FollowedLog {
  /** The next one; undefined once the limit is reached or a stop was asked for. Throws HooksError. */
  next(stop: AbortSignal): Promise<LoggedEvent | undefined>;
  /** It was answered: after a restart, it is not delivered again. */
  answered(event: LoggedEvent): void;
  close(): void;
}

interface LogFollower {
  readonly name: string;
  /** The host of the environment. */
  readonly environment: string;
  readonly target: string;
}

/** How far the log has been delivered, by its own times: the clock of this machine may be wrong. */
interface LogCursor {
  /** Of the newest event that was seen, in ms since 1970; undefined before the first. */
  readonly newest: number | undefined;
  /** Ids of events within the overlap that were answered. */
  readonly ids: readonly string[];
}

/** Follows the log for one name, environment and target. Throws HooksError if another process does. */
export function followLog(
  reading: PageReading,
  { name, environment, target }: LogFollower,
  { since, limit }: { readonly since: number; readonly limit: number | undefined },
  context: Context,
): FollowedLog {
  const state = openFollowerState({ command: 'pull', name, store: environment, target }, context.io);
  const follower = new LogReader(reading, state, since, context);
  let count = 0;
  return {
    async next(stop) {
      if (count === limit) return undefined;
      const event = await follower.next(stop);
      if (event) count += 1;
      return event;
    },
    answered: ({ id }) => state.done(id),
    close() {
      follower.close();
      state.close();
    },
  };
}

class LogReader {
  readonly #reading: PageReading;
  readonly #state: FollowerState;
  readonly #context: Context;
  #cursor: LogCursor | undefined;
  /** What an earlier run delivered last, also if this one begins before it. */
  readonly #startingIds: readonly string[];
  /** From the flag; the first poll begins there. */
  #since: number;
  #spool: EventSpool | undefined;
  /** Of the pass that is being delivered. */
  #seen: { readonly id: string; readonly time: number }[] = [];
  #lastEventAt: number | undefined;

  constructor(reading: PageReading, state: FollowerState, since: number, context: Context) {
    this.#reading = reading;
    this.#state = state;
    this.#context = context;
    this.#since = since;
    const cursor = readCursor(state.cursor);
    this.#startingIds = cursor?.ids ?? [];
    this.#cursor = Number.isFinite(since) ? undefined : cursor;
  }

  async next(stop: AbortSignal): Promise<LoggedEvent | undefined> {
    for (;;) {
      // Before anything else: if a stop cut a pass short, its older events were not read, and the cursor must not pass them.
      if (stop.aborted) return undefined;
      const event = this.#spool?.takeOldest();
      if (event) {
        this.#lastEventAt = Date.now();
        return event;
      }
      if (this.#spool) {
        this.#finishPass();
        await this.#rest(stop);
      }
      if (!stop.aborted) await this.#poll(stop);
    }
  }

  close(): void {
    this.#spool?.close();
  }

  /** Everything of the pass has been answered, or there was nothing. */
  #finishPass(): void {
    let newest = this.#cursor?.newest ?? Number.NEGATIVE_INFINITY;
    // Not spread into Math.max: a pass can hold more events than a call takes arguments.
    for (const { time } of this.#seen) newest = Math.max(newest, time);
    if (!Number.isFinite(newest)) return;
    // Known ids that this pass did not see again lie before the overlap.
    const seen = new Set(this.#seen.map(({ id }) => id));
    const known = (this.#cursor?.ids ?? []).filter((id) => seen.has(id));
    const recent = this.#seen.filter(({ time }) => time >= newest - 2 * OVERLAP_MS).map(({ id }) => id);
    this.#cursor = { newest, ids: [...new Set([...known, ...recent])] };
    this.#state.moveTo(JSON.stringify(this.#cursor));
  }

  async #rest(stop: AbortSignal): Promise<void> {
    const age =
      this.#lastEventAt === undefined ? undefined : Math.round((Date.now() - this.#lastEventAt) / 1000);
    this.#context.report.progress(0, age === undefined ? 'waiting for events' : `last event ${age} s ago`);
    await pause(POLL_MS, stop);
  }

  async #poll(stop: AbortSignal): Promise<void> {
    this.#spool?.close();
    this.#spool = new EventSpool();
    this.#seen = [];
    if (!this.#cursor && !Number.isFinite(this.#since)) return this.#beginNow(stop);
    const start = this.#cursor?.newest === undefined ? this.#since : this.#cursor.newest - OVERLAP_MS;
    await this.#read(this.#spool, { ...this.#reading.filter, since: start }, stop);
    this.#since = Number.NEGATIVE_INFINITY;
  }

  /** The newest events are where it begins, and are not delivered. */
  async #beginNow(stop: AbortSignal): Promise<void> {
    const all: Filter = {
      patterns: ['*'],
      organizations: [],
      since: Number.NEGATIVE_INFINITY,
      before: Number.POSITIVE_INFINITY,
    };
    const spool = new EventSpool();
    try {
      await this.#read(spool, all, stop, 1);
      const [newest] = this.#seen;
      if (newest) await this.#read(spool, { ...all, since: newest.time - OVERLAP_MS }, stop);
    } finally {
      spool.close();
    }
    if (stop.aborted) return;
    this.#cursor = { newest: undefined, ids: [] };
    this.#context.report.note('following from now on. --since also delivers earlier events');
  }

  async #read(spool: EventSpool, filter: Filter, stop: AbortSignal, limit?: number): Promise<void> {
    const known = new Set(this.#cursor?.ids ?? this.#startingIds);
    await readPages({ ...this.#reading, filter }, spool, {
      limit,
      isWanted: (event) => {
        this.#seen.push({ id: event.id, time: Date.parse(event.occurred_at) || 0 });
        return !known.has(event.id) && !this.#state.isDone(event.id);
      },
      stop,
    });
  }
}

function readCursor(text: string | undefined): LogCursor | undefined {
  const cursor = text === undefined ? undefined : (parseJson(text) as Partial<LogCursor> | undefined);
  if (!cursor || !Array.isArray(cursor.ids)) return undefined;
  return {
    newest: typeof cursor.newest === 'number' ? cursor.newest : undefined,
    ids: cursor.ids.map(String),
  };
}
