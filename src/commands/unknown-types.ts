import { matchesPattern, nearestNames } from '../events/catalogue.ts';
import { listFixtures } from '../events/fixtures.ts';
import type { Io } from '../io.ts';
import { findFixturesFolder } from '../settings/environment.ts';

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
