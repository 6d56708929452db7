import { HooksError } from '../errors.ts';
import { matchesPattern, nearestNames } from '../names.ts';
import type { Check } from './check.ts';

/** The selected checks, by name, group, part or a pattern of these. */
export interface Selection {
  readonly only: readonly string[];
  readonly skip: readonly string[];
}

/** Reads the files of the selected checks: those of others are not needed. Throws HooksError. */
export async function prepareChecks(checks: readonly Check[]): Promise<void> {
  for (const check of checks) await check.prepare?.();
}

/** Throws HooksError with the nearest name if a name matches no check. */
export function selectChecks(battery: readonly Check[], { only, skip }: Selection): Check[] {
  for (const [flag, names] of Object.entries({ '--only': only, '--skip': skip })) {
    for (const name of names)
      if (!battery.some((check) => isSelected(check, name))) throw unknownCheck(flag, name, battery);
  }
  return battery.filter(
    (check) =>
      (only.length === 0 || only.some((name) => isSelected(check, name))) &&
      !skip.some((name) => isSelected(check, name)),
  );
}

function isSelected(check: Check, pattern: string): boolean {
  return labelsOf(check).some((label) => matchesPattern(label, pattern.trim()));
}

function labelsOf({ name, group, part, aliases = [] }: Check): string[] {
  return [name, ...aliases, group, part, `${group}/${part}`, `${group}/${name}`, `${part}/${name}`];
}

function unknownCheck(flag: string, name: string, battery: readonly Check[]): HooksError {
  const known = [...new Set(battery.flatMap(labelsOf))].filter((label) => !label.includes('/'));
  return new HooksError('unknown_check', { flag, name, nearest: nearestNames(name, known) });
}
