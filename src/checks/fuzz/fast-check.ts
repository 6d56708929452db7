import {
  array,
  boolean,
  constant,
  constantFrom,
  infiniteStream,
  integer,
  oneof,
  record,
  sample,
  string,
} from 'fast-check';
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

/** Values without end, each generated when it is taken; the same for a seed, a whole number of 32 bits. */
export function valuesOf(arbitrary: Arbitrary, seed: number): Iterable<unknown> {
  const values = infiniteStream(arbitrary as unknown as Parameters<typeof infiniteStream>[0], {
    noHistory: true,
  });
  return sample(values, { seed, numRuns: 1 })[0]!;
}
