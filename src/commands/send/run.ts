import { judgeFault } from '../../checks/faults.ts';
import { isAccepted, type Outcome } from '../../delivery/outcome.ts';
import { type Event, newWebhookId } from '../../events/build.ts';
import type { ScenarioStep } from '../../events/scenarios/scenario.ts';
import type { Message } from '../../message.ts';
import { signMessage } from '../../signature/sign.ts';
import type { Rejected } from '../../signature/verdict.ts';
import type { Context } from '../context.ts';
import { type Batch, dispatch, type Parcel, printMessages } from '../dispatch.ts';
import { describeSecret, noteDelivery } from '../notes.ts';
import type { SendSettings } from './options.ts';

/** Sends or prints messages, and returns the exit code. */
export async function send(settings: SendSettings, context: Context): Promise<number> {
  noteSending(settings, context);
  const batch = settings.steps
    ? await scenarioBatch(settings.steps, settings, context)
    : batchOf(settings, context);
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
      'all messages have the same webhook-id. A handler that detects duplicates processes only the first one',
    );
  }
  if (fault) report.note(`--fault ${fault.name}: the handler must reject a message ${fault.summary}`);
  report.note(`target: ${delivery.target.url.href}, signed with ${describeSecret(delivery)}`);
}

function batchOf(settings: SendSettings, context: Context): Batch {
  const { sources, count } = settings;
  const total = sources.length * count;
  let index = 0;
  return {
    ...sharedBy(settings),
    next() {
      if (index === total) return undefined;
      const event = sources[index % sources.length]!(context.io.now());
      index += 1;
      return parcelOf(event, settings);
    },
  };
}

async function scenarioBatch(
  steps: readonly ScenarioStep[],
  settings: SendSettings,
  context: Context,
): Promise<Batch> {
  const { stepsInOrder } = await import('./steps.ts');
  const { sources: builders, count, keepsGoing, show } = settings;
  const flow = {
    steps,
    builders,
    parcelOf: (event: Event) => parcelOf(event, settings),
    count,
    keepsGoing,
    waits: show === undefined,
  };
  return { ...sharedBy(settings), next: stepsInOrder(flow, context) };
}

function sharedBy({ sources, count }: SendSettings): Omit<Batch, 'next'> {
  return {
    command: 'send',
    total: sources.length * count,
    reports: count > 1 ? 'failures' : 'all',
    ownFix,
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

/** Whether the outcome is the expected one: a valid message is accepted, one with a fault is rejected. */
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

/** The fix for a sent message that does not verify. */
function ownFix({ reason }: Rejected): string {
  const isTime = reason === 'too_old' || reason === 'too_new';
  return isTime
    ? 'omit --age and --timestamp'
    : 'omit --force and the -H flags that replace signature headers';
}
