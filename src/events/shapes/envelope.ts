import { map, omittable, type Shape, text, textOf, time } from './field.ts';

const shortId = (prefix: string) =>
  textOf(new RegExp(`^${prefix}_.{1,28}$`), `a string that starts with ${prefix}_ (at most 32 characters)`);
const nonEmpty = textOf(/./, 'a non-empty string');

/** The envelope of all events (Scalekit's API reference, "webhooks"). `object` and `type` allow new values. */
export const envelope = {
  spec_version: textOf(/^[0-9]+$/, 'a string of digits'),
  id: textOf(/^evt_./, 'a string that starts with evt_'),
  type: nonEmpty,
  occurred_at: time,
  environment_id: shortId('env'),
  object: nonEmpty,
  organization_id: omittable(shortId('org')),
  display_name: omittable(text),
  data: map,
} as const satisfies Shape;

/** The minimum for an event of an undocumented type. */
export const leastEnvelope = { type: nonEmpty, data: map } as const satisfies Shape;
