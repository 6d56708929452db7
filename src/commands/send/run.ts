import { type Fault, judgeFault } from '../../checks/faults.ts';
import { isAccepted, type Outcome } from '../../delivery/outcome.ts';
import { type Event, newWebhookId } from '../../events/build.ts';
import type { Message } from '../../message.ts';
import { signMessage } from '../../signature/sign.ts';
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
import type { InterceptorCalls } from './interceptor.ts';

/** What to send, where, how, how often. Once it exists, nothing in the command line is wrong. */
export interface SendSettings extends Manner {
  /** Each makes one event that happens at a time in milliseconds. */
  readonly sources: readonly ((now: number) => Event)[];
  /** How many times each event is sent. */
  readonly count: number;
  /** The id of every message, as header bytes; undefined for a new one each. */
  readonly webhookId: string | undefined;
  /** The timestamp of a message that is signed at `now` (milliseconds), in whole seconds. */
  timestampAt(now: number): number;
  /** How interceptors are called instead of sending events. */
  readonly interceptor: InterceptorCalls | undefined;
  /** What is wrong with every message. */
  readonly fault: Fault | undefined;
  /** Prints the messages instead of sending them. */
  readonly show: 'message' | 'curl' | undefined;
}

/** Sends, or prints, and returns the exit code. */
export async function send(settings: SendSettings, context: Context): Promise<number> {
  noteSending(settings, context);
  const batch = batchOf(settings, context);
  if (!settings.show) return dispatch(batch, settings, context);
  await printMessages(batch, settings.show, settings, context);
  return 0;
}

function noteSending(settings: SendSettings, context: Context): void {
  const { delivery, fault, webhookId, sources, count } = settings;
  const { report } = context;
  noteDelivery(delivery, context);
  if (webhookId !== undefined && sources.length * count > 1) {
    report.note(
      'all messages have the same webhook-id: a handler that detects duplicates acts on the first only',
    );
  }
  if (fault) report.note(`--fault ${fault.name}: a message ${fault.summary}, which the handler must reject`);
  report.note(`to ${delivery.target.url.href}, signed with ${describeSecret(delivery)}`);
}

function batchOf(settings: SendSettings, { io }: Context): Batch {
  const { sources, count } = settings;
  const total = sources.length * count;
  let index = 0;
  return {
    command: 'send',
    total,
    reports: count > 1 ? 'failures' : 'all',
    ownFix,
    next() {
      if (index === total) return undefined;
      const event = sources[index % sources.length]!(io.now());
      index += 1;
      return parcelOf(event, settings);
    },
  };
}

function parcelOf(event: Event, settings: SendSettings): Parcel {
  const { fault, interceptor, webhookId } = settings;
  const id = webhookId ?? newWebhookId();
  return {
    event,
    messageAt: (now) => makeMessage(event, id, settings, now),
    isGood: (outcome) => isGood(event, outcome, settings),
    about: { fault },
    ...(interceptor && { fact: interceptor.fact }),
  };
}

/** Whether a delivery came out as it should: a sound message accepted, one with a fault rejected. */
function isGood(event: Event, outcome: Outcome, { fault, interceptor }: SendSettings): boolean {
  if (interceptor) return interceptor.isGood(event, outcome, fault !== undefined);
  return fault ? judgeFault(outcome) === 'rejected' : isAccepted(outcome);
}

function makeMessage(
  event: Event,
  id: string,
  { delivery: { secret, headers }, timestampAt, fault, interceptor }: SendSettings,
  now: number,
): Message {
  const content = { id, timestamp: timestampAt(now), body: event.body };
  const message = fault
    ? fault.makeMessage({ content, secrets: secret.secrets, headers })
    : signMessage(content, secret.secrets, headers);
  return interceptor ? interceptor.finish(message) : message;
}

/** What to do about a message of ours that cannot verify. */
function ownFix({ reason }: Rejected): string {
  const isTime = reason === 'too_old' || reason === 'too_new';
  return isTime ? 'omit --age and --timestamp' : 'omit the headers that -H replaced by --force';
}
