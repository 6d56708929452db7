import { isObject } from '../../json.ts';

/** One place where an event differs from another: a value that it has, or a field that it lacks. */
export interface EventDifference {
  readonly path: readonly string[];
  /** Undefined if the field is absent. */
  readonly value: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** Where `event` differs from `base`. Lists are compared as a whole. */
export function differencesOf(
  base: unknown,
  event: unknown,
  path: readonly string[] = [],
): EventDifference[] {
  if (!isObject(base) || !isObject(event))
    return JSON.stringify(base) === JSON.stringify(event) ? [] : [{ path, value: event }];
  const names = new Set([...Object.keys(base), ...Object.keys(event)]);
  return [...names].flatMap((name) => {
    const inner = [...path, name];
    if (!Object.hasOwn(event, name)) return [{ path: inner, value: undefined }];
    if (!Object.hasOwn(base, name)) return [{ path: inner, value: event[name] }];
    return differencesOf(base[name], event[name], inner);
  });
}

/** `base` with these differences. One below a field that is absent in `base` is left out. */
export function withDifferences(base: Fields, differences: readonly EventDifference[]): Fields {
  const event = structuredClone(base) as Record<string, unknown>;
  for (const { path, value } of differences) {
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), event);
    if (!isObject(parent)) continue;
    const name = path.at(-1)!;
    if (value === undefined) delete parent[name];
    else parent[name] = value;
  }
  return event;
}
