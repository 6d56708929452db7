import type { Capture } from '../../captures/record.ts';
import { type Message, replaceHeaders } from '../../message.ts';
import { sentCapture } from '../../operations/new-capture.ts';
import { type CaptureRecorder, outcomeRecord } from '../../operations/recorder.ts';
import { webhookIdOf } from '../../scalekit/logged-message.ts';
import type { SpooledEvent } from '../../scalekit/spool.ts';
import { resign } from '../../signature/resign.ts';
import type { Context } from '../context.ts';
import type { Manner, Parcel } from '../dispatch.ts';

/**
 * The message of a logged event, signed as Scalekit would have, with a webhook-id that follows from the event id. Each of
 * its attempts is recorded.
 */
export function parcelOf(
  event: SpooledEvent,
  { delivery }: Pick<Manner, 'delivery'>,
  recorder: CaptureRecorder,
  { io }: Context,
): Parcel {
  const { body } = event;
  const id = webhookIdOf(event.id);
  const headers = replaceHeaders([['content-type', 'application/json']], delivery.headers);
  const parcel: Parcel = {
    event: { type: event.type, id: event.id },
    messageAt: (now) =>
      resign({ headers, body }, { id, timestamp: Math.floor(now / 1000) }, delivery.secret.secrets),
  };
  if (!recorder.isRecording) return parcel;
  const { url } = delivery.target;
  let capture: Capture | undefined;
  return {
    ...parcel,
    about: {
      /** Known once the first attempt is recorded, before it is reported. */
      get capture() {
        return capture?.id;
      },
    },
    onAttempt({ message, outcome }) {
      const time = io.now();
      if (!capture) {
        capture = pulledCapture(event, message, { time, url, webhookId: id });
        // In this order, so that an Outcome never lacks its Capture.
        void recorder.keep({ kind: 'capture', capture });
      }
      const delivery = { capture: capture.id, webhookId: id, url: url.href, time };
      void recorder.keep(outcomeRecord({ ...delivery, via: 'forward', follower: null }, outcome));
    },
  };
}

function pulledCapture(
  event: SpooledEvent,
  message: Message,
  { time, url, webhookId }: { readonly time: number; readonly url: URL; readonly webhookId: string },
): Capture {
  // It was signed a moment ago, with the first secret at least.
  const verdict = { verified: true, secretIndex: 0, age: 0 } as const;
  return sentCapture(message, url, verdict, {
    source: 'pull',
    time,
    eventType: event.type,
    eventId: event.id,
    organizationId: event.organizationId,
    webhookId,
  });
}
