import { textOfBody } from '../message.ts';
import type { Event } from './build.ts';
import { randomText } from './random.ts';
import { wireFormOf } from './wire-form.ts';

/** Original value to new value of ids, addresses and names; both as JSON text. */
export type Renamed = Map<string, string>;

/** The members of an event that say what it is about. */
interface EventValue {
  readonly type?: unknown;
  readonly data?: unknown;
}

/** Ids of the event's subject. Ids of its parents (org_, env_, conn_, dir_) already exist and stay the same. */
// As JSON, which escapes no character of these.
const ownIds = /^"(?:usr|usp|ses|diruser|dirgroup|role|perm|ca|dom)_\d{9,}"$/;
const addresses = /^"[\w.+-]+@(?:[\w-]+\.)*example\.(?:com|org|net)"$/;
const letters = 'abcdefghijklmnopqrstuvwxyz';

/** Fields of data with values that must be unique. */
const unique = ['id', 'external_id', 'domain'];

/**
 * The text of an event about a new subject, because a handler may reject a subject that it has stored already. Equal
 * values stay equal, also across texts with the same `renamed`, and what is renamed there is renamed everywhere.
 */
export function withFreshIds(text: string, renamed: Renamed = new Map()): string {
  const rename = renaming(JSON.parse(text), renamed);
  // A colon follows the name of a member, which is no value.
  return text.replace(/("(?:[^"\\]|\\.)*")(:?)/g, (whole, json: string, colon: string) =>
    colon === '' ? rename(json) : whole,
  );
}

/** The same, in wire form, for an event that is a value: it need not be written first, and then parsed again. */
export function freshWireForm(event: EventValue): string {
  const rename = renaming(event, new Map());
  return wireFormOf(event, (text) => rename(JSON.stringify(text)));
}

/** The JSON text of a value of this event, or of the new one that replaces it. */
function renaming({ type, data }: EventValue, renamed: Renamed): (json: string) => string {
  // Roles and permissions are identified by name.
  const fields = /^(?:role|permission)\./.test(String(type)) ? [...unique, 'name'] : unique;
  const values = fields
    .map((field) => (data as Readonly<Record<string, unknown>> | null | undefined)?.[field])
    .filter((value) => typeof value === 'string' && value !== '');
  const own = new Set(values.map((value) => JSON.stringify(value)));
  return (json) => {
    const known = renamed.get(json);
    if (known !== undefined) return known;
    if (!own.has(json) && !ownIds.test(json) && !addresses.test(json)) return json;
    const renewed = JSON.stringify(fresh(JSON.parse(json)));
    renamed.set(json, renewed);
    return renewed;
  };
}

/**
 * Makes the events of builders about new subjects, in each round of building them in order. What one event is about has
 * its new id in all of them: an organization that the first creates is the organization of the second.
 */
export function aboutNewSubjects(builders: readonly Build[]): Build[] {
  let renamed: Renamed = new Map();
  return builders.map((build, index) => (now) => {
    if (index === 0) {
      renamed = new Map();
      for (const each of builders) withFreshIds(textOfBody(each(now)), renamed);
    }
    const event = build(now);
    return { ...event, body: Buffer.from(withFreshIds(textOfBody(event), renamed)) };
  });
}

/** Builds an event for a time in ms since 1970. */
type Build = (now: number) => Event;

/** A new value in the same format. */
function fresh(value: string): string {
  const [, prefix, digits] = /^([a-z]+_)(\d{9,})$/.exec(value) ?? [];
  if (prefix && digits) return `${prefix}1${randomText(digits.length - 1, '0123456789')}`;
  const at = value.indexOf('@');
  if (at > 0) return `${value.slice(0, at)}.${randomText(8, letters)}${value.slice(at)}`;
  return /\.[a-z]+$/.test(value)
    ? `${randomText(8, letters)}.${value}`
    : `${value}_${randomText(8, letters)}`;
}
