import { map, omittable, type Shape, text, textOf, time } from './field.ts';

const shortId = (prefix: string) =>
  textOf(new RegExp(`^${prefix}_.{1,28}$`), `text that starts with ${prefix}_ (at most 32 characters)`);
const filled = textOf(/./, 'text, not empty');

/**
 * The envelope that all events share (Scalekit's API reference, "webhooks"). `object` and `type` are left open, as
 * there: new ones may come.
 */
export const envelope = {
  spec_version: textOf(/^[0-9]+$/, 'text of digits'),
  id: textOf(/^evt_./, 'text that starts with evt_'),
  type: filled,
  occurred_at: time,
  environment_id: shortId('env'),
  object: filled,
  organization_id: omittable(shortId('org')),
  display_name: omittable(text),
  data: map,
} as const satisfies Shape;

/** What an event has at least whose type nobody documented: it says what it is, and has data. */
export const leastEnvelope = { type: filled, data: map } as const satisfies Shape;
