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
import { type Pick, type Picked, pickCaptures } from './picking.ts';

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
  const journeys = prepare(options, picked, context);
  const first = await journeys.next();
  if (first.done) return sayNothingFits(options, picked, context);
  sayHow(options, context);
  const all = startingWith(first.value, journeys);
  const exitCode = options.show
    ? await showAll(all, options, context)
    : await deliverAll(all, options, picked, context);
  sayWhatWasLeftOut(picked, context);
  return picked.damage.count > 0 ? Math.max(exitCode, 1) : exitCode;
}

async function* startingWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T, undefined> {
  yield first;
  yield* rest;
  return undefined;
}

/** Tries the edits on all that was picked, so that what is wrong with them sends nothing. */
async function tryEdits(edits: readonly Edit[], picked: Picked): Promise<void> {
  if (edits.length === 0) return;
  const trial = new EditTrial(edits);
  for await (const capture of picked.captures()) trial.add(capture.body, capture.id);
  trial.conclude();
}

/** Makes captures ready one by one, as they are asked for, and says what should be known of each. */
async function* prepare(
  { mode, edits, delivery, pick }: ReplayOptions,
  picked: Picked,
  { report }: Context,
): AsyncGenerator<Journey, undefined> {
  const form = { mode, edits, secrets: delivery.secret.secrets, headers: delivery.headers };
  const said = new Set<string>();
  const sayOnce = (text: string) => {
    if (!said.has(text)) report.note(text);
    said.add(text);
  };
  for await (const capture of picked.captures()) {
    for (const [name, value] of capture.headers) {
      if (isMasked(name, value)) sayOnce(`left out, since its value was not kept: ${name}; -H can give it`);
    }
    if (pick.kind === 'ids' && !capture.verified && mode !== 'exact') {
      report.note(`${capture.id} was refused when it came (${capture.reason}); now it is rightly signed`);
    }
    yield { capture, replayed: replayed(capture, form), was: picked.outcomes?.of(capture) };
  }
  return undefined;
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
  journeys: AsyncIterable<Journey>,
  { delivery, show }: ReplayOptions,
  { io, report }: Context,
): Promise<number> {
  for await (const { capture, replayed } of journeys) {
    if (io.stdout.isClosed) break;
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
  journeys: AsyncIterator<Journey, undefined>,
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
  const endless = { ...pace, total: Number.POSITIVE_INFINITY };
  await runOnLanes(endless, delivery, { report, stop }, async (lane) => {
    const { value: journey } = await journeys.next();
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
