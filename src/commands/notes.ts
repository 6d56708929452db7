import type { Damage } from '../captures/store.ts';
import { findFixturesFolder } from '../config/target.ts';
import { listFixtures } from '../events/catalog/fixtures.ts';
import type { Io } from '../io.ts';
import { matchesPattern, nearestNames } from '../names.ts';
import type { Report } from '../report/index.ts';

/** Says how many records could not be read. */
export function sayDamage({ count, first }: Damage, report: Report): void {
  if (count === 0) return;
  const records = count === 1 ? '1 damaged record was' : `${count} damaged records were`;
  report.warn(`${records} left out, ${count === 1 ? '' : 'one of them '}at ${first}`);
}

/** What there is to say of types and patterns that mean no type that is known: they may be new, or mistyped. */
export function describeUnknownTypes(patterns: readonly string[], io: Io): string[] {
  const named = patterns.filter((pattern) => pattern !== '*');
  if (named.length === 0) return [];
  const known = listFixtures(io.root, findFixturesFolder(io, undefined)).map(({ name }) => name);
  return named
    .filter((pattern) => !known.some((name) => matchesPattern(name, pattern)))
    .map((pattern) => {
      if (pattern.includes('*')) return `no known event type matches ${pattern}`;
      const [nearest] = nearestNames(pattern, known);
      return `no known event type is called ${pattern}${nearest ? `; did you mean ${nearest}?` : ''}`;
    });
}
