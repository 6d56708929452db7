import type { Filter } from '../../captures/filter.ts';
import { withStore } from '../../captures/open.ts';
import type { Capture } from '../../captures/record.ts';
import type { CaptureStore } from '../../captures/store.ts';
import { HooksError } from '../../errors.ts';
import { EditTrial } from '../../events/edit-events.ts';
import { CaptureRecorder, openWriterOf } from '../../operations/recorder.ts';
import { isGenuine } from '../../operations/trust.ts';
import type { Context } from '../context.ts';
import { type Batch, dispatch, printMessages, whenAnswered } from '../dispatch.ts';
import { describeUnknownTypes, noteUnread } from '../notes.ts';
import { exitIfBlocked } from '../stop.ts';
import { type Followed, followCaptures } from './follow.ts';
import { notePicked, noteReplay, noteSkipped, noteTarget } from './notes.ts';
import type { ReplaySettings } from './options.ts';
import { type MakeParcel, ownFix, parcelMaker } from './parcels.ts';
import { CaptureQueue } from './queue.ts';
import { type CapturePick, type Picked, pickCaptures } from './selection.ts';

/** With the store at its place, which is not used for captures from a file. */
interface OpenReplay extends ReplaySettings {
  readonly store: CaptureStore;
}

/** Delivers or prints captures, and returns the exit code. */
export async function replay(settings: ReplaySettings, context: Context): Promise<number> {
  const exitCode = await withStore(settings.place, (store) => replayFrom({ ...settings, store }, context));
  if (settings.pick.kind === 'follow' && exitCode !== 0) await exitIfBlocked(context.io, exitCode);
  return exitCode;
}

async function replayFrom(settings: OpenReplay, context: Context): Promise<number> {
  const { pick, store } = settings;
  if (pick.kind !== 'file') for (const note of await store.notes()) context.report.warn(note);
  if (pick.kind === 'follow') return follow(settings, pick.filter, context);
  if (pick.kind === 'failed' && settings.delivery.target.isUsual && pick.forwardedTo === undefined)
    return replayWhereTheyWent(settings, pick, context);
  return replayTo(settings, context);
}

/** Without --to, what was not delivered goes where it was forwarded to, one target after the other. */
async function replayWhereTheyWent(
  settings: OpenReplay,
  pick: Extract<CapturePick, { kind: 'failed' }>,
  context: Context,
): Promise<number> {
  const places = new Set<string | null>();
  const picked = await pickTried(settings, context);
  for await (const group of picked.groups()) for (const { forwardTo } of group) places.add(forwardTo);
  if (places.size === 0) return replayTo(settings, context);
  // All of them before the first delivery: one may not be allowed.
  const targets = [...places].map((url) => ({
    forwardedTo: url,
    target: url === null ? settings.delivery.target : settings.targetAt(url),
  }));
  const exitCodes: number[] = [];
  for (const { forwardedTo, target } of targets) {
    const delivery = { ...settings.delivery, target };
    exitCodes.push(await replayTo({ ...settings, delivery, pick: { ...pick, forwardedTo } }, context));
    // Stopped by a signal.
    if (exitCodes.at(-1)! >= 128) break;
  }
  // Mixed results count as a failure: see the exit codes.
  const [first, ...others] = exitCodes;
  return others.every((code) => code === first)
    ? first!
    : Math.max(...exitCodes.map((code) => (code === 3 ? 1 : code)));
}

/** Delivers or prints captures to one target, and returns the exit code. */
async function replayTo(settings: OpenReplay, context: Context): Promise<number> {
  const { pick, show } = settings;
  const patterns = pick.kind === 'ids' || pick.kind === 'follow' ? [] : pick.filter.patterns;
  for (const note of describeUnknownTypes(patterns, context.io)) context.report.note(note);
  const picked = await pickTried(settings, context);
  const queue = new CaptureQueue(picked.groups());
  const first = await queue.peek();
  if (!first) return reportNothing(settings, picked, context);
  noteReplay(settings, first, context);
  const recorder = show ? undefined : await openRecorder(settings, context);
  const batch = queuedBatch(queue, picked, parcelMaker(settings, recorder, context));
  try {
    if (!show) return Math.max(await dispatch(batch, settings, context), unreadCode(picked));
    await printMessages(batch, show, settings, context);
    return Math.max(picked.missed > 0 ? 1 : 0, unreadCode(picked));
  } finally {
    await recorder?.close();
    notePicked(picked, context);
  }
}

/** The exit code for files that could not be read. */
function unreadCode({ damage }: Picked): 0 | 2 {
  return damage.unread.length > 0 ? 2 : 0;
}

/** Picks the captures and tries the edits on all of them, so that an invalid edit sends nothing. Throws HooksError. */
async function pickTried(settings: OpenReplay, context: Context): Promise<Picked> {
  const { pick, store, follower, edits } = settings;
  const options = { store, follower, isReadTwice: edits.length > 0, isTrusted: trusted(settings) };
  const picked = await pickCaptures(pick, options, context);
  if (edits.length === 0) return picked;
  const trial = new EditTrial(edits);
  for await (const group of picked.groups()) for (const { body, id } of group) trial.add(body, id);
  trial.conclude();
  return picked;
}

/** What verifies, or is not re-signed, may be sent. */
function trusted({ trusts, mode, delivery, pick, store }: OpenReplay): (capture: Capture) => boolean {
  const { secrets } = delivery.secret;
  if (trusts || mode === 'exact') return () => true;
  if (pick.kind !== 'file' && store.isTrusted) return ({ verified }) => verified;
  return (capture) => isGenuine(capture, secrets);
}

/** Delivers captures as they arrive, and returns the exit code. */
async function follow(settings: OpenReplay, filter: Filter, context: Context): Promise<number> {
  noteTarget(settings, context);
  const followed = await followCaptures(
    { ...settings, storePath: settings.place.path, target: settings.delivery.target },
    filter,
    trusted(settings),
    context,
  );
  let recorder: CaptureRecorder | undefined;
  try {
    recorder = await openRecorder(settings, context);
    const makeParcel = parcelMaker(settings, recorder, context);
    return await dispatch(followedBatch(followed, makeParcel), settings, context);
  } finally {
    followed.close();
    await recorder?.close();
    noteSkipped(followed.skipped, context);
  }
}

function followedBatch(followed: Followed, makeParcel: MakeParcel): Batch {
  return {
    command: 'replay',
    total: undefined,
    reports: 'all',
    ownFix,
    isEndless: true,
    async next(stop) {
      const capture = await followed.next(stop);
      return capture && whenAnswered(makeParcel(capture), () => followed.answered(capture));
    },
  };
}

function queuedBatch(queue: CaptureQueue, picked: Picked, makeParcel: MakeParcel): Batch {
  const parcelFor = (capture: Capture | undefined) =>
    capture && makeParcel(capture, picked.outcomes?.of(capture));
  return {
    command: 'replay',
    get total() {
      return picked.total;
    },
    progress: () => picked.progress,
    missed: () => picked.missed,
    reports: 'all',
    ownFix,
    next() {
      const capture = queue.next();
      return capture instanceof Promise ? capture.then(parcelFor) : parcelFor(capture);
    },
  };
}

/** A replay delivers even if its Outcomes cannot be stored. */
async function openRecorder(
  { keepsOutcomes, pick, store }: OpenReplay,
  context: Context,
): Promise<CaptureRecorder> {
  if (!keepsOutcomes || pick.kind === 'file') return new CaptureRecorder(undefined, context.report);
  try {
    const { writer } = await openWriterOf(store, { sync: false }, context);
    return new CaptureRecorder(writer, context.report);
  } catch (error) {
    if (!(error instanceof HooksError)) throw error;
    const { message, detail } = error.sentences;
    context.report.warn(`the outcome of the deliveries is not stored: ${message}: ${detail}`);
    return new CaptureRecorder(undefined, context.report);
  }
}

async function isEmpty(store: CaptureStore): Promise<boolean> {
  const reader = await store.openReader();
  for await (const batch of reader.newestFirst())
    if (batch.some(({ kind }) => kind === 'capture')) return false;
  return true;
}

/** Returns the exit code for --failed, where an empty result is fine. Throws HooksError for any other selection. */
async function reportNothing({ pick, store }: OpenReplay, picked: Picked, context: Context): Promise<number> {
  if (pick.kind !== 'failed') {
    if (pick.kind === 'all' && picked.damage.count === 0 && (await isEmpty(store)))
      throw new HooksError('no_captures', { folder: store.name });
    const isFile = pick.kind === 'file';
    const { skipped, damage } = picked;
    noteUnread(damage, context.report);
    const place = isFile ? pick.path : store.name;
    throw new HooksError('no_matching_captures', { place, isFile, ...skipped, damaged: damage.count });
  }
  context.report.note('nothing to replay: no failed deliveries');
  return notePicked(picked, context);
}
