import type { Capture, CaptureOutcome } from '../../captures/record.ts';
import type { CapturesFolder } from '../../config/captures.ts';
import { followerName } from '../../config/follower.ts';
import type { Attempted } from '../../delivery/retry.ts';
import { HooksError } from '../../errors.ts';
import type { Edit } from '../../events/edit.ts';
import { EditTrial } from '../../events/edit-events.ts';
import { ID_HEADER, soleHeader } from '../../message.ts';
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
import { CaptureRecorder, openJournalFor, outcomeMembersOf } from '../recorder.ts';
import { type ReplayMode, replayed } from './message.ts';
import { type CapturePick, type Captures, type Picked, pickCaptures } from './selection.ts';

export interface ReplaySettings extends Manner {
  readonly folder: CapturesFolder;
  readonly pick: CapturePick;
  readonly mode: ReplayMode;
  readonly edits: readonly Edit[];
  /** Whether Outcomes are stored with the captures. */
  readonly keepsOutcomes: boolean;
  /** Prints the messages instead of sending them. */
  readonly show: 'message' | 'curl' | undefined;
}

/** Delivers or prints captures, and returns the exit code. */
export async function replay(settings: ReplaySettings, context: Context): Promise<number> {
  const { pick, show } = settings;
  const patterns = pick.kind === 'ids' ? [] : pick.filter.patterns;
  for (const note of describeUnknownTypes(patterns, context.io)) context.report.note(note);
  const picked = await pickTried(settings, context);
  const { first, next } = await peek(picked.captures());
  if (!first) return reportNothing(settings, picked, context);
  noteReplay(settings, first, context);
  const keeper = show ? undefined : await openKeeper(settings, context);
  const batch = batchOf(next, picked, { settings, keeper, context, follower: followerName() });
  try {
    if (!show) return await dispatch(batch, settings, context);
    await printMessages(batch, show, settings, context);
    return picked.missed > 0 ? 1 : 0;
  } finally {
    await keeper?.close();
    noteSkipped(picked, context);
  }
}

/** Picks the captures and tries the edits on all of them, so that an invalid edit sends nothing. Throws HooksError. */
async function pickTried({ pick, folder, edits }: ReplaySettings, context: Context): Promise<Picked> {
  const picked = await pickCaptures(pick, { folder, isReadTwice: edits.length > 0 }, context);
  if (edits.length === 0) return picked;
  const trial = new EditTrial(edits);
  for await (const capture of picked.captures()) trial.add(capture.body, capture.id);
  trial.conclude();
  return picked;
}

interface Peeked {
  readonly first: Capture | undefined;
  /** Yields all of them, including the first. */
  next(): Promise<Capture | undefined>;
}

async function peek(captures: Captures): Promise<Peeked> {
  const iterator =
    Symbol.iterator in captures ? captures[Symbol.iterator]() : captures[Symbol.asyncIterator]();
  const read = async () => {
    const result = await iterator.next();
    return result.done ? undefined : result.value;
  };
  const first = await read();
  let isFirst = true;
  return {
    first,
    async next() {
      if (!isFirst) return read();
      isFirst = false;
      return first;
    },
  };
}

interface Replaying {
  readonly settings: ReplaySettings;
  readonly keeper: CaptureRecorder | undefined;
  readonly context: Context;
  /** Read once, because the operating system is asked for it. */
  readonly follower: string;
}

function batchOf(captures: Peeked['next'], picked: Picked, replaying: Replaying): Batch {
  const noted = new Set<string>();
  const noteOnce = (text: string) => {
    if (!noted.has(text)) replaying.context.report.note(text);
    noted.add(text);
  };
  return {
    command: 'replay',
    total: picked.total,
    progress: () => picked.progress,
    missed: () => picked.missed,
    reports: 'all',
    ownFix,
    async next() {
      const capture = await captures();
      return capture && parcelOf(capture, picked.outcomes?.of(capture), { ...replaying, noteOnce });
    },
  };
}

/** `was` is the status or failure of the previous delivery. */
function parcelOf(
  capture: Capture,
  was: string | undefined,
  { settings, keeper, context, follower, noteOnce }: Replaying & { noteOnce(text: string): void },
): Parcel {
  const { mode, edits, delivery, pick } = settings;
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
    // Not awaited: after a crash, the next replay may repeat a delivery, which every handler must tolerate.
    onAttempt: (attempted) =>
      void keeper?.keep(
        outcomeRecord(capture, attempted, {
          mode,
          url: delivery.target.url.href,
          time: context.io.now(),
          follower,
        }),
      ),
  };
}

function outcomeRecord(
  capture: Capture,
  { message, outcome }: Attempted,
  { mode, ...where }: Pick<CaptureOutcome, 'url' | 'time' | 'follower'> & { readonly mode: ReplayMode },
) {
  // The webhook-id of an unverified message may be forged; see LatestOutcomes.
  const isKnownById = capture.verified || mode === 'new';
  const webhookId = isKnownById ? (soleHeader(message.headers, ID_HEADER) ?? null) : null;
  return {
    kind: 'outcome' as const,
    outcome: {
      capture: capture.id,
      webhookId,
      via: 'replay' as const,
      ...where,
      ...outcomeMembersOf(outcome),
    },
  };
}

/** A replay delivers even if its Outcomes cannot be stored. */
async function openKeeper(
  { keepsOutcomes, pick, folder }: ReplaySettings,
  context: Context,
): Promise<CaptureRecorder> {
  if (!keepsOutcomes || pick.kind === 'file') return new CaptureRecorder(undefined, context.report);
  try {
    return new CaptureRecorder(await openJournalFor({ ...folder, sync: false }, context), context.report);
  } catch (error) {
    if (!(error instanceof HooksError)) throw error;
    const { message, detail } = error.sentences;
    context.report.warn(`the outcome of the deliveries is not stored: ${message}: ${detail}`);
    return new CaptureRecorder(undefined, context.report);
  }
}

function noteReplay(
  { mode, delivery, edits }: ReplaySettings,
  { forwardTo }: Capture,
  context: Context,
): void {
  const { target } = delivery;
  const { report } = context;
  noteDelivery(delivery, context, { signs: mode !== 'exact' });
  const signed = `re-signed with ${describeSecret(delivery)}`;
  const how = {
    resigned: `${signed}, keeping the original webhook-id, as a real retry does`,
    new: `${signed}, each with a new webhook-id and event id`,
    exact: 'with the original bytes and headers',
  };
  report.note(`target: ${target.url.href}, ${edits.length > 0 ? 'edited, ' : ''}${how[mode]}`);
  if (target.isUsual && forwardTo !== null && forwardTo !== target.url.href) {
    report.note(
      `the captures were forwarded to ${forwardTo} before. Use --to ${forwardTo} to send them there again`,
    );
  }
  if (mode === 'exact') {
    report.note('--exact: a handler must reject messages that were signed more than 5 minutes ago');
  }
}

/** Returns the exit code for --failed, where an empty result is fine. Throws HooksError for any other selection. */
function reportNothing({ pick, folder }: ReplaySettings, picked: Picked, context: Context): number {
  if (pick.kind !== 'failed') {
    const isFile = pick.kind === 'file';
    const { rejected, damage } = picked;
    const place = isFile ? pick.path : folder.name;
    throw new HooksError('no_matching_captures', { place, isFile, rejected, damaged: damage.count });
  }
  context.report.note('nothing to replay: no failed deliveries');
  noteSkipped(picked, context);
  return 0;
}

function noteSkipped({ rejected, damage }: Picked, { report }: Context): void {
  if (rejected > 0) {
    report.note(
      `skipped ${rejected} rejected capture${rejected === 1 ? '' : 's'}. To replay one, pass its id`,
    );
  }
  noteDamage(damage, report);
}

/** The fix for a replayed message that does not verify. */
function ownFix({ reason }: Rejected): string {
  return reason === 'too_old' ? 'omit --exact to re-sign the message' : 'omit --exact';
}
