import type { Checked, Diagnosed } from './index.ts';

/** The checks with the same key, in their order. */
export function groupedBy<Key>(
  checks: readonly Checked[],
  keyOf: (check: Checked) => Key,
): Map<Key, Checked[]> {
  const groups = new Map<Key, Checked[]>();
  for (const check of checks) {
    const key = keyOf(check);
    groups.set(key, [...(groups.get(key) ?? []), check]);
  }
  return groups;
}

/** The failures for each diagnosis; those without one by the reason why they prove nothing, or by name. */
export function failuresByCause(
  checks: readonly Checked[],
  diagnoses: readonly Diagnosed[],
): Map<Diagnosed | string, Checked[]> {
  return groupedBy(
    checks.filter((check) => check.failed),
    ({ name, status, got }) =>
      diagnoses.find((diagnosis) => diagnosis.checks.includes(name)) ?? (status === 'skip' ? got : name),
  );
}

/** The checks of each part, in the order of their groups. */
export function partsOf(checks: readonly Checked[]): Checked[][] {
  const parts = [...groupedBy(checks, ({ part }) => part).values()];
  return parts.sort(([a], [b]) => groups.indexOf(a!.group) - groups.indexOf(b!.group));
}

const groups = ['accepts', 'rejects', 'behaves', 'effects', 'fuzz', 'interceptor'];

/** Below this number of checks, a run does not show that a handler is correct anyway. */
const MIN_WHOLE_RUN = 50;

/** Whether the note about what was not tested would be out of place. */
export function isPartial(checks: readonly Checked[]): boolean {
  return checks.length < MIN_WHOLE_RUN || checks.some(({ group }) => group === 'effects');
}
