import type { Capture } from '../../captures/record.ts';
import type { CapturesFolder } from '../../config/captures.ts';
import { maskedSecrets } from '../../config/secrets.ts';
import type { Pace } from '../../delivery/burst.ts';
import { isAccepted, type Outcome } from '../../delivery/outcome.ts';
import type { RetryPolicy } from '../../delivery/retry.ts';
import { type Attempted, deliverWithRetries } from '../../delivery/retry.ts';
import type { Delivery } from '../../delivery/transport/index.ts';
import { HooksError } from '../../errors.ts';
import type { Edit } from '../../events/edit.ts';
import { EditTrial } from '../../events/edit-events.ts';
import { ID_HEADER, soleHeader } from '../../message.ts';
import { deliveredFact } from '../../report/facts/delivery.ts';
import { messageFact } from '../../report/facts/message.ts';
import { Tally } from '../../report/facts/tally.ts';
import type { Refused } from '../../signature/verdict.ts';
import { type Context, listenForStop, type Stop } from '../context.ts';
import type { DeliverySetting } from '../delivery-options.ts';
import { noteMessage, runOnLanes } from '../dispatch.ts';
import { describeUnknownTypes, sayDamage } from '../notes.ts';
import { CaptureKeeper, keptOutcome, openJournalFor } from '../recorder.ts';
import { type Replayed, type ReplayMode, replayed } from './message.ts';
import { type Captures, type Pick, type Picked, pickCaptures } from './selection.ts';

/** What to replay, where and how. */
export interface ReplaySettings {
  readonly folder: CapturesFolder;
  readonly pick: Pick;
  readonly mode: ReplayMode;
  readonly edits: readonly Edit[];
  readonly delivery: DeliverySetting;
  readonly pace: Omit<Pace, 'total'>;
  /** Undefined for a single attempt. */
  readonly retry: RetryPolicy | undefined;
  /** Whether what the app does with them is kept beside the captures. */
  readonly keepsOutcomes: boolean;
  /** Shows the messages in place of sending them. */
  readonly show: 'message' | 'curl' | undefined;
}

/** Delivers captures again, or shows them, and returns the exit code. */
export async function replay(options: ReplaySettings, context: Context): Promise<number> {
  const { delivery, pick } = options;
  for (const { text } of delivery.secret.secrets) context.report.hide(text);
  const patterns = pick.kind === 'ids' ? [] : pick.filter.patterns;
  for (const note of describeUnknownTypes(patterns, context.io)) context.report.note(note);
  const { picked, first, next } = await prepareJourneys(options, context);
  if (!first) return sayNothingFits(options, picked, context);
  sayHow(options, first, context);
  const exitCode = options.show
    ? await showAll(next, options, context)
    : await deliverAll(next, options, picked, context);
  sayWhatWasLeftOut(picked, context);
  return picked.missed > 0 ? Math.max(exitCode, 1) : exitCode;
}

async function showAll(
  next: Next,
  { delivery, show }: ReplaySettings,
  { io, report }: Context,
): Promise<number> {
  for (let journey = await next(); journey && !io.stdout.isClosed; journey = await next()) {
    const { replayed } = journey;
    report.tell(
      messageFact({
        event: replayed.event,
        message: replayed.messageAt(io.now()),
        url: delivery.target.url,
        wantsCurl: show === 'curl',
        isInsecure: delivery.insecure,
      }),
    );
  }
  return 0;
}

async function deliverAll(
  next: Next,
  options: ReplaySettings,
  picked: Picked,
  context: Context,
): Promise<number> {
  const { io, report } = context;
  const { delivery, pace } = options;
  const started = io.now();
  const tally = new Tally();
  const keeper = await openKeeper(options, context);
  const stop = listenForStop(io);
  // What is still to come from a pipe is not waited for.
  stop.asked.addEventListener('abort', () => io.stdin.close());
  const running = { ...context, options, stop, keeper };
  if (picked.total !== 1) await report.startProgress();
  // What is printed around a bar must not come after it is drawn again.
  for (const output of [io.stdout, io.stderr]) if (!output.isTerminal) output.gather();
  const endless = { ...pace, total: Number.POSITIVE_INFINITY };
  const deliverNext = async (lane: Delivery) => {
    const journey = await next();
    if (!journey) return 'done';
    tally.add(await deliverOne(journey, lane, running));
    const { total } = picked;
    if (total === undefined) report.progress(picked.progress, `${tally.total} replayed`);
    else report.progress(tally.total / total, `${tally.total} of ${total}`);
    return 'more';
  };
  try {
    await runOnLanes(endless, delivery, { report, stop }, deliverNext);
  } finally {
    await keeper.close();
  }
  const planned = picked.total ?? tally.total;
  if (stop.exitCode !== undefined && planned === tally.total)
    report.note('stopped, perhaps before the last of them');
  const summary = tally.summary('replay', io.now() - started, planned);
  const isWhole = stop.exitCode === undefined && picked.missed === 0;
  if (planned !== 1) report.tell({ ...summary, ok: summary.ok && isWhole });
  return stop.exitCode ?? tally.exitCode;
}

/** Where outcomes are kept. That they cannot be is no reason not to deliver. */
async function openKeeper(
  { keepsOutcomes, pick, folder }: ReplaySettings,
  context: Context,
): Promise<CaptureKeeper> {
  if (!keepsOutcomes || pick.kind === 'file') return new CaptureKeeper(undefined, context.report);
  try {
    return new CaptureKeeper(await openJournalFor({ ...folder, sync: false }, context), context.report);
  } catch (error) {
    if (!(error instanceof HooksError)) throw error;
    context.report.warn(
      `what the app does with them is not kept: ${error.sentences.what}, ${error.sentences.why}`,
    );
    return new CaptureKeeper(undefined, context.report);
  }
}

interface Running extends Context {
  readonly options: ReplaySettings;
  readonly stop: Stop;
  readonly keeper: CaptureKeeper;
}

async function deliverOne(journey: Journey, lane: Delivery, running: Running): Promise<Outcome> {
  const { io, options, stop } = running;
  const attempts = { retry: options.retry, asked: stop.asked, now: io.now };
  return deliverWithRetries(
    lane,
    () => journey.replayed.messageAt(io.now()),
    (attempted) => tellAndKeep(journey, attempted, running),
    attempts,
  );
}

function tellAndKeep(
  { capture, replayed, was }: Journey,
  { message, outcome, attempt, retryIn }: Attempted,
  { io, report, options, keeper }: Running,
): void {
  const { target, timeout, secret } = options.delivery;
  if (report.isVerbose) noteMessage(message, report);
  report.tell(
    deliveredFact({
      mask: report.mask,
      now: io.now(),
      event: replayed.event,
      message,
      target,
      timeout,
      outcome,
      secret,
      ownAdvice,
      ok: isAccepted(outcome),
      attempt,
      retryIn,
      capture: capture.id || undefined,
      was,
    }),
  );
  // Not waited for: whoever is stopped here replays once more than needed, which every handler must bear.
  keeper.keep({
    kind: 'outcome',
    outcome: {
      capture: capture.id,
      // What was not verified is known by its Capture only; see LatestOutcomes.
      webhookId:
        capture.verified || options.mode === 'new' ? (soleHeader(message.headers, ID_HEADER) ?? null) : null,
      time: io.now(),
      via: 'replay',
      url: target.url.href,
      ...keptOutcome(outcome),
    },
  });
}

/** What made a message of ours one that cannot verify. */
function ownAdvice({ reason }: Refused): string {
  return reason === 'too_old' ? 'leave --exact out: it is signed anew then' : 'leave --exact out';
}

/** A capture on its way. */
export interface Journey {
  readonly capture: Capture;
  readonly replayed: Replayed;
  /** The status or failure of its latest delivery before this one. */
  readonly was: string | undefined;
}

/** Captures that were picked, and how to get them one by one. */
export interface Journeys {
  readonly picked: Picked;
  /** Undefined when there is none. */
  readonly first: Capture | undefined;
  readonly next: Next;
}

/** The next capture, made ready; undefined after the last. */
export type Next = () => Promise<Journey | undefined>;

/** Picks what is to be replayed, and tries the edits on it, so that what is wrong sends nothing. Throws HooksError. */
export async function prepareJourneys(options: ReplaySettings, context: Context): Promise<Journeys> {
  const isReadTwice = options.edits.length > 0;
  const picked = await pickCaptures(options.pick, { folder: options.folder, isReadTwice }, context);
  await tryEdits(options.edits, picked);
  const { first, next } = await peek(picked.captures());
  return { picked, first, next: preparer(next, options, picked, context) };
}

interface Peeked {
  readonly first: Capture | undefined;
  /** All of them one by one, the first included. */
  next(): Promise<Capture | undefined>;
}

/** Looks at the first. */
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

async function tryEdits(edits: readonly Edit[], picked: Picked): Promise<void> {
  if (edits.length === 0) return;
  const trial = new EditTrial(edits);
  for await (const capture of picked.captures()) trial.add(capture.body, capture.id);
  trial.conclude();
}

/** Makes captures ready as they are asked for, and says what should be known of each. */
function preparer(
  captures: () => Promise<Capture | undefined>,
  { mode, edits, delivery, pick }: ReplaySettings,
  { outcomes }: Picked,
  { report }: Context,
): Next {
  const form = { mode, edits, secrets: delivery.secret.secrets, headers: delivery.headers };
  const said = new Set<string>();
  const sayOnce = (text: string) => {
    if (!said.has(text)) report.note(text);
    said.add(text);
  };
  return async () => {
    const capture = await captures();
    if (!capture) return undefined;
    const ready = replayed(capture, form);
    for (const { name, why } of ready.leftOut) sayOnce(`left out, since ${why}: ${name}; -H can give it`);
    if (pick.kind === 'ids' && !capture.verified && mode !== 'exact') {
      report.note(`${capture.id} was refused when it came (${capture.reason}); now it is rightly signed`);
    }
    return { capture, replayed: ready, was: outcomes?.of(capture) };
  };
}

/** Says where to and how. */
export function sayHow(
  { mode, delivery, edits }: ReplaySettings,
  { forwardTo }: Capture,
  { report }: Context,
): void {
  const { target, secret, insecure } = delivery;
  for (const note of [...target.notes, ...(mode === 'exact' ? [] : secret.notes)]) report.note(note);
  if (insecure) report.note('--insecure: the certificate of the target is not checked');
  const signed = `signed now with ${maskedSecrets(secret)} from ${secret.source}`;
  const how = {
    resigned: `${signed}, each with its own webhook-id, as a real retry`,
    new: `${signed}, each with a new webhook-id and event id`,
    exact: 'with the old bytes and headers',
  };
  report.note(`to ${target.url.href}, ${edits.length > 0 ? 'edited, ' : ''}${how[mode]}`);
  if (target.isUsual && forwardTo !== null && forwardTo !== target.url.href) {
    report.note(`they had been handed on to ${forwardTo}; --to ${forwardTo} sends them there`);
  }
  if (mode === 'exact') {
    report.note('--exact: a right handler must refuse what was signed more than five minutes ago');
  }
}

/** Says that there is nothing to replay, and returns the exit code. Throws HooksError where something was meant. */
export function sayNothingFits({ pick, folder }: ReplaySettings, picked: Picked, context: Context): number {
  if (pick.kind !== 'failed') {
    const isFile = pick.kind === 'file';
    const { refused, damage } = picked;
    const place = isFile ? pick.path : folder.name;
    throw new HooksError('nothing_fits', { place, isFile, refused, damaged: damage.count });
  }
  context.report.note('nothing to replay: of what was handed on, nothing failed');
  sayWhatWasLeftOut(picked, context);
  return 0;
}

/** Says what was not replayed, and why. */
export function sayWhatWasLeftOut(picked: Picked, { report }: Context): void {
  if (picked.refused > 0) {
    report.note(
      `${picked.refused} left out that had been refused when they came; an id replays one of those`,
    );
  }
  sayDamage(picked.damage, report);
}
