import type { Filter } from '../../captures/filter.ts';
import { type FollowerState, openFollowerState } from '../../config/followers/state.ts';
import { parseJson } from '../../json.ts';
import { pause } from '../../pause.ts';
import { EventSpool, type SpooledEvent } from '../../scalekit/spool.ts';
import type { Context } from '../context.ts';
import { type PageReading, readPages, type SpoolReading } from './pages.ts';

const POLL_MS = 5000;
/** How often the age of the last event is shown, in ms. */
const SHOWN_MS = 1000;
/** An entry can reach the log after newer ones: each poll reads this far back, in ms. */
const OVERLAP_MS = 10 * 60_000;

/** Every event of the log. */
const all: Filter = {
  patterns: ['*'],
  organizations: [],
  since: Number.NEGATIVE_INFINITY,
  before: Number.POSITIVE_INFINITY,
};

/** New events of the log. */
export interface FollowedLog {
  /** The next one; undefined once the limit is reached or a stop was asked for. Throws HooksError. */
  next(stop: AbortSignal): Promise<SpooledEvent | undefined>;
  /** It was answered: after a restart, it is not delivered again. */
  answered(event: SpooledEvent): void;
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
  /** Where the next pass begins, in ms since 1970. */
  readonly from: number;
  /** Ids of events from there on that are not delivered again. */
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
  /** Undefined before it has begun. */
  #cursor: LogCursor | undefined;
  #spool: EventSpool | undefined;
  /** Of the pass that is being delivered. */
  #seen: { readonly id: string; readonly time: number }[] = [];
  /** The token of the page with which a pass goes on that had too many; else empty. */
  #after = '';
  /** When the API answered last, by its own clock, in ms since 1970. */
  #servedAt = 0;
  #lastEventAt: number | undefined;

  constructor(reading: PageReading, state: FollowerState, since: number, context: Context) {
    this.#reading = reading;
    this.#state = state;
    this.#context = context;
    this.#cursor = readCursor(state.cursor);
    if (Number.isFinite(since)) {
      this.#cursor = { from: since, ids: this.#cursor?.ids ?? [] };
      // Stored before anything is delivered: after a crash, it goes on from there also without --since.
      state.beginAt(JSON.stringify(this.#cursor));
      context.report.note(`following from ${new Date(since).toISOString()} on`);
    } else if (this.#cursor) context.report.note('following from where this follower stopped');
  }

  async next(stop: AbortSignal): Promise<SpooledEvent | undefined> {
    for (;;) {
      // Before anything else: if a stop cut a pass short, its older events were not read, and the cursor must not pass them.
      if (stop.aborted) return undefined;
      const event = this.#spool?.takeOldest();
      if (event) {
        this.#lastEventAt = Date.now();
        return event;
      }
      if (this.#spool && this.#after === '') {
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
    let from = this.#cursor?.from ?? Number.NEGATIVE_INFINITY;
    // Not spread into Math.max: a pass can hold more events than a call takes arguments.
    // A time in the future would have the next passes skip everything until then.
    for (const { time } of this.#seen)
      if (time <= this.#servedAt && time - OVERLAP_MS > from) from = time - OVERLAP_MS;
    // An event whose time cannot be read may come again in any pass.
    const ids = this.#seen.filter(({ time }) => !(time < from)).map(({ id }) => id);
    this.#cursor = { from, ids: [...new Set(ids)] };
    this.#state.moveTo(JSON.stringify(this.#cursor));
  }

  /** Until the next pass. The age of the last event grows meanwhile. */
  async #rest(stop: AbortSignal): Promise<void> {
    for (let waitedMs = 0; waitedMs < POLL_MS && !stop.aborted; waitedMs += SHOWN_MS) {
      this.#context.report.progress(0, describeAge(this.#lastEventAt));
      await pause(SHOWN_MS, stop);
    }
  }

  async #poll(stop: AbortSignal): Promise<void> {
    this.#spool?.close();
    this.#spool = new EventSpool();
    if (this.#after === '') this.#seen = [];
    if (!this.#cursor) return this.#beginNow(stop);
    const filter = { ...this.#reading.filter, since: this.#cursor.from };
    const reading = { ...this.#reading, filter };
    this.#after = await this.#read(reading, this.#spool, stop, { after: this.#after });
    if (this.#after !== '')
      this.#context.report.warn(
        `${this.#spool.count} events were read, and the log has more. Older ones are delivered after these`,
      );
  }

  /** The newest events are where it begins, and are not delivered. */
  async #beginNow(stop: AbortSignal): Promise<void> {
    const readAll = { ...this.#reading, filter: all, includesInternal: true };
    const spool = new EventSpool();
    let from = Number.NEGATIVE_INFINITY;
    try {
      await this.#read(readAll, spool, stop, { limit: 1 });
      const [newest] = this.#seen;
      if (newest) {
        from = (newest.time <= this.#servedAt ? newest.time : this.#servedAt) - OVERLAP_MS;
        await this.#read({ ...readAll, filter: { ...all, since: from } }, spool, stop);
      }
    } finally {
      spool.close();
    }
    if (stop.aborted) return;
    this.#cursor = { from, ids: [] };
    this.#context.report.note('following from now on. --since also delivers earlier events');
  }

  /** Returns the token of the page with which the reading goes on; empty if there are no more. */
  async #read(
    reading: PageReading,
    spool: EventSpool,
    stop: AbortSignal,
    part: Pick<SpoolReading, 'limit' | 'after'> = {},
  ): Promise<string> {
    const known = new Set(this.#cursor?.ids);
    return readPages(reading, spool, {
      ...part,
      isWanted: (event, servedAt) => {
        this.#servedAt = servedAt;
        this.#seen.push({ id: event.id, time: Date.parse(event.occurred_at) });
        return !known.has(event.id) && !this.#state.isDone(event.id);
      },
      stop,
    });
  }
}

/** `lastEventAt` is in ms since 1970; undefined before the first event. */
function describeAge(lastEventAt: number | undefined): string {
  if (lastEventAt === undefined) return 'waiting for events';
  return `last event ${Math.round((Date.now() - lastEventAt) / 1000)} s ago`;
}

function readCursor(text: string | undefined): LogCursor | undefined {
  const cursor = text === undefined ? undefined : (parseJson(text) as Partial<LogCursor> | undefined);
  if (!cursor || !Array.isArray(cursor.ids)) return undefined;
  // JSON has no infinity, and so null for all of the log.
  return { from: cursor.from ?? Number.NEGATIVE_INFINITY, ids: cursor.ids.map(String) };
}
