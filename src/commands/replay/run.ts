import type { Filter } from '../../captures/find.ts';
import { withStore } from '../../captures/open.ts';
import type { Capture } from '../../captures/record.ts';
import type { CaptureStore } from '../../captures/store.ts';
import type { CapturesPlace } from '../../config/captures.ts';
import type { Target } from '../../delivery/target.ts';
import { HooksError } from '../../errors.ts';
import type { Edit } from '../../events/edit.ts';
import { EditTrial } from '../../events/edit-events.ts';
import type { Rejected } from '../../signature/verdict.ts';
import type { Context } from '../context.ts';
import {
  type Batch,
  describeSecret,
  dispatch,
  type Manner,
  noteDelivery,
  type Parcel,
  printMessages,
} from '../dispatch.ts';
import { describeUnknownTypes, noteDamage } from '../notes.ts';
import { CaptureRecorder, openWriterOf, replayRecord } from '../recorder.ts';
import { type ReplayMode, replayed } from '../replayed-message.ts';
import { isGenuine } from '../trust.ts';
import { followCaptures } from './follow.ts';
import { CaptureQueue } from './queue.ts';
import { type CapturePick, type Picked, pickCaptures, type Skipped } from './selection.ts';

export interface ReplaySettings extends Manner {
  readonly place: CapturesPlace;
  readonly pick: CapturePick;
  readonly mode: ReplayMode;
  readonly edits: readonly Edit[];
  /** Whether Outcomes are stored with the captures. */
  readonly keepsOutcomes: boolean;
  /** The target at a URL that captures were forwarded to. Throws HooksError if it is not allowed. */
  targetAt(url: string): Target;
  /** Also re-signs captures that do not verify. */
  readonly trusts: boolean;
  /** Outcomes are recorded under this name. */
  readonly follower: string;
  /** The number of captures after which a follower ends; undefined for no limit. */
  readonly limit: number | undefined;
  /** Prints the messages instead of sending them. */
  readonly show: 'message' | 'curl' | undefined;
}

/** With the store at its place, which is not used for captures from a file. */
interface OpenReplay extends ReplaySettings {
  readonly store: CaptureStore;
}

/** Delivers or prints captures, and returns the exit code. */
export async function replay(settings: ReplaySettings, context: Context): Promise<number> {
  return withStore(settings.place, (store) => replayFrom({ ...settings, store }, context));
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
  const keeper = show ? undefined : await openKeeper(settings, context);
  const batch = batchOf(queue, picked, { settings, keeper, context });
  try {
    if (!show) return Math.max(await dispatch(batch, settings, context), unreadCode(picked));
    await printMessages(batch, show, settings, context);
    return Math.max(picked.missed > 0 ? 1 : 0, unreadCode(picked));
  } finally {
    await keeper?.close();
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
  let keeper: CaptureRecorder | undefined;
  const noteOnce = onceNoter(context);
  try {
    keeper = await openKeeper(settings, context);
    return await dispatch(
      {
        command: 'replay',
        total: undefined,
        reports: 'all',
        ownFix,
        isEndless: true,
        async next(stop) {
          const capture = await followed.next(stop);
          if (!capture) return undefined;
          const parcel = parcelOf(capture, undefined, { settings, keeper, context, noteOnce });
          return {
            ...parcel,
            onAttempt(attempted) {
              parcel.onAttempt?.(attempted);
              if (attempted.outcome.answered) followed.answered(capture);
            },
          };
        },
      },
      settings,
      context,
    );
  } finally {
    followed.close();
    await keeper?.close();
    noteSkipped(followed.skipped, context);
  }
}

interface Replaying {
  readonly settings: OpenReplay;
  readonly keeper: CaptureRecorder | undefined;
  readonly context: Context;
}

/** Prints each note once. */
function onceNoter({ report }: Context): (text: string) => void {
  const noted = new Set<string>();
  return (text) => {
    if (!noted.has(text)) report.note(text);
    noted.add(text);
  };
}

function batchOf(queue: CaptureQueue, picked: Picked, replaying: Replaying): Batch {
  const tools = { ...replaying, noteOnce: onceNoter(replaying.context) };
  const parcelFor = (capture: Capture | undefined) =>
    capture && parcelOf(capture, picked.outcomes?.of(capture), tools);
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

/** `was` is the status or failure of the previous delivery. */
function parcelOf(
  capture: Capture,
  was: string | undefined,
  { settings, keeper, context, noteOnce }: Replaying & { noteOnce(text: string): void },
): Parcel {
  const { mode, edits, delivery, pick, follower } = settings;
  const { event, leftOut, messageAt } = replayed(capture, {
    mode,
    edits,
    secrets: delivery.secret.secrets,
    headers: delivery.headers,
  });
  for (const { name, why } of leftOut) noteOnce(`omitted the header ${name} because ${why}`);
  if (pick.kind === 'ids' && !capture.verified && mode !== 'exact') {
    context.report.note(
      `${capture.id} was rejected when it was received (${capture.reason}). It is re-signed now`,
    );
  }
  return {
    event,
    messageAt,
    about: { capture: capture.id || undefined, was },
    onAttempt(attempted) {
      if (!keeper?.isRecording) return;
      const { href: url } = delivery.target.url;
      const record = replayRecord(capture, attempted, { mode, url, time: context.io.now(), follower });
      // Not awaited: after a crash, the next replay may repeat a delivery, which every handler must tolerate.
      void keeper.keep(record);
    },
  };
}

/** A replay delivers even if its Outcomes cannot be stored. */
async function openKeeper(
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

function noteReplay(settings: ReplaySettings, { forwardTo }: Capture, context: Context): void {
  const { mode, delivery } = settings;
  const { target } = delivery;
  const { report } = context;
  noteTarget(settings, context);
  if (target.isUsual && forwardTo !== null && forwardTo !== target.url.href) {
    report.note(
      `the captures were forwarded to ${forwardTo} before. Use --to ${forwardTo} to send them there again`,
    );
  }
  if (mode === 'exact') {
    report.note('--exact: a handler must reject messages that were signed more than 5 minutes ago');
  }
}

function noteTarget({ mode, delivery, edits }: ReplaySettings, context: Context): void {
  const { target } = delivery;
  noteDelivery(delivery, context, { signs: mode !== 'exact' });
  const signed = `re-signed with ${describeSecret(delivery)}`;
  const how = {
    resigned: `${signed}, keeping the original webhook-id, as a real retry does`,
    new: `${signed}, each with a new webhook-id and event id`,
    exact: 'with the original bytes and headers',
  };
  context.report.note(`target: ${target.url.href}, ${edits.length > 0 ? 'edited, ' : ''}${how[mode]}`);
}

/** Returns the exit code for --failed, where an empty result is fine. Throws HooksError for any other selection. */
function reportNothing({ pick, store }: OpenReplay, picked: Picked, context: Context): number {
  if (pick.kind !== 'failed') {
    const isFile = pick.kind === 'file';
    const { skipped, damage } = picked;
    const place = isFile ? pick.path : store.name;
    throw new HooksError('no_matching_captures', { place, isFile, ...skipped, damaged: damage.count });
  }
  context.report.note('nothing to replay: no failed deliveries');
  return notePicked(picked, context);
}

/** Returns the exit code for what was not read. */
function notePicked({ skipped, damage }: Picked, context: Context): 0 | 2 {
  noteSkipped(skipped, context);
  return noteDamage(damage, context.report);
}

function noteSkipped({ rejected, untrusted }: Skipped, { report }: Context): void {
  if (rejected > 0) {
    report.note(
      `skipped ${rejected} rejected capture${rejected === 1 ? '' : 's'}. To replay one, pass its id and --trust`,
    );
  }
  if (untrusted > 0) {
    report.warn(
      `skipped ${untrusted} capture${untrusted === 1 ? '' : 's'} that ${untrusted === 1 ? 'does' : 'do'} not verify with your secret. Re-signed, a forged one would look real. If you trust them, use --trust`,
    );
  }
}

/** The fix for a replayed message that does not verify. */
function ownFix({ reason }: Rejected): string {
  return reason === 'too_old' ? 'omit --exact to re-sign the message' : 'omit --exact';
}
