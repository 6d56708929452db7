import type { SecretSetting } from '../../config/secrets.ts';
import type { FieldDifference } from '../../events/shapes/schemas.ts';
import type { Expectation, ExpectationCounter } from '../../listener/expectations.ts';
import { mirror } from '../../listener/mirror.ts';
import {
  type Answer,
  admit,
  json,
  type ListenerRules,
  type ReceivedRequest,
  type Reception,
  receive,
} from '../../listener/receive.ts';
import type { RepeatCounter } from '../../listener/repeats.ts';
import type { Receiver } from '../../listener/server.ts';
import { matchesPattern } from '../../names.ts';
import { pause } from '../../pause.ts';
import { cut } from '../../report/clean.ts';
import { type ReceptionTally, receivedFact } from '../../report/facts/reception.ts';
import type { Context, Stop } from '../context.ts';
import { type CaptureRecorder, captureOf } from '../recorder.ts';
import type { Explainer } from './explainer.ts';
import type { Forwarder, Forwarding, ForwardSetting } from './forwarder.ts';

/** All that stands behind the port. */
export interface Desk {
  readonly tally: ReceptionTally;
  readonly counter: ExpectationCounter;
  readonly repeats: RepeatCounter;
  readonly keeper: CaptureRecorder;
  readonly forwarder: Forwarder | undefined;
  /** Finds what of an event is not as the reference has it; undefined without --verbose. */
  readonly findDrift: ((body: Uint8Array) => readonly FieldDifference[]) | undefined;
  readonly explainer: Explainer;
  readonly stop: Stop;
}

/** What is done with each request: judged, kept, handed on, counted, told and answered. */
export function receiver(options: ListenSettings, desk: Desk, { io, report }: Context): Receiver {
  const { setting, path, patterns, forward, statuses, delay, expectations } = options;
  const { counter, stop } = desk;
  const acceptsUnverified = options.acceptsUnverified || (forward?.forwardsUnverified ?? false);
  let taken = 0;
  const nextStatus = () => statuses[Math.min(taken++, statuses.length - 1)]!;
  const rules: ListenerRules = { secrets: setting.secrets, path, acceptsUnverified, nextStatus };
  return {
    admit: (head) => admit(head, rules),
    turnedAway: (head, answer) =>
      report.warn(
        `${cut(`${head.method} ${head.target}`, 200)} was answered ${answer.status} ${answer.body}`,
      ),
    failed(head, error) {
      report.warn(
        `${cut(`${head.method} ${head.target}`, 200)} was answered 500, by a bug of scalekit-hooks: ${error}`,
      );
      report.trace(error);
    },
    async receive(request) {
      const started = performance.now();
      const reception = receive(request, rules, io.now());
      const isTold = isPrinted(reception, patterns);
      const {
        answer,
        capture,
        reportForwarding: tellRest,
      } = await handle({ request, reception, isTold }, desk, {
        io,
        report,
      });
      desk.tally.add(reception, answer.status);
      const delivery = countRepeats(reception, desk.repeats);
      if (isTold) {
        const milliseconds = performance.now() - started;
        report.print(
          receivedFact({
            request,
            reception,
            status: answer.status,
            milliseconds,
            delivery,
            capture,
            differences: desk.findDrift?.(request.body),
          }),
        );
        tellRest?.();
        if (!reception.verdict.verified) desk.explainer.add({ request, reception, capture });
      }
      // What could not be kept was not taken: it comes again.
      const isLost = desk.keeper.isRecording && capture === undefined;
      if (!isLost && (reception.verdict.verified || acceptsUnverified)) counter.add(reception.eventType);
      // Whoever wants to stop gets the answers that are owed at once.
      if (delay > 0) await pause(delay, stop.asked);
      if (expectations.length > 0 && counter.isDecided) stop.ask();
      return answer;
    },
  };
}

/** A message's answer, when all that was to be done with it before is done. */
interface Handled {
  readonly answer: Answer;
  /** The id of its Capture, if it was kept. */
  readonly capture: string | undefined;
  /** Tells what the app did with it, if it was handed on. */
  reportForwarding?(): void;
}

/** Keeps a message, and hands it on if it is to be. What would be taken and cannot be kept is not taken. */
async function handle(
  { request, reception, isTold }: { request: ReceivedRequest; reception: Reception; isTold: boolean },
  { keeper, forwarder }: Desk,
  { io, report }: Context,
): Promise<Handled> {
  const target = forwarder?.targetOf(reception);
  const isTaken = target !== undefined || reception.answer.status < 300;
  let id: string | undefined;
  if (keeper.isRecording) {
    const status = target ? null : reception.answer.status;
    const forwardTo = target?.url.href ?? null;
    const capture = captureOf(request, reception, { time: io.now(), status, forwardTo });
    const failure = await keeper.keep({ kind: 'capture', capture });
    if (failure) {
      const answer = isTaken ? json(failure, { error: 'capture_not_stored' }) : reception.answer;
      return { answer, capture: undefined };
    }
    id = capture.id;
  }
  if (!forwarder || !target) return { answer: reception.answer, capture: id };
  const handed: Forwarding = { request, reception, target, capture: id, isPrinted: isTold };
  const event = `${reception.eventType ?? 'a message'} ${reception.eventId ?? ''}`;
  const slow = setTimeout(
    () => report.note(`${cut(event, 200)} has come; waiting for ${target.url.href}`),
    SLOW,
  );
  const attempted = await forwarder.forward(handed).finally(() => clearTimeout(slow));
  return {
    answer: mirror(attempted.outcome),
    capture: id,
    reportForwarding: () => forwarder.report(handed, attempted),
  };
}

/** How long an app may take before it is said that it is being waited for, in milliseconds. */
const SLOW = 1000;

/** How often a message has come; a forged one with the same id is not that message. */
function countRepeats({ verdict, webhookId }: Reception, repeats: RepeatCounter): number {
  return verdict.verified && webhookId !== undefined ? repeats.add(webhookId) : 1;
}

/** Whether a message is of a type to print. One that says no type is printed when it was refused. */
function isPrinted({ verdict, eventType }: Reception, patterns: readonly string[]): boolean {
  if (!verdict.verified && eventType === null) return true;
  return patterns.some((pattern) => matchesPattern(eventType ?? '', pattern));
}

/** How to listen. Once it is there, nothing in the request is wrong but perhaps the port and the folder. */
export interface ListenSettings {
  readonly port: number;
  readonly host: string;
  readonly path: string | undefined;
  readonly setting: SecretSetting;
  /** What verified messages are answered, in turn; the last one is repeated. */
  readonly statuses: readonly [number, ...number[]];
  /** Before each answer, in milliseconds. */
  readonly delay: number;
  readonly acceptsUnverified: boolean;
  /** What a test waits for, and how long, in milliseconds. */
  readonly expectations: readonly Expectation[];
  readonly within: number;
  /** Where messages are handed on to; undefined when they are not. */
  readonly forward: ForwardSetting | undefined;
  /** Where captures are kept; undefined when they are not. */
  readonly captures: { readonly name: string; readonly path: string; readonly sync: boolean } | undefined;
  /** What is printed; all is verified. */
  readonly patterns: readonly string[];
  /** What there is to say of types that no fixture has: they may be new, or mistyped. */
  readonly unknownTypes: readonly string[];
}
