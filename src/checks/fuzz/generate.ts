import { arbitraryEvents } from '../../events/shapes/arbitraries.ts';

/** An event as a value. */
export type FuzzEvent = Readonly<Record<string, unknown>>;

/**
 * `count` events of these types in turn, the same for the same seed. Each is generated when it is taken, so that a handler
 * works on those before it meanwhile. fast-check is loaded only here.
 */
export async function generatedEvents(
  types: readonly string[],
  count: number,
  seed: number,
): Promise<IterableIterator<FuzzEvent>> {
  const { parts, valuesOf } = await import('./fast-check.ts');
  const arbitraryOf = arbitraryEvents(parts);
  const ofTypes = types.map((type, index) => valuesOf(arbitraryOf(type), seed + index));
  return inTurn(ofTypes as Iterator<FuzzEvent>[], count);
}

function* inTurn<T>(endless: readonly Iterator<T>[], count: number): Generator<T> {
  for (let index = 0; index < count; index += 1) yield endless[index % endless.length]!.next().value;
}
