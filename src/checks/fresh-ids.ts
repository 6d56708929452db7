import { randomText } from '../events/random.ts';

/** Prefixes of what an event is about. What these belong to (org_, env_, conn_, dir_) is there before, and stays. */
const ownIds = /"((?:usr|usp|ses|diruser|dirgroup|role|perm|ca|dom)_)(\d{9,})"/g;
const addresses = /"([\w.+-]+)@([\w-]+\.)*example\.(com|org|net)"/g;

/** What ids and addresses have become, by what they were. */
export type Renamed = Map<string, string>;

/**
 * The text of an event about somebody, or something, that was never heard of: a handler that stores what it takes would
 * find it there already. What was alike stays alike, also in other texts with the same `renamed`.
 */
export function withFreshIds(text: string, renamed: Renamed = new Map()): string {
  const once = (old: string, make: () => string) => {
    const known = renamed.get(old) ?? make();
    renamed.set(old, known);
    return known;
  };
  return text
    .replace(ownIds, (old, prefix: string, digits: string) =>
      once(old, () => `"${prefix}1${randomText(digits.length - 1, '0123456789')}"`),
    )
    .replace(addresses, (old, name: string) =>
      once(old, () => old.replace(name, `${name}.${randomText(8, 'abcdefghijklmnopqrstuvwxyz')}`)),
    );
}
