import { nearestNames } from '../names.ts';

/**
 * Returns the options; none are an empty object. Throws TypeError for something else, and for a member that is not an
 * option: a mistyped one would be ignored, and its test would pass without it.
 */
export function knownOptions<T extends object>(
  given: T | undefined,
  names: Readonly<Record<keyof T & string, true>>,
): Partial<T> {
  if (given === undefined) return {};
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TypeError('options must be an object, such as { secret }');
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(names, name)) continue;
    const [nearest] = nearestNames(name, Object.keys(names));
    throw new TypeError(
      `no option is named ${JSON.stringify(name)}${nearest === undefined ? '' : `: did you mean ${nearest}?`}`,
    );
  }
  return given;
}
