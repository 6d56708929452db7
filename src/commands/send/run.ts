import { type Fault, judgeFault } from '../../checks/faults.ts';
import { maskedSecrets } from '../../config/secrets.ts';
import type { Pace } from '../../delivery/burst.ts';
import { isAccepted, type Outcome } from '../../delivery/outcome.ts';
import type { RetryPolicy } from '../../delivery/retry.ts';
import { type Attempted, asksForTooLong, deliverWithRetries } from '../../delivery/retry.ts';
import type { Delivery } from '../../delivery/transport/index.ts';
import { type Event, newWebhookId } from '../../events/build.ts';
import type { Io } from '../../io.ts';
import type { Message } from '../../message.ts';
import { deliveredFact } from '../../report/facts/delivery.ts';
import { messageFact } from '../../report/facts/message.ts';
import { Tally } from '../../report/facts/tally.ts';
import type { Report } from '../../report/index.ts';
import { signMessage } from '../../signature/sign.ts';
import type { Refused } from '../../signature/verdict.ts';
import { type Context, listenForStop, type Stop } from '../context.ts';
import type { DeliverySetting } from '../delivery-options.ts';
import { noteMessage, runOnLanes } from '../dispatch.ts';
import type { InterceptorCalls } from './interceptor.ts';

/** What to send, where, how, how often. Once it is there, nothing in the request is wrong. */
export interface SendSettings {
  /** Each makes one event that happens at a time in milliseconds. */
  readonly sources: readonly ((now: number) => Event)[];
  readonly delivery: DeliverySetting;
  /** How many times each event is sent. */
  readonly count: number;
  readonly pace: Omit<Pace, 'total'>;
  /** Undefined for a single attempt. */
  readonly retry: RetryPolicy | undefined;
  /** The id of every message, as header bytes; undefined for a new one each. */
  readonly webhookId: string | undefined;
  /** The timestamp of a message that is signed at `now` (milliseconds), in whole seconds. */
  timestampAt(now: number): number;
  /** For interceptors that are asked in place of sending events. */
  readonly interceptor: InterceptorCalls | undefined;
  /** What is to be wrong with every message. */
  readonly fault: Fault | undefined;
  /** Shows the messages in place of sending them. */
  readonly show: 'message' | 'curl' | undefined;
}

/** Carries out a send: delivers, or shows, and returns the exit code. */
export async function send(options: SendSettings, context: Context): Promise<number> {
  const { io, report } = context;
  sayHow(options, report);
  if (options.show) return showMessages(options, context);
  const { delivery, pace, count, sources } = options;
  const started = io.now();
  const total = sources.length * count;
  const tally = new Tally();
  const stop = listenForStop(io);
  if (total > 1) await report.startProgress();
  const tell = teller(options, report, io);
  await runOnLanes({ ...pace, total }, delivery, { report, stop }, async (lane, index) => {
    const event = sources[index % sources.length]!(io.now());
    const outcome = await sendOne(event, options, { io, delivery: lane, stop, tell });
    tally.add(outcome, isGood(event, outcome, options));
    report.progress(tally.total / total, `${tally.total} of ${total}`);
    return 'more';
  });
  if (total > 1) report.tell(tally.summary('send', io.now() - started, total));
  return stop.exitCode ?? tally.exitCode;
}

function sayHow({ delivery, fault, webhookId, sources, count }: SendSettings, report: Report): void {
  const { target, secret, insecure } = delivery;
  for (const { text } of secret.secrets) report.hide(text);
  for (const note of [...target.notes, ...secret.notes]) report.note(note);
  if (insecure) report.note('--insecure: the certificate of the target is not checked');
  if (webhookId !== undefined && sources.length * count > 1) {
    report.note('all have one webhook-id: a handler that knows duplicates acts on the first only');
  }
  if (fault) report.note(`--fault ${fault.name}: a message ${fault.summary}, which must be refused`);
  report.note(`to ${target.url.href}, signed with ${maskedSecrets(secret)} from ${secret.source}`);
}

/** Whether a delivery came out as it should: a sound message taken, a spoiled one refused. */
function isGood(event: Event, outcome: Outcome, { fault, interceptor }: SendSettings): boolean {
  if (interceptor) return interceptor.isGood(event, outcome, fault !== undefined);
  return fault ? judgeFault(outcome) === 'refused' : isAccepted(outcome);
}

type Tell = (event: Event, attempted: Attempted) => void;

async function sendOne(
  event: Event,
  options: SendSettings,
  { io, delivery, stop, tell }: { io: Io; delivery: Delivery; stop: Stop; tell: Tell },
): Promise<Outcome> {
  const id = options.webhookId ?? newWebhookId();
  const make = () => makeMessage(event, id, options, io.now());
  const attempts = { retry: options.retry, asked: stop.asked, now: io.now };
  return deliverWithRetries(delivery, make, (attempted) => tell(event, attempted), attempts);
}

function makeMessage(
  event: Event,
  id: string,
  { delivery: { secret, headers }, timestampAt, fault, interceptor }: SendSettings,
  now: number,
): Message {
  const content = { id, timestamp: timestampAt(now), body: event.body };
  const message = fault
    ? fault.spoil({ content, secrets: secret.secrets, headers })
    : signMessage(content, secret.secrets, headers);
  return interceptor ? interceptor.finish(message) : message;
}

/** Failures that are told one by one when an event is sent many times; the summary counts all. */
const TOLD_FAILURES = 10;

/** Tells deliveries: all of them, or with --count only what failed, and for people not without end. */
function teller(options: SendSettings, report: Report, io: Io): Tell {
  const { delivery, count, retry, fault, interceptor } = options;
  const { target, timeout, secret } = delivery;
  const isBulk = count > 1 && !report.isJson;
  let failures = 0;
  return (event, { message, outcome, attempt, retryIn }) => {
    const ok = isGood(event, outcome, options);
    const tooLong = retry && asksForTooLong(outcome, io.now());
    if (tooLong)
      report.note(
        `the handler asks for ${tooLong} s before the next attempt; more than an hour is not waited for`,
      );
    if (report.isVerbose) noteMessage(message, report);
    if (isBulk) {
      if (ok) return;
      failures += 1;
      if (failures === TOLD_FAILURES + 1) report.note('further failures are only counted');
      if (failures > TOLD_FAILURES) return;
    }
    const told = {
      mask: report.mask,
      event,
      message,
      target,
      timeout,
      outcome,
      secret,
      now: io.now(),
      ownAdvice,
      ok,
      attempt,
      retryIn,
      fault,
    };
    report.tell(interceptor ? interceptor.fact(told) : deliveredFact(told));
  };
}

/** What made a message of ours one that cannot verify. */
function ownAdvice({ reason }: Refused): string {
  const isTime = reason === 'too_old' || reason === 'too_new';
  return isTime ? 'leave --age and --timestamp out' : 'leave out what -H replaced by --force';
}

function showMessages(options: SendSettings, { io, report }: Context): number {
  const { delivery, count, sources, webhookId, show } = options;
  for (let index = 0; index < sources.length * count && !io.stdout.isClosed; index += 1) {
    const event = sources[index % sources.length]!(io.now());
    const message = makeMessage(event, webhookId ?? newWebhookId(), options, io.now());
    report.tell(
      messageFact({
        event,
        message,
        url: delivery.target.url,
        wantsCurl: show === 'curl',
        isInsecure: delivery.insecure,
      }),
    );
  }
  return 0;
}
