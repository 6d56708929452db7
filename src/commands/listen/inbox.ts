import type { Kept } from '../../captures/store.ts';
import { mirror } from '../../listener/mirror.ts';
import {
  type Admission,
  type Answer,
  admit,
  inTurn,
  json,
  type ListenerRules,
  type ReceivedRequest,
  type Reception,
  type RequestHead,
  receive,
} from '../../listener/receive.ts';
import type { RepeatCounter } from '../../listener/repeats.ts';
import type { Receiver } from '../../listener/server.ts';
import { headerValues } from '../../message.ts';
import { matchesPattern } from '../../names.ts';
import { receivedCapture } from '../../operations/new-capture.ts';
import { pause } from '../../pause.ts';
import { cut } from '../../report/clean.ts';
import { type ReportedReception, receivedFact } from '../../report/facts/reception.ts';
import type { Report } from '../../report/index.ts';
import type { Context } from '../context.ts';
import type { Desk } from './desk.ts';
import { ForwardedBody } from './forwarded-body.ts';
import type { Forwarding } from './forwarder.ts';
import type { ListenSettings } from './options.ts';

/** Verifies, stores, forwards, counts, reports and answers each request. */
export function receiver(settings: ListenSettings, desk: Desk, context: Context): Receiver {
  const { io, report } = context;
  const { secret, path, patterns, forward, statuses, delay, expectations } = settings;
  const { counter, stop } = desk;
  const acceptsUnverified = settings.acceptsUnverified || (forward?.forwardsUnverified ?? false);
  const rules: ListenerRules = {
    secrets: secret.secrets,
    path,
    acceptsUnverified,
    nextStatus: inTurn(statuses),
  };
  return {
    admit: (head) => (isOwn(head, desk.forwarder?.via) ? forwardingLoop : admit(head, rules)),
    turnedAway: (head, { status, body }) =>
      report.warn(`answered ${requestLine(head)} with ${status} ${body}`),
    failed(head, error) {
      report.warn(`answered ${requestLine(head)} with 500. Internal error, please report it: ${error}`);
      report.trace(error);
    },
    async receive(whole) {
      const started = performance.now();
      const { request, reception } = receive(whole, rules, io.now());
      const isShown = isPrinted(reception, patterns);
      const handled = await handle({ request, reception, isShown }, desk, context);
      const { answer, capture, kept } = handled;
      desk.tally.add(reception, answer.status);
      const delivery = countRepeats(reception, desk.repeats);
      const milliseconds = performance.now() - started;
      if (isShown) show({ request, reception, milliseconds, delivery }, handled, desk, report);
      if (reception.verdict.verified) desk.explainer.remember(request, reception, kept);
      // A message that could not be stored was not accepted. The sender retries it, and the retry counts.
      const isLost = desk.recorder.isRecording && capture === undefined;
      if (!isLost && (reception.verdict.verified || acceptsUnverified)) counter.add(reception.eventType);
      // A stop ends the delay, so that waiting senders get their responses.
      if (delay > 0) await pause(delay, stop.asked);
      if (expectations.length > 0 && counter.isDecided) stop.ask();
      return answer;
    },
  };
}

function requestLine({ method, target }: RequestHead): string {
  return cut(`${method} ${target}`, 200);
}

/** What is known of a message when it is answered. */
type AnsweredMessage = Pick<ReportedReception, 'request' | 'reception' | 'milliseconds' | 'delivery'>;

function show(
  { request, reception, milliseconds, delivery }: AnsweredMessage,
  { answer, capture, reportForwarding }: Handled,
  { findDifferences, explainer }: Desk,
  report: Report,
): void {
  report.print(
    receivedFact({
      request,
      reception,
      status: answer.status,
      milliseconds,
      delivery,
      capture,
      differences: findDifferences?.(request.body),
    }),
  );
  reportForwarding?.();
  if (!reception.verdict.verified) explainer.add({ request, reception, capture });
}

/** Whether this listener has forwarded a message, which has come back: it would go round without end. */
function isOwn({ headers }: RequestHead, via: string | undefined): boolean {
  return via !== undefined && headerValues(headers, 'via').some((value) => value.includes(via));
}

const forwardingLoop: Admission = {
  isAdmitted: false,
  answer: json(508, { error: 'forwarding_loop' }),
};

interface Handled {
  readonly answer: Answer;
  /** The id of its Capture, if it was stored. */
  readonly capture: string | undefined;
  readonly kept?: Kept | undefined;
  /** Reports the Outcome, if it was forwarded. */
  reportForwarding?(): void;
}

/** Stores a message, then forwards it if a route matches. If storing fails, it is not accepted. */
async function handle(
  { request, reception, isShown }: { request: ReceivedRequest; reception: Reception; isShown: boolean },
  { recorder, forwarder }: Desk,
  { io, report }: Context,
): Promise<Handled> {
  const target = forwarder?.targetOf(reception);
  const wouldAccept = target !== undefined || reception.answer.status < 300;
  let id: string | undefined;
  let kept: Kept | undefined;
  if (recorder.isRecording) {
    const status = target ? null : reception.answer.status;
    const forwardTo = target?.url.href ?? null;
    const capture = receivedCapture(request, reception, { time: io.now(), status, forwardTo });
    const result = await recorder.keep({ kind: 'capture', capture });
    if (result.failure) {
      const answer = wouldAccept ? json(result.failure, { error: 'capture_not_stored' }) : reception.answer;
      return { answer, capture: undefined };
    }
    id = capture.id;
    kept = result.kept;
  }
  if (!forwarder || !target) return { answer: reception.answer, capture: id, kept };
  const forwarding: Forwarding = { reception, target, capture: id, isPrinted: isShown };
  const event = `${reception.eventType ?? 'a message'} ${reception.eventId ?? ''}`;
  const slow = setTimeout(
    () => report.note(`received ${cut(event, 200)}. Waiting for ${target.url.href}`),
    SLOW_MS,
  );
  const attempted = await forwarder
    .forward(forwarding, new ForwardedBody(request, kept))
    .finally(() => clearTimeout(slow));
  return {
    answer: mirror(attempted.outcome),
    capture: id,
    kept,
    reportForwarding: () => forwarder.report(forwarding, attempted),
  };
}

/** When to print that the app has not answered yet. */
const SLOW_MS = 1000;

/** The number of deliveries of a message so far. A forged message with the same id does not count. */
function countRepeats({ verdict, webhookId }: Reception, repeats: RepeatCounter): number {
  return verdict.verified && webhookId !== undefined ? repeats.add(webhookId) : 1;
}

/** A rejected message without a type is always printed. */
function isPrinted({ verdict, eventType }: Reception, patterns: readonly string[]): boolean {
  if (!verdict.verified && eventType === null) return true;
  return patterns.some((pattern) => matchesPattern(eventType ?? '', pattern));
}
