import { arbitraryEvents } from '../../events/shapes/arbitraries.ts';

/** An event as a value. */
export type FuzzEvent = Readonly<Record<string, unknown>>;

/** Makes `count` events of these types in turn, the same for the same seed. */
type GenerateEvents = (types: readonly string[], count: number, seed: number) => IterableIterator<FuzzEvent>;

/** Loads fast-check, which nothing else needs. An event is generated when it is taken, while a handler works on others. */
export async function loadGenerator(): Promise<GenerateEvents> {
  const { parts, valuesOf } = await import('./fast-check.ts');
  const arbitraryOf = arbitraryEvents(parts);
  function* endless(type: string, seed: number): Generator<FuzzEvent> {
    yield* valuesOf(arbitraryOf(type), seed) as Iterable<FuzzEvent>;
  }
  return (types, count, seed) =>
    inTurn(
      types.map((type, index) => endless(type, seed + index)),
      count,
    );
}

function* inTurn<T>(lists: readonly Iterator<T>[], count: number): Generator<T> {
  for (let index = 0; index < count; index += 1) yield lists[index % lists.length]!.next().value;
}
