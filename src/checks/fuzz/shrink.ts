import type { EventDifference } from './differences.ts';

/** Sends an event with these differences; whether it still fails in the same way. */
type Fails = (differences: readonly EventDifference[]) => Promise<boolean>;

/**
 * The fewest differences, with the simplest values, that still fail; from a set that does. Ends early when `fails` no
 * longer answers true, such as when its budget is used up. Delta debugging (Zeller and Hildebrandt, 2002).
 */
export async function shrink(
  differences: readonly EventDifference[],
  fails: Fails,
): Promise<readonly EventDifference[]> {
  let needed = await fewest(differences, fails);
  for (const [index] of needed.entries()) {
    const others = (difference: EventDifference) =>
      needed.map((each, at) => (at === index ? difference : each));
    const simpler = await simplest(needed[index]!, (difference) => fails(others(difference)));
    needed = others(simpler);
  }
  return needed;
}

/** Removes as many differences as possible, in halves first. */
async function fewest<T>(
  items: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let [kept, parts] = [items, 2];
  while (kept.length > 1) {
    const size = Math.ceil(kept.length / parts);
    const chunks = Array.from({ length: Math.ceil(kept.length / size) }, (_, at) =>
      kept.slice(at * size, (at + 1) * size),
    );
    const alone = await firstOf(chunks, fails);
    const without = alone
      ? undefined
      : await firstOf(
          chunks.map((chunk) => kept.filter((item) => !chunk.includes(item))),
          fails,
        );
    if (alone) [kept, parts] = [alone, 2];
    else if (without) [kept, parts] = [without, Math.max(2, parts - 1)];
    else if (size === 1) return kept;
    else parts = Math.min(kept.length, 2 * parts);
  }
  return kept;
}

async function firstOf<T>(
  candidates: readonly T[],
  fails: (candidate: T) => Promise<boolean>,
): Promise<T | undefined> {
  for (const candidate of candidates) if (await fails(candidate)) return candidate;
  return undefined;
}

/** Replaces a value by simpler ones while it still fails. */
async function simplest(
  difference: EventDifference,
  fails: (difference: EventDifference) => Promise<boolean>,
): Promise<EventDifference> {
  let current = difference;
  for (;;) {
    const simpler = simplerValues(current.value).map((value) => ({ ...current, value }));
    const found = await firstOf(simpler, fails);
    if (!found) return current;
    current = found;
  }
}

/** Simpler values to try, the simplest first. Each is shorter or nearer to zero, so that trying them ends. */
function simplerValues(value: unknown): unknown[] {
  if (typeof value === 'string') return simplerTexts(value);
  if (Array.isArray(value)) return shorter(value);
  if (typeof value === 'number')
    return [0, 1, Math.trunc(value)].filter((each) => Math.abs(each) < Math.abs(value));
  if (typeof value !== 'object' || value === null) return [];
  const names = Object.keys(value);
  const without = (dropped: readonly string[]) =>
    Object.fromEntries(Object.entries(value).filter(([name]) => !dropped.includes(name)));
  return names.length === 0 ? [] : [{}, ...names.map((name) => without([name]))];
}

function simplerTexts(text: string): string[] {
  return shorter([...text]).map((characters) => characters.join(''));
}

/** Nothing, each half, and a little less, to come near a limit of length. */
function shorter<T>(items: readonly T[]): T[][] {
  const { length } = items;
  const ends = [0, length / 2, (3 * length) / 4, (7 * length) / 8].map(Math.floor);
  const cuts = [...new Set(ends)].filter((end) => end < length).map((end) => items.slice(0, end));
  return length > 1 ? [...cuts, items.slice(Math.floor(length / 2))] : cuts;
}
