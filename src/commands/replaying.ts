import { type Attempted, deliverWithRetries } from '../delivery/attempts.ts';
import type { Delivery } from '../delivery/deliver.ts';
import { isAccepted, type Outcome } from '../delivery/outcome.ts';
import type { ReplayMode } from '../delivery/replayed-message.ts';
import { HooksError } from '../errors.ts';
import type { Edit } from '../events/edit.ts';
import { ID_HEADER, soleHeader } from '../message.ts';
import { deliveredFact } from '../report/delivery-fact.ts';
import { messageFact } from '../report/message-text.ts';
import { Tally } from '../report/tally.ts';
import type { CapturesFolder } from '../settings/captures.ts';
import type { DeliverySetting } from '../settings/delivery.ts';
import type { PaceSetting } from '../settings/pace.ts';
import type { Refused } from '../signature/verdict.ts';
import { CaptureKeeper, keptOutcome, openJournalFor } from './capturing.ts';
import { type Context, listenForStop, type Stop } from './context.ts';
import { type Journey, type Next, prepareJourneys } from './journeys.ts';
import { runOnLanes } from './lanes.ts';
import { noteMessage } from './message-notes.ts';
import type { Pick, Picked } from './picking.ts';
import { sayHow, sayNothingFits, sayWhatWasLeftOut } from './replay-notes.ts';
import { describeUnknownTypes } from './unknown-types.ts';

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

/** Delivers captures again, or shows them, and returns the exit code. */
export async function replay(options: ReplayOptions, context: Context): Promise<number> {
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
  { delivery, show }: ReplayOptions,
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
  { keepsOutcomes, pick, folder }: ReplayOptions,
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
