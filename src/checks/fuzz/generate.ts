import { arbitraryEvent } from '../../events/shapes/arbitraries.ts';

/** An event as a value. */
export type FuzzEvent = Readonly<Record<string, unknown>>;

/** `count` events of these types in turn, the same for the same seed. fast-check is loaded only here. */
export async function generatedEvents(
  types: readonly string[],
  count: number,
  seed: number,
): Promise<FuzzEvent[]> {
  const { parts, valuesOf } = await import('./fast-check.ts');
  const perType = Math.ceil(count / types.length);
  const lists = types.map((type, index) => valuesOf(arbitraryEvent(parts, type), seed + index, perType));
  return Array.from(
    { length: count },
    (_, at) => lists[at % types.length]![Math.floor(at / types.length)] as FuzzEvent,
  );
}
