/** All subsets of a few items, except the empty one: 2^n - 1 for n items. The items of each keep their order. */
export function subsetsOf<T>(items: readonly T[]): T[][] {
  const subsets: T[][] = [];
  for (const item of items) subsets.push([item], ...subsets.map((subset) => [...subset, item]));
  return subsets;
}
