import { ScenarioProblem } from './problem.ts';

/** A place for a value in a text: `{{user}}`. */
const place = /\{\{([^{}]*)\}\}/g;

/**
 * The values of a scenario by name, each without places: a value may contain others. Throws ScenarioProblem for an
 * unknown name, and for values that contain each other.
 */
export function resolveValues(values: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const resolved = new Map<string, string>();
  const resolve = (name: string, within: readonly string[]): string => {
    const known = resolved.get(name);
    if (known !== undefined) return known;
    const [user] = within.slice(-1);
    if (!Object.hasOwn(values, name))
      throw new ScenarioProblem(`there is no value named "${name}"`, user === undefined ? [] : [user]);
    if (within.includes(name)) {
      const circle = [...within.slice(within.indexOf(name)), name].join(' → ');
      throw new ScenarioProblem(`values refer to each other in a circle: ${circle}`, [name]);
    }
    const text = values[name]!.replace(place, (_whole, inner: string) => resolve(inner, [...within, name]));
    resolved.set(name, text);
    return text;
  };
  for (const name of Object.keys(values)) resolve(name, []);
  return resolved;
}

/** JSON text with the values in their places. Throws ScenarioProblem for an unknown name. */
export function withValues(json: string, values: ReadonlyMap<string, string>): string {
  return json.replace(place, (_whole, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new ScenarioProblem(`there is no value named "${name}"`);
    return JSON.stringify(value).slice(1, -1);
  });
}
