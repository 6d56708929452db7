import type { Capture } from '../../../captures/record.ts';
import { type Fault, findFault, judgeFault } from '../../../checks/faults.ts';
import { WEBHOOK_TIMEOUT } from '../../../delivery/schedules.ts';
import { credentialsOf, type Target } from '../../../delivery/target.ts';
import { deliverOnce } from '../../../delivery/transport/index.ts';
import { type Actor, withActor } from '../../../events/actor.ts';
import {
  buildEvent,
  type Event,
  type EventTemplate,
  makeTemplate,
  newWebhookId,
} from '../../../events/build.ts';
import { readUserEvent } from '../../../events/files/event-file.ts';
import { identifyEvent } from '../../../events/identify.ts';
import { ID_HEADER, type Message, soleHeader } from '../../../message.ts';
import { sentCapture } from '../../../operations/new-capture.ts';
import { outcomeRecord } from '../../../operations/recorder.ts';
import { signMessage } from '../../../signature/sign.ts';
import { verify } from '../../../signature/verify.ts';
import type { SendRequest, SendResult } from '../../compose-protocol.ts';
import type { ReplaySources } from '../replay.ts';
import { attemptOf } from '../rows.ts';
import { targetNamed } from '../targets.ts';

/** What sending needs. */
export type SendSources = Pick<ReplaySources, 'secret' | 'recorder' | 'follower' | 'targets' | 'now'>;

/** The event that the page composed. It keeps an id and time that it has. Throws HooksError with the place of a mistake. */
export function composedTemplate(body: string, actor: Actor): EventTemplate {
  const template = makeTemplate(readUserEvent(body, 'the event'), { keepId: true });
  return withActor([template], actor)[0]!;
}

/** Builds, signs and delivers an event once, and stores it. Throws HooksError and ApiFailure. */
export function sendComposed(request: SendRequest, sources: SendSources): Promise<SendResult> {
  const target = targetNamed(request.target, sources);
  const fault = request.fault === null ? undefined : findFault(request.fault);
  const event = buildEvent(composedTemplate(request.body, request.actor), sources.now());
  return deliverComposed(event, { target, fault }, sources);
}

/** The capture is stored first, so that an Outcome never lacks its Capture, and the list shows what is on its way. */
export async function deliverComposed(
  event: Event,
  { target, fault }: { readonly target: Target; readonly fault: Fault | undefined },
  { secret, recorder, follower, now }: SendSources,
): Promise<SendResult> {
  const recording = await recorder();
  const content = { id: newWebhookId(), timestamp: Math.floor(now() / 1000), body: event.body };
  const headers = credentialsOf(target);
  const message = fault
    ? fault.makeMessage({ content, secrets: secret.secrets, headers })
    : signMessage(content, secret.secrets, headers);
  const time = now();
  const { url } = target;
  const capture = composedCapture(message, { time, url }, secret);
  const { failure } = await recording.keep({ kind: 'capture', capture });
  const delivered = await deliverOnce(message, target, { timeout: WEBHOOK_TIMEOUT });
  const webhookId = capture.verified ? capture.webhookId : null;
  const record = outcomeRecord(
    { capture: capture.id, webhookId, via: 'forward', follower, url: url.href, time: now() },
    delivered,
  );
  if (failure === undefined) await recording.keep(record);
  return {
    capture: failure === undefined ? capture.id : null,
    attempt: attemptOf(record.outcome),
    judgment: fault ? judgeFault(delivered) : null,
  };
}

/** One with a fault may not verify. */
function composedCapture(
  message: Message,
  { time, url }: { readonly time: number; readonly url: URL },
  { secrets }: SendSources['secret'],
): Capture {
  const { type, id, organizationId } = identifyEvent(message.body);
  return sentCapture(message, url, verify(message, secrets, time), {
    source: 'compose',
    time,
    eventType: type,
    eventId: id,
    organizationId,
    webhookId: soleHeader(message.headers, ID_HEADER) ?? null,
  });
}
