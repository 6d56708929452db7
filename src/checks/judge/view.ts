import type { CheckResult, FindingCode } from '../check.ts';
import type { Run } from '../run.ts';

/** The results of a run, and which of them a diagnosis explains already. */
export class View {
  readonly run: Run;
  readonly #explained = new Set<string>();

  constructor(run: Run) {
    this.run = run;
  }

  /** Marks checks as explained. */
  explain(names: readonly string[]): void {
    for (const name of names) this.#explained.add(name);
  }

  isExplained({ check }: CheckResult): boolean {
    return this.#explained.has(check.name);
  }

  /** Names of the failed checks that match and are not explained yet. */
  failed(matches: (result: CheckResult) => boolean = () => true): string[] {
    return this.run.results
      .filter((result) => result.status === 'fail' && !this.isExplained(result) && matches(result))
      .map(({ check }) => check.name);
  }

  /** Names of the failed checks with this code that are not explained yet, among `names` or all. */
  having(code: FindingCode, names?: readonly string[]): string[] {
    return this.failed(
      (result) => result.code === code && (names === undefined || names.includes(result.check.name)),
    );
  }

  hasFailed(name: string): boolean {
    return this.run.results.some(({ check, status }) => check.name === name && status === 'fail');
  }

  /** What checks found, one line for each distinct finding. */
  foundBy(names: readonly string[]): string[] {
    return fold(this.run.results.filter(({ check }) => names.includes(check.name)));
  }
}

/** Names in one line; the rest are counted. */
const MAX_NAMES = 6;

/** One line for all checks with the same finding, which lists the first names. */
export function fold(results: readonly CheckResult[]): string[] {
  const byFound = new Map<string, string[]>();
  for (const { check, found } of results) byFound.set(found, [...(byFound.get(found) ?? []), check.name]);
  return [...byFound].map(([found, names]) => {
    const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
    return `${names.slice(0, MAX_NAMES).join(', ')}${more}: ${found}`;
  });
}
