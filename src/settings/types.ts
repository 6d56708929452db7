/** Reads the values of --type: names and patterns of event types, all when none is given. */
export function readPatterns(types: readonly string[] = []): string[] {
  return types.length === 0 ? ['*'] : types.map((type) => type.trim());
}
