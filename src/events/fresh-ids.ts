import { randomText } from '../events/random.ts';

/** Original value to new value of ids, addresses and names; both as JSON text. */
export type Renamed = Map<string, string>;

/** Ids of the event's subject. Ids of its parents (org_, env_, conn_, dir_) already exist and stay the same. */
const ownIds = /^(?:usr|usp|ses|diruser|dirgroup|role|perm|ca|dom)_\d{9,}$/;
const addresses = /^[\w.+-]+@(?:[\w-]+\.)*example\.(?:com|org|net)$/;
const letters = 'abcdefghijklmnopqrstuvwxyz';

/** Fields of data with values that must be unique. */
const unique = ['id', 'external_id', 'domain'];

/**
 * The text of an event about a new subject, because a handler may reject a subject that it has stored already. Equal
 * values stay equal, also across texts with the same `renamed`.
 */
export function withFreshIds(text: string, renamed: Renamed = new Map()): string {
  const { type, data } = JSON.parse(text) as { type?: unknown; data?: Record<string, unknown> };
  // Roles and permissions are identified by name.
  const fields = /^(?:role|permission)\./.test(String(type)) ? [...unique, 'name'] : unique;
  const own = new Set(fields.map((field) => data?.[field]));
  return text.replace(/("(?:[^"\\]|\\.)*")(:?)/g, (whole, json: string, colon: string) => {
    // A member name, not a value.
    if (colon !== '') return whole;
    const value: unknown = JSON.parse(json);
    const isOwn =
      own.has(value) || (typeof value === 'string' && (ownIds.test(value) || addresses.test(value)));
    if (typeof value !== 'string' || value === '' || !isOwn) return json;
    const known = renamed.get(json) ?? JSON.stringify(fresh(value));
    renamed.set(json, known);
    return known;
  });
}

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
