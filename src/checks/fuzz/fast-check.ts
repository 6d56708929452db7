import { array, boolean, constant, constantFrom, integer, oneof, record, sample, string } from 'fast-check';
import type { Arbitrary, FastCheck } from '../../events/shapes/arbitraries.ts';

/** The parts of fast-check that make events: the rest of it is not bundled. */
export const parts = {
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
  string,
} as unknown as FastCheck;

/** The first `count` values for a seed, a whole number of 32 bits. */
export function valuesOf(arbitrary: Arbitrary, seed: number, count: number): unknown[] {
  return sample(arbitrary as unknown as Parameters<typeof sample<unknown>>[0], { seed, numRuns: count });
}
