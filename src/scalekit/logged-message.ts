import { hash } from 'node:crypto';
import { HooksError } from '../errors.ts';
import type { LoggedEvent } from './client.ts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The body of a logged event: the envelope as Scalekit delivers it, with keys sorted. Throws HooksError. */
export function bodyOf(event: LoggedEvent): Buffer {
  // The log holds "" both for an empty value and for a missing one.
  const { display_name: name, organization_id: organization } = event;
  const envelope = {
    ...event,
    occurred_at: trimmedTime(event.occurred_at),
    display_name: name === '' ? undefined : name,
    organization_id: organization === '' ? undefined : organization,
  };
  try {
    return Buffer.from(compact(envelope));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new HooksError('invalid_event', { source: event.id, field: 'it', reason: 'is nested too deeply' });
  }
}

/** JSON with keys sorted at every level, without undefined members. The text of numbers is lost already, since the log has doubles. */
function compact(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(compact).join(',')}]`;
  const members = value as Record<string, unknown>;
  let text = '';
  for (const name of Object.keys(members).sort()) {
    if (members[name] === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${compact(members[name])}`;
  }
  return `{${text}}`;
}

/** As webhooks have it: without trailing zeros in the fraction. */
function trimmedTime(time: string): string {
  return time.replace(/(\.\d*?)0+(?=Z$)/, '$1').replace(/\.(?=Z$)/, '');
}

/** `msg_` and 27 characters that follow from the event id, so that a repeated event is recognized by its webhook-id. */
export function webhookIdOf(eventId: string): string {
  let id = 'msg_';
  for (const byte of hash('sha256', `scalekit-hooks pull ${eventId}`, 'buffer').subarray(0, 27))
    id += digits[byte % digits.length];
  return id;
}
