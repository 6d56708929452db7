import { type Pace, runPaced } from '../delivery/burst.ts';
import { isAccepted, type Outcome } from '../delivery/outcome.ts';
import { type Attempted, asksForTooLong, deliverWithRetries, type RetryPolicy } from '../delivery/retry.ts';
import { type Delivery, openDelivery } from '../delivery/transport/index.ts';
import { fromHeaderBytes, type Message, maskCredentials } from '../message.ts';
import type { DeliverySetting } from '../operations/delivery-setting.ts';
import { cut } from '../report/clean.ts';
import { deliveredFact, type ReportedDelivery } from '../report/facts/delivery.ts';
import type { Fact } from '../report/facts/index.ts';
import { messageFact } from '../report/facts/message.ts';
import { Tally } from '../report/facts/tally.ts';
import type { Report } from '../report/index.ts';
import type { Rejected } from '../signature/verdict.ts';
import type { Context } from './context.ts';
import { prepareQuickExit } from './quick-exit.ts';
import { isPrinted, listenForStop, type Stop } from './stop.ts';

/** One message to deliver, with its retries. */
export interface Parcel {
  /** As found in the body. */
  readonly event: { readonly type: string | null; readonly id: string | null };
  /** Builds the message of one attempt: each has its own timestamp and signature. `now` is in ms since 1970. */
  messageAt(now: number): Message;
  /** Whether the outcome is the expected one (default: the handler accepts the message). */
  isGood?(outcome: Outcome): boolean;
  /** Additional members of its fact. */
  readonly about?: Pick<ReportedDelivery, 'fault' | 'capture' | 'was' | 'expects'>;
  /** Builds its fact (default: `delivered`). */
  fact?(delivery: ReportedDelivery): Fact;
  /** Called after each attempt, before it is reported. */
  onAttempt?(attempted: Attempted): void;
}

/** The parcel of something that is followed: `answered` is called after each attempt that got a response of any kind. */
export function whenAnswered(parcel: Parcel, answered: () => void): Parcel {
  return {
    ...parcel,
    onAttempt(attempted) {
      parcel.onAttempt?.(attempted);
      if (attempted.outcome.answered) answered();
    },
  };
}

/** The parcels of one command, and how to report them. */
export interface Batch {
  readonly command: 'send' | 'replay' | 'pull' | 'demo';
  /** The next parcel; undefined after the last. */
  next(stop: AbortSignal): Parcel | undefined | Promise<Parcel | undefined>;
  /** Whether it goes on until a stop is asked for; a response of any kind is a success then. */
  readonly isEndless?: true;
  /** Undefined if the number of parcels is not known before the last one. */
  readonly total: number | undefined;
  /** From 0 to 1; used if `total` is undefined. */
  progress?(): number;
  /** Number of requested messages that could not be read. */
  missed?(): number;
  /** Which deliveries to report; `none` also omits the summary. */
  readonly reports: 'all' | 'failures' | 'none';
  /** The fix for a message that scalekit-hooks sent and that does not verify. */
  readonly ownFix?: (rejected: Rejected) => string;
}

/** How to deliver a batch. */
export interface Manner {
  readonly delivery: DeliverySetting;
  readonly pace: Pace;
  /** Undefined for a single attempt. */
  readonly retry: RetryPolicy | undefined;
}

/** The number of failures to report individually in a large batch; the summary counts all. */
const REPORTED_FAILURES = 10;
/** Batches with more deliveries are large. */
const LARGE_BATCH = 100;

/**
 * Delivers a batch over one connection per lane, reports deliveries and a summary, and returns the exit code. The first
 * signal stops new deliveries; those in flight are finished.
 */
export async function dispatch(batch: Batch, manner: Manner, context: Context): Promise<number> {
  const { io, report } = context;
  const started = io.now();
  const tally = new Tally();
  const stop = listenForStop(context);
  // Do not wait for more input.
  stop.asked.addEventListener('abort', () => io.stdin.close());
  if (batch.total !== 1 && batch.reports !== 'none') await report.startProgress();
  // Not on a terminal: a buffered line would appear below the progress line instead of above it.
  for (const output of [io.stdout, io.stderr]) if (!output.isTerminal) output.gather();
  if (batch.isEndless && !io.stdout.isTerminal) io.stdout.neverBlock();
  const reportAttempt = reporterOf(batch, manner, context);
  const attempts = { retry: manner.retry, asked: stop.asked, now: io.now };
  const deliverNext = async (lane: Delivery) => {
    if (batch.isEndless) await isPrinted(io.stdout, stop.asked);
    const next = batch.next(stop.asked);
    // Most parcels are given at once; an await would cost every delivery a turn.
    const parcel = next instanceof Promise ? await next : next;
    if (!parcel) return 'done';
    const outcome = await deliverWithRetries(
      lane,
      () => parcel.messageAt(io.now()),
      (attempted) => {
        parcel.onAttempt?.(attempted);
        reportAttempt(parcel, attempted, tally.total);
      },
      attempts,
    );
    // Its messages can always be made.
    if (outcome) tally.add(outcome, isGood(parcel, outcome));
    showProgress(batch, tally.total, report);
    return 'more';
  };
  await runOnLanes(manner, batch.total, { report, stop }, deliverNext);
  return conclude(batch, tally, { stop, report, milliseconds: io.now() - started });
}

function isGood(parcel: Parcel, outcome: Outcome): boolean {
  return parcel.isGood?.(outcome) ?? isAccepted(outcome);
}

function showProgress({ total, progress }: Batch, done: number, report: Report): void {
  if (total === undefined) report.progress(progress?.() ?? 0, `${done} delivered`);
  else report.progress(done / total, `${done} of ${total}`);
}

/** Reports a summary, except of a batch that has one delivery, and returns the exit code. */
function conclude(
  { command, reports, total, missed, isEndless }: Batch,
  tally: Tally,
  { stop, report, milliseconds }: { stop: Stop; report: Report; milliseconds: number },
): number {
  const planned = total ?? tally.total;
  const isStopped = stop.exitCode !== undefined;
  if (isStopped && total === undefined && !isEndless)
    report.note('stopped by a signal, possibly before the last delivery');
  if ((planned !== 1 || isEndless) && reports !== 'none') {
    const summary = tally.summary(command, milliseconds, planned);
    const isWhole = (!isStopped || total !== undefined) && (missed?.() ?? 0) === 0;
    report.print({ ...summary, ok: summary.ok && isWhole });
  }
  if (isEndless) return stop.exitCode ?? 0;
  return stop.exitCode ?? ((missed?.() ?? 0) > 0 ? Math.max(tally.exitCode, 1) : tally.exitCode);
}

/** Runs `work` on several lanes until it returns `done`, `total` is reached, or a stop is requested. */
async function runOnLanes(
  { delivery: { target, timeout, insecure }, pace }: Manner,
  total = Number.POSITIVE_INFINITY,
  { report, stop }: { readonly report: Report; readonly stop: Stop },
  work: (lane: Delivery) => Promise<'done' | 'more'>,
): Promise<void> {
  prepareQuickExit();
  const lanes = Array.from({ length: Math.min(pace.concurrency, total) }, () =>
    openDelivery(target, { timeout, insecure, stop: stop.cut }),
  );
  try {
    await runPaced(pace, total, stop.asked, (lane) => work(lanes[lane]!));
  } finally {
    stop.forget();
    await Promise.all(lanes.map((lane) => lane.close()));
  }
  const resent = lanes.reduce((sum, lane) => sum + lane.resent, 0);
  if (resent > 0)
    report.note(`messages sent again because the target had closed the keep-alive connection: ${resent}`);
}

type ReportAttempt = (parcel: Parcel, attempted: Attempted, done: number) => void;

/** Reports attempts as `batch.reports` requests, but only the first failures of a large batch. */
function reporterOf(batch: Batch, { delivery, retry }: Manner, { io, report }: Context): ReportAttempt {
  const { target, timeout, secret } = delivery;
  let [failures, isCutShort] = [0, false];
  const isReported = (ok: boolean, done: number): boolean => {
    if (batch.reports === 'none') return false;
    if (report.isJson) return true;
    if (ok) return batch.reports === 'all';
    failures += 1;
    const isLarge = batch.reports === 'failures' || Math.max(batch.total ?? 0, done) > LARGE_BATCH;
    if (!isLarge || failures <= REPORTED_FAILURES) return true;
    if (!isCutShort) report.note('further failures are counted in the summary only');
    isCutShort = true;
    return false;
  };
  return (parcel, { message, outcome, attempt, retryIn }, done) => {
    const tooLongSeconds = retry && asksForTooLong(outcome, io.now());
    if (tooLongSeconds) {
      report.note(
        `the handler asks to wait ${tooLongSeconds} s before the next attempt; the limit is 1 hour`,
      );
    }
    if (report.isVerbose && batch.reports !== 'none') noteMessage(message, report);
    const ok = isGood(parcel, outcome);
    if (!isReported(ok, done)) return;
    const reported: ReportedDelivery = {
      mask: report.mask,
      event: parcel.event,
      message,
      target,
      timeout,
      outcome,
      secret,
      now: io.now(),
      ownFix: batch.ownFix,
      ok,
      attempt,
      retryIn,
      ...parcel.about,
    };
    report.print(parcel.fact?.(reported) ?? deliveredFact(reported));
  };
}

/** Prints the messages of a batch, or curl commands that send them; sends nothing. */
export async function printMessages(
  batch: Batch,
  form: 'message' | 'curl' | 'http',
  { delivery }: Manner,
  { io, report }: Context,
): Promise<void> {
  const { signal } = new AbortController();
  const next = () => batch.next(signal);
  for (let parcel = await next(); parcel && !io.stdout.isClosed; parcel = await next()) {
    report.print(
      messageFact({
        event: parcel.event,
        message: parcel.messageAt(io.now()),
        url: delivery.target.url,
        form,
        isInsecure: delivery.insecure,
      }),
    );
  }
}

/** The number of characters to print. */
const MAX_BODY_CHARACTERS = 4000;

function noteMessage(message: Message, report: Report): void {
  for (const [name, value] of maskCredentials(message.headers)) {
    report.note(`> ${name}: ${fromHeaderBytes(value)}`);
  }
  report.note(`> ${cut(Buffer.from(message.body).toString(), MAX_BODY_CHARACTERS)}`);
}
