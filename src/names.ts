import { distance } from 'fastest-levenshtein';

/** Whether an event type matches a name or pattern; `*` matches any characters, including dots. */
export function matchesPattern(type: string, pattern: string): boolean {
  // The default of most commands, which they compare with every event.
  if (pattern === '*') return true;
  const parts = pattern.split('*');
  if (parts.length === 1) return type === pattern;
  const [first, last] = [parts[0]!, parts.at(-1)!];
  if (!type.startsWith(first) || !type.endsWith(last) || type.length < first.length + last.length)
    return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = type.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return from <= type.length - last.length;
}

/** Up to three names similar to a mistyped one, nearest first; only one if just the case differs. */
export function nearestNames(text: string, names: readonly string[]): string[] {
  const lower = text.toLowerCase();
  const sameButCase = names.find((name) => name.toLowerCase() === lower);
  if (sameButCase) return [sameButCase];
  return names
    .map((name) => ({ name, edits: distance(lower.slice(0, 100), name) }))
    .filter(({ name, edits }) => edits <= Math.max(2, Math.floor(name.length * 0.4)))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** What an unknown event type may mean: the pattern of the types that begin with it, or else similar types. */
export function nearestTypes(text: string, types: readonly string[]): string[] {
  return types.some((type) => type.startsWith(`${text}.`)) ? [`'${text}.*'`] : nearestNames(text, types);
}
