import { createHash } from 'node:crypto';
import { wireForm } from '../events/wire-form.ts';
import type { LoggedEvent } from './client.ts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The body of a logged event: the envelope as Scalekit delivers it, with keys sorted. */
export function bodyOf(event: LoggedEvent): Buffer {
  const { occurred_at: time, display_name: name, organization_id: organization, ...rest } = event;
  const envelope = {
    ...rest,
    occurred_at: trimmedTime(time),
    // The log does not tell an empty one from none.
    ...(name === '' ? {} : { display_name: name }),
    ...(organization === '' ? {} : { organization_id: organization }),
  };
  return Buffer.from(wireForm(JSON.stringify(envelope)));
}

/** As webhooks have it: without trailing zeros in the fraction. */
function trimmedTime(time: string): string {
  return time.replace(/(\.\d*?)0+(?=Z$)/, '$1').replace(/\.(?=Z$)/, '');
}

/** `msg_` and 27 characters that follow from the event id, so that a repeated event is recognized by its webhook-id. */
export function webhookIdOf(eventId: string): string {
  let value = BigInt(`0x${createHash('sha256').update(`scalekit-hooks pull ${eventId}`).digest('hex')}`);
  let text = '';
  for (let index = 0; index < 27; index += 1) {
    text += digits[Number(value % 62n)];
    value /= 62n;
  }
  return `msg_${text}`;
}
