import { randomText } from '../events/random.ts';

/** What ids, addresses and names have become, as they stand in JSON, by what they were. */
export type Renamed = Map<string, string>;

/** Prefixes of what an event is about. What these belong to (org_, env_, conn_, dir_) is there before, and stays. */
const ownIds = /^(?:usr|usp|ses|diruser|dirgroup|role|perm|ca|dom)_\d{9,}$/;
const addresses = /^[\w.+-]+@(?:[\w-]+\.)*example\.(?:com|org|net)$/;
const letters = 'abcdefghijklmnopqrstuvwxyz';

/** Fields of data whose values no two things may have in common. */
const unique = ['id', 'external_id', 'domain'];

/**
 * The text of an event about somebody, or something, that was never heard of: a handler that stores what it takes would
 * find it there already. What was alike stays alike, also in other texts with the same `renamed`.
 */
export function withFreshIds(text: string, renamed: Renamed = new Map()): string {
  const { type, data } = JSON.parse(text) as { type?: unknown; data?: Record<string, unknown> };
  // Roles and permissions are known by their names.
  const fields = /^(?:role|permission)\./.test(String(type)) ? [...unique, 'name'] : unique;
  const own = new Set(fields.map((field) => data?.[field]));
  return text.replace(/("(?:[^"\\]|\\.)*")(:?)/g, (whole, json: string, colon: string) => {
    // A name, not a value.
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

/** Another value of the same form. */
function fresh(value: string): string {
  const [, prefix, digits] = /^([a-z]+_)(\d{9,})$/.exec(value) ?? [];
  if (prefix && digits) return `${prefix}1${randomText(digits.length - 1, '0123456789')}`;
  const at = value.indexOf('@');
  if (at > 0) return `${value.slice(0, at)}.${randomText(8, letters)}${value.slice(at)}`;
  return /\.[a-z]+$/.test(value)
    ? `${randomText(8, letters)}.${value}`
    : `${value}_${randomText(8, letters)}`;
}
