import type { Capture } from '../captures/record.ts';
import { type Attempted, deliverWithRetries } from '../delivery/attempts.ts';
import type { Delivery } from '../delivery/deliver.ts';
import { isAccepted, type Outcome } from '../delivery/outcome.ts';
import { isMasked, type Replayed, type ReplayMode, replayed } from '../delivery/replayed-message.ts';
import { HooksError } from '../errors.ts';
import type { Edit } from '../events/edit.ts';
import { EditTrial } from '../events/edit-bodies.ts';
import { ID_HEADER, soleHeader } from '../message.ts';
import { deliveredFact } from '../report/delivery-fact.ts';
import { messageFact } from '../report/message-text.ts';
import { Tally } from '../report/tally.ts';
import type { CapturesFolder } from '../settings/captures.ts';
import type { DeliverySetting } from '../settings/delivery.ts';
import type { PaceSetting } from '../settings/pace.ts';
import { maskedSecrets } from '../settings/secrets.ts';
import type { Refused } from '../signature/verdict.ts';
import { CaptureKeeper, keptOutcome, openJournalFor } from './capturing.ts';
import { type Context, listenForStop, type Stop } from './context.ts';
import { sayDamage } from './keeping.ts';
import { runOnLanes } from './lanes.ts';
import { type Captures, type Pick, type Picked, pickCaptures } from './picking.ts';

/** What to replay, where and how. */
export interface ReplayOptions {
  readonly folder: CapturesFolder;
  readonly pick: Pick;
  readonly mode: ReplayMode;
  readonly edits: readonly Edit[];
  readonly delivery: DeliverySetting;
  readonly pace: PaceSetting;
  /** Whether what the app does with them is kept beside the captures. */
  readonly keepsOutcomes: boolean;
  /** Shows the messages in place of sending them. */
  readonly show: 'message' | 'curl' | undefined;
}

/** A capture on its way. */
interface Journey {
  readonly capture: Capture;
  readonly replayed: Replayed;
  /** The status or failure of its latest delivery before this one. */
  readonly was: string | undefined;
}

/** Delivers captures again, or shows them, and returns the exit code. */
export async function replay(options: ReplayOptions, context: Context): Promise<number> {
  for (const { text } of options.delivery.secret.secrets) context.report.hide(text);
  const isReadTwice = options.edits.length > 0;
  const picked = await pickCaptures(options.pick, { folder: options.folder, isReadTwice }, context);
  await tryEdits(options.edits, picked);
  const captures = await peek(picked.captures());
  if (!captures) return sayNothingFits(options, picked, context);
  sayHow(options, context);
  const next = preparer(captures, options, picked, context);
  const exitCode = options.show
    ? await showAll(next, options, context)
    : await deliverAll(next, options, picked, context);
  sayWhatWasLeftOut(picked, context);
  return picked.damage.count > 0 ? Math.max(exitCode, 1) : exitCode;
}

/** The next capture, made ready; undefined after the last. */
type Next = () => Promise<Journey | undefined>;

/** Looks whether there is a first. Returns how to get all of them, one by one. */
async function peek(captures: Captures): Promise<(() => Promise<Capture | undefined>) | undefined> {
  const iterator =
    Symbol.iterator in captures ? captures[Symbol.iterator]() : captures[Symbol.asyncIterator]();
  let first: IteratorResult<Capture> | undefined = await iterator.next();
  if (first.done) return undefined;
  return async () => {
    const result = first ?? (await iterator.next());
    first = undefined;
    return result.done ? undefined : result.value;
  };
}

/** Tries the edits on all that was picked, so that what is wrong with them sends nothing. */
async function tryEdits(edits: readonly Edit[], picked: Picked): Promise<void> {
  if (edits.length === 0) return;
  const trial = new EditTrial(edits);
  for await (const capture of picked.captures()) trial.add(capture.body, capture.id);
  trial.conclude();
}

/** Makes captures ready as they are asked for, and says what should be known of each. */
function preparer(
  captures: () => Promise<Capture | undefined>,
  { mode, edits, delivery, pick }: ReplayOptions,
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
    for (const [name, value] of capture.headers) {
      if (isMasked(name, value)) sayOnce(`left out, since its value was not kept: ${name}; -H can give it`);
    }
    if (pick.kind === 'ids' && !capture.verified && mode !== 'exact') {
      report.note(`${capture.id} was refused when it came (${capture.reason}); now it is rightly signed`);
    }
    return { capture, replayed: replayed(capture, form), was: outcomes?.of(capture) };
  };
}

function sayHow({ mode, delivery, edits }: ReplayOptions, { report }: Context): void {
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
  if (mode === 'exact') {
    report.note('--exact: a right handler must refuse what was signed more than five minutes ago');
  }
}

function sayNothingFits({ pick, folder }: ReplayOptions, picked: Picked, context: Context): number {
  if (pick.kind !== 'failed') {
    const place = pick.kind === 'file' ? pick.path : folder.name;
    throw new HooksError('nothing_fits', { place, refused: picked.refused, damaged: picked.damage.count });
  }
  context.report.note('nothing to replay: the app took all that was handed on to it');
  sayWhatWasLeftOut(picked, context);
  return 0;
}

function sayWhatWasLeftOut(picked: Picked, { report }: Context): void {
  if (picked.refused > 0) {
    report.note(
      `${picked.refused} left out that had been refused when they came; an id replays one of those`,
    );
  }
  sayDamage(picked.damage, report);
}

async function showAll(
  next: Next,
  { delivery, show }: ReplayOptions,
  { io, report }: Context,
): Promise<number> {
  for (let journey = await next(); journey && !io.stdout.isClosed; journey = await next()) {
    const { capture, replayed } = journey;
    report.tell(
      messageFact({
        event: { type: capture.eventType, id: replayed.eventId },
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
  options: ReplayOptions,
  picked: Picked,
  context: Context,
): Promise<number> {
  const { io, report } = context;
  const { delivery, pace } = options;
  const started = io.now();
  const tally = new Tally();
  const keeper = await openKeeper(options, context);
  const stop = listenForStop(io);
  const running = { ...context, options, stop, keeper };
  await report.startProgress();
  io.stdout.gather();
  io.stderr.gather();
  const endless = { ...pace, total: Number.POSITIVE_INFINITY };
  await runOnLanes(endless, delivery, { report, stop }, async (lane) => {
    const journey = await next();
    if (!journey) return 'done';
    tally.add(await deliverOne(journey, lane, running));
    report.progress(picked.progress, `${tally.total} replayed`);
    return 'more';
  });
  await keeper.close();
  if (stop.exitCode !== undefined) report.note('stopped before all of them were replayed');
  if (tally.total !== 1) report.tell(tally.summary('replay', io.now() - started, tally.total));
  return stop.exitCode ?? tally.exitCode;
}

/** Where outcomes are kept. That they cannot be is no reason not to deliver. */
async function openKeeper(
  { keepsOutcomes, pick, folder }: ReplayOptions,
  context: Context,
): Promise<CaptureKeeper> {
  if (!keepsOutcomes || pick.kind === 'file') return new CaptureKeeper(undefined, context.report);
  try {
    return new CaptureKeeper(await openJournalFor({ ...folder, sync: false }, context), context.report);
  } catch (error) {
    if (!(error instanceof HooksError)) throw error;
    context.report.warn(`what the app does with them is not kept: ${error.message}, ${error.sentences.why}`);
    return new CaptureKeeper(undefined, context.report);
  }
}

interface Running extends Context {
  readonly options: ReplayOptions;
  readonly stop: Stop;
  readonly keeper: CaptureKeeper;
}

async function deliverOne(journey: Journey, lane: Delivery, running: Running): Promise<Outcome> {
  const { io, options, stop } = running;
  const attempts = { retry: options.pace.retry, asked: stop.asked, now: io.now };
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
  report.tell(
    deliveredFact({
      mask: report.mask,
      now: io.now(),
      event: { type: capture.eventType, id: replayed.eventId },
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
      webhookId: soleHeader(message.headers, ID_HEADER) ?? null,
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
