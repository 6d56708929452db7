import { arbitraryEvent, type FastCheck } from '../events/shapes/arbitraries.ts';
import type { EventType } from '../events/shapes/shapes.ts';

/**
 * An arbitrary of events of one type for the property tests of fast-check 3 or 4, which you import and pass:
 * `fc.property(eventArbitrary(fc, 'user.created'), (event: EventOf<'user.created'>) => …)`. Its events match the
 * documentation, as those of `check --fuzz` do, and shrink. `A` is the Arbitrary type of your version of fast-check, if
 * you need it: it cannot be inferred.
 */
// biome-ignore lint/suspicious/noExplicitAny: this package does not depend on fast-check, whose type it would be.
export function eventArbitrary<A = any>(fc: { constant(value: unknown): unknown }, type: EventType): A {
  if (typeof fc?.constant !== 'function') throw new TypeError('fc must be the fast-check module');
  return arbitraryEvent(fc as unknown as FastCheck, type) as unknown as A;
}
