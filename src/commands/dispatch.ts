import { setFlagsFromString } from 'node:v8';
import { maskedSecrets } from '../config/secrets.ts';
import { type Pace, runPaced } from '../delivery/burst.ts';
import { isAccepted, type Outcome } from '../delivery/outcome.ts';
import { type Attempted, asksForTooLong, deliverWithRetries, type RetryPolicy } from '../delivery/retry.ts';
import { type Delivery, openDelivery } from '../delivery/transport/index.ts';
import { fromHeaderBytes, type Message, maskCredentials } from '../message.ts';
import { cut } from '../report/clean.ts';
import { deliveredFact, type ReportedDelivery } from '../report/facts/delivery.ts';
import type { Fact } from '../report/facts/index.ts';
import { messageFact } from '../report/facts/message.ts';
import { Tally } from '../report/facts/tally.ts';
import type { Report } from '../report/index.ts';
import type { Rejected } from '../signature/verdict.ts';
import { type Context, listenForStop, type Stop } from './context.ts';
import type { DeliverySetting } from './delivery-options.ts';

/** One delivery that is to be made. */
export interface Parcel {
  /** What its body says of itself. */
  readonly event: { readonly type: string | null; readonly id: string | null };
  /** The message for an attempt at a time in milliseconds since 1970: each attempt has its own signature. */
  messageAt(now: number): Message;
  /** Whether the outcome is the one to expect; without it, an accepted message is. */
  isGood?(outcome: Outcome): boolean;
  /** What its fact has beside the usual. */
  readonly about?: Pick<ReportedDelivery, 'fault' | 'capture' | 'was'>;
  /** Makes its fact; without it, a `delivered` one. */
  fact?(told: ReportedDelivery): Fact;
  /** Called after each attempt, before it is reported. */
  onAttempt?(attempted: Attempted): void;
}

/** What is to be delivered. */
export interface Batch {
  readonly command: 'send' | 'replay' | 'demo';
  /** The next parcel; undefined after the last. */
  next(): Parcel | undefined | Promise<Parcel | undefined>;
  /** How many there are; undefined when that is not known before the last. */
  readonly total: number | undefined;
  /** How far it is, from 0 to 1, where there is no total. */
  progress?(): number;
  /** How many that were asked for could not be read. */
  missed?(): number;
  /** Which deliveries are reported; `none` leaves out the summary too. */
  readonly reports: 'all' | 'failures' | 'none';
  /** What to do about a message of ours that does not verify. */
  readonly ownFix?: (refused: Rejected) => string;
}

/** Where to, how fast, and how often to retry. */
export interface Manner {
  readonly delivery: DeliverySetting;
  readonly pace: Pace;
  /** Undefined for a single attempt. */
  readonly retry: RetryPolicy | undefined;
}

/** Failures that are reported one by one in a large batch; the summary counts all. */
const REPORTED_FAILURES = 10;
/** A batch of more than so many deliveries is large. */
const LARGE = 100;

/**
 * Delivers a batch, each lane on a connection of its own, reports every delivery and the summary, and returns the exit
 * code. The first signal stops it; what is in flight is finished.
 */
export async function dispatch(batch: Batch, manner: Manner, context: Context): Promise<number> {
  const { io, report } = context;
  const started = io.now();
  const tally = new Tally();
  const stop = listenForStop(io);
  // Input that is still to come is not waited for.
  stop.asked.addEventListener('abort', () => io.stdin.close());
  if (batch.total !== 1 && batch.reports !== 'none') await report.startProgress();
  // On a terminal, a line that is written later would follow the progress line that it belongs above.
  for (const output of [io.stdout, io.stderr]) if (!output.isTerminal) output.gather();
  const tell = reporterOf(batch, manner, context);
  const deliverNext = async (lane: Delivery) => {
    const parcel = await batch.next();
    if (!parcel) return 'done';
    const attempts = { retry: manner.retry, asked: stop.asked, now: io.now };
    const outcome = await deliverWithRetries(
      lane,
      () => parcel.messageAt(io.now()),
      (attempted) => {
        parcel.onAttempt?.(attempted);
        tell(parcel, attempted, tally.total);
      },
      attempts,
    );
    tally.add(outcome, isGood(parcel, outcome));
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

/** Reports the summary of more than one delivery, and returns the exit code. */
function conclude(
  { command, reports, total, missed }: Batch,
  tally: Tally,
  { stop, report, milliseconds }: { stop: Stop; report: Report; milliseconds: number },
): number {
  const planned = total ?? tally.total;
  const isStopped = stop.exitCode !== undefined;
  if (isStopped && total === undefined) report.note('stopped, perhaps before the last of them');
  if (planned !== 1 && reports !== 'none') {
    const summary = tally.summary(command, milliseconds, planned);
    const isWhole = (!isStopped || total !== undefined) && (missed?.() ?? 0) === 0;
    report.print({ ...summary, ok: summary.ok && isWhole });
  }
  return stop.exitCode ?? ((missed?.() ?? 0) > 0 ? Math.max(tally.exitCode, 1) : tally.exitCode);
}

/** Runs `work` on several lanes until it says `done`, all numbers are used up, or somebody wants to stop. */
async function runOnLanes(
  { delivery: { target, timeout, insecure }, pace }: Manner,
  total = Number.POSITIVE_INFINITY,
  { report, stop }: { readonly report: Report; readonly stop: Stop },
  work: (lane: Delivery) => Promise<'done' | 'more'>,
): Promise<void> {
  // V8's optimizing compiler would work on undici's WebAssembly parser until after a short command is done.
  setFlagsFromString('--liftoff-only');
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
  if (resent > 0) report.note(`${resent} sent a second time: the kept-alive connection had been closed`);
}

type Tell = (parcel: Parcel, attempted: Attempted, done: number) => void;

/** Reports attempts: those that the batch wants reported, and of many failures the first ten. */
function reporterOf(batch: Batch, { delivery, retry }: Manner, { io, report }: Context): Tell {
  const { target, timeout, secret } = delivery;
  let [failures, isCutShort] = [0, false];
  const isReported = (ok: boolean, done: number): boolean => {
    if (batch.reports === 'none') return false;
    if (report.isJson) return true;
    if (ok) return batch.reports === 'all';
    failures += 1;
    const isLarge = batch.reports === 'failures' || Math.max(batch.total ?? 0, done) > LARGE;
    if (!isLarge || failures <= REPORTED_FAILURES) return true;
    if (!isCutShort) report.note('further failures are only counted');
    isCutShort = true;
    return false;
  };
  return (parcel, { message, outcome, attempt, retryIn }, done) => {
    const tooLong = retry && asksForTooLong(outcome, io.now());
    if (tooLong) {
      report.note(`the handler asks for ${tooLong} s before the next attempt; the longest wait is an hour`);
    }
    if (report.isVerbose && batch.reports !== 'none') noteMessage(message, report);
    const ok = isGood(parcel, outcome);
    if (!isReported(ok, done)) return;
    const told: ReportedDelivery = {
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
    report.print(parcel.fact?.(told) ?? deliveredFact(told));
  };
}

/** Prints the messages of a batch, or curl commands that send them, and sends nothing. */
export async function printMessages(
  batch: Batch,
  form: 'message' | 'curl',
  { delivery }: Manner,
  { io, report }: Context,
): Promise<void> {
  for (let parcel = await batch.next(); parcel && !io.stdout.isClosed; parcel = await batch.next()) {
    report.print(
      messageFact({
        event: parcel.event,
        message: parcel.messageAt(io.now()),
        url: delivery.target.url,
        wantsCurl: form === 'curl',
        isInsecure: delivery.insecure,
      }),
    );
  }
}

/** Says what should be known of where a delivery goes and what signs it. `signs` is false where nothing is signed. */
export function noteDelivery(
  { target, secret, insecure }: DeliverySetting,
  { report }: Context,
  { signs = true } = {},
): void {
  for (const { text } of secret.secrets) report.hide(text);
  for (const note of [...target.notes, ...(signs ? secret.notes : [])]) report.note(note);
  if (insecure) report.note('--insecure: the certificate of the target is not checked');
}

/** `whsec_ab… from .env`. */
export function describeSecret({ secret }: DeliverySetting): string {
  return `${maskedSecrets(secret)} from ${secret.source}`;
}

/** Characters of a body that are shown. */
const BODY_LENGTH = 4000;

/** A message as it goes out, credentials masked. */
function noteMessage(message: Message, report: Report): void {
  for (const [name, value] of maskCredentials(message.headers)) {
    report.note(`> ${name}: ${fromHeaderBytes(value)}`);
  }
  report.note(`> ${cut(Buffer.from(message.body).toString(), BODY_LENGTH)}`);
}
