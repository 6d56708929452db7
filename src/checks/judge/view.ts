import type { CheckResult, FindingCode } from '../check.ts';
import type { Run } from '../run.ts';

/** The results of a run by what they say, as far as nothing has explained them yet. */
export class View {
  readonly run: Run;
  readonly #explained = new Set<string>();

  constructor(run: Run) {
    this.run = run;
  }

  /** From now on these count as explained. */
  explain(names: readonly string[]): void {
    for (const name of names) this.#explained.add(name);
  }

  isExplained({ check }: CheckResult): boolean {
    return this.#explained.has(check.name);
  }

  /** Names of the checks that failed, fit, and are not explained. */
  failed(fits: (result: CheckResult) => boolean = () => true): string[] {
    return this.run.results
      .filter((result) => result.status === 'fail' && !this.isExplained(result) && fits(result))
      .map(({ check }) => check.name);
  }

  /** Names of the checks, of these or all, that failed with this code and are not explained. */
  having(code: FindingCode, names?: readonly string[]): string[] {
    return this.failed(
      (result) => result.code === code && (names === undefined || names.includes(result.check.name)),
    );
  }

  hasFailed(name: string): boolean {
    return this.run.results.some(({ check, status }) => check.name === name && status === 'fail');
  }

  /** What checks found, those that found the same in one line. */
  tell(names: readonly string[]): string[] {
    return fold(this.run.results.filter(({ check }) => names.includes(check.name)));
  }
}

/** Names that stand in a line; the others are counted. */
const LISTED = 6;

export function fold(results: readonly CheckResult[]): string[] {
  const byFound = new Map<string, string[]>();
  for (const { check, found } of results) byFound.set(found, [...(byFound.get(found) ?? []), check.name]);
  return [...byFound].map(([found, names]) => {
    const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
    return `${names.slice(0, LISTED).join(', ')}${more}: ${found}`;
  });
}
