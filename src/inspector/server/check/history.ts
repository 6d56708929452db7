import type { CheckChanges, CheckHistory, CheckRun, CheckShown, CheckStatus } from '../../check-protocol.ts';

type Known = CheckHistory['known'];

export const noHistory: CheckHistory = { last: null, known: {} };

/** The history with one more run, which is compared with what was known before. */
export function withRun(
  { last, known }: CheckHistory,
  run: Omit<CheckRun, 'changes'>,
): CheckHistory & { readonly last: CheckRun } {
  const changes = last && { since: last.time, ...changesOf(known, run.checks) };
  return { last: { ...run, changes }, known: { ...known, ...resultsOf(run.checks) } };
}

/** A check that was skipped has no result, so the one before still counts. */
function resultsOf(checks: readonly CheckShown[]): Known {
  return Object.fromEntries(
    checks.filter(({ status }) => status !== 'skip').map(({ name, status }) => [name, status]),
  );
}

/** Only checks with a result before and now are compared. */
function changesOf(known: Known, checks: readonly CheckShown[]): Pick<CheckChanges, 'fixed' | 'broken'> {
  const having = (isWanted: (before: CheckStatus, now: CheckStatus) => boolean) =>
    checks
      .filter(({ name, status }) => {
        const before = known[name];
        return before !== undefined && status !== 'skip' && isWanted(before, status);
      })
      .map(({ name }) => name);
  return {
    fixed: having((before, now) => before === 'fail' && now !== 'fail'),
    broken: having((before, now) => before !== 'fail' && now === 'fail'),
  };
}
