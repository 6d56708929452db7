import { type Filter, isPicked } from '../../captures/filter.ts';
import type { Capture, CaptureHead } from '../../captures/record.ts';
import { type CaptureStore, type FollowedBatch, wasRejected } from '../../captures/store.ts';
import { type FollowerState, openFollowerState } from '../../config/followers/state.ts';
import type { Target } from '../../delivery/target.ts';
import type { Context } from '../context.ts';
import { noteBatch } from '../notes.ts';
import type { Skipped } from './selection.ts';

/** The captures that a follower delivers, as they arrive. */
export interface Followed {
  /** The next one; undefined once the limit is reached or a stop was asked for. */
  next(stop: AbortSignal): Promise<Capture | undefined>;
  /** It was answered: after a restart, it is not delivered again. */
  answered(capture: Capture): void;
  readonly skipped: Skipped;
  close(): void;
}

interface ReplayFollowing {
  readonly store: CaptureStore;
  /** Identifies the store. */
  readonly storePath: string;
  readonly target: Target;
  /** The name of the follower. */
  readonly follower: string;
  /** Undefined for no limit. */
  readonly limit: number | undefined;
}

/** Follows a store. Throws HooksError, also if a follower of this name is running for the same target. */
export async function followCaptures(
  following: ReplayFollowing,
  filter: Filter,
  isTrusted: (capture: Capture) => boolean,
  context: Context,
): Promise<Followed> {
  const { storePath, target, follower } = following;
  const key = { command: 'replay', name: follower, store: storePath, target: target.url.href } as const;
  const state = openFollowerState(key, context.io);
  try {
    return await followFrom(state, following, { filter, isTrusted, context });
  } catch (error) {
    state.close();
    throw error;
  }
}

interface Following {
  readonly filter: Filter;
  isTrusted(capture: Capture): boolean;
  readonly context: Context;
}

async function followFrom(
  state: FollowerState,
  { store, target, follower, limit }: ReplayFollowing,
  following: Following,
): Promise<Followed> {
  const { filter, context } = following;
  const begins = describeBeginning(state, filter.since);
  const ending = new AbortController();
  const batches = store.follow(begins.after, ending.signal)[Symbol.asyncIterator]();
  // From here on, nothing is missed.
  let batchCursor = await begin(batches, store.name, context);
  context.report.note(begins.note);
  const accepted = begins.isFromNow
    ? new Set<string>()
    : await acceptedBefore(store, { follower, url: target.url.href });
  const { select, skipped } = selectorOf(({ id }) => accepted.has(id) || state.isDone(id), following);
  let [waiting, count, isLinked]: [Capture[], number, boolean] = [[], 0, false];
  return {
    skipped,
    async next(stop) {
      if (count === limit) return undefined;
      if (!isLinked) stop.addEventListener('abort', () => ending.abort());
      isLinked = true;
      while (waiting.length === 0) {
        // Everything before it has been answered.
        if (batchCursor !== undefined) state.moveTo(batchCursor);
        const result = await batches.next();
        if (result.done || stop.aborted) return undefined;
        const batch = result.value;
        noteBatch(batch, store.name, context.report);
        if (batch.link === 'lost') continue;
        batchCursor = batch.cursor;
        waiting = select(batch);
      }
      count += 1;
      return waiting.shift();
    },
    answered: ({ id }) => state.done(id),
    close() {
      ending.abort();
      state.close();
    },
  };
}

/** Takes from a batch what is to be delivered, and counts what is skipped. */
interface Selector {
  select(batch: FollowedBatch): Capture[];
  readonly skipped: Skipped;
}

function selectorOf(
  isDone: (head: CaptureHead) => boolean,
  { filter, isTrusted, context }: Following,
): Selector {
  const skipped = { rejected: 0, untrusted: 0 };
  // What a person composed for one handler is not for those of others.
  const isDue = (head: CaptureHead) => head.source !== 'compose' && isPicked(head, filter) && !isDone(head);
  const select = ({ entries }: FollowedBatch): Capture[] =>
    entries.flatMap((entry) => {
      if (entry.kind !== 'capture' || !isDue(entry.head)) return [];
      if (wasRejected(entry.head)) {
        skipped.rejected += 1;
        return [];
      }
      const capture = entry.load();
      if (capture && isTrusted(capture)) return [capture];
      if (capture) skipped.untrusted += 1;
      const reason = capture ? 'it does not verify with your secret' : 'its headers or its body are damaged';
      context.report.note(`skipped ${entry.head.id}: ${reason}`);
      return [];
    });
  return { select, skipped };
}

/** Waits until the store can be reached, and returns the cursor of its beginning. */
async function begin(
  batches: AsyncIterator<FollowedBatch>,
  name: string,
  { report }: Context,
): Promise<string | undefined> {
  for (;;) {
    const { value, done } = await batches.next();
    if (done) return undefined;
    noteBatch(value, name, report);
    if (value.link !== 'lost') return value.cursor;
  }
}

interface Beginning {
  /** For `follow`. */
  readonly after: string | undefined;
  readonly isFromNow: boolean;
  readonly note: string;
}

/** From the beginning of the store if a time is given: earlier captures are then filtered out. */
function describeBeginning({ cursor }: FollowerState, since: number): Beginning {
  if (since > Number.NEGATIVE_INFINITY)
    return { after: '', isFromNow: false, note: `following from ${new Date(since).toISOString()} on` };
  if (cursor === undefined)
    return {
      after: undefined,
      isFromNow: true,
      note: 'following from now on. --since also delivers earlier captures',
    };
  return { after: cursor, isFromNow: false, note: 'following from where this follower stopped' };
}

/** The ids of the captures that this follower's target has accepted. */
async function acceptedBefore(
  store: CaptureStore,
  { follower, url }: { readonly follower: string; readonly url: string },
): Promise<Set<string>> {
  const accepted = new Set<string>();
  for await (const batch of (await store.openReader()).outcomes(follower)) {
    for (const outcome of batch) {
      const isOwn = outcome.follower === follower && outcome.url === url;
      const isAccepted = outcome.failure === null && outcome.status !== null && outcome.status < 300;
      if (isOwn && isAccepted && outcome.status! >= 200) accepted.add(outcome.capture);
    }
  }
  return accepted;
}
