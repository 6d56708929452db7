import { createHash } from 'node:crypto';
import type { LoggedEvent } from './client.ts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The body of a logged event: the envelope as Scalekit delivers it, with keys sorted. */
export function bodyOf(event: LoggedEvent): Buffer {
  const { occurred_at: time, display_name: name, organization_id: organization, ...rest } = event;
  const envelope = {
    ...rest,
    occurred_at: trimmedTime(time),
    // The log holds "" both for an empty value and for a missing one.
    ...(name === '' ? {} : { display_name: name }),
    ...(organization === '' ? {} : { organization_id: organization }),
  };
  return Buffer.from(compact(envelope));
}

/** JSON with keys sorted at every level. The text of numbers is lost already, since the log has doubles. */
function compact(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(compact).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = value as Record<string, unknown>;
  const names = Object.keys(members)
    .filter((name) => members[name] !== undefined)
    .sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${compact(members[name])}`).join(',')}}`;
}

/** As webhooks have it: without trailing zeros in the fraction. */
function trimmedTime(time: string): string {
  return time.replace(/(\.\d*?)0+(?=Z$)/, '$1').replace(/\.(?=Z$)/, '');
}

/** `msg_` and 27 characters that follow from the event id, so that a repeated event is recognized by its webhook-id. */
export function webhookIdOf(eventId: string): string {
  const digest = createHash('sha256').update(`scalekit-hooks pull ${eventId}`).digest();
  const text = Array.from(digest.subarray(0, 27), (byte) => digits[byte % digits.length]).join('');
  return `msg_${text}`;
}
