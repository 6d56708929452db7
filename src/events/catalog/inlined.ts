import { inlinedFixtures } from './shipped.ts';

/** The beginning of the path of a fixture that has no file. */
const INLINED = 'inlined:';

/** The path of an inlined fixture, which is not that of a file. */
export function inlinedPath(name: string): string {
  return INLINED + name;
}

/** The text of an inlined fixture; undefined for the path of a file. */
export function inlinedText(path: string): string | undefined {
  if (!path.startsWith(INLINED)) return undefined;
  return inlinedFixtures?.find(({ name }) => inlinedPath(name) === path)?.text;
}
