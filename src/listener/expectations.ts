import { matchesPattern } from '../names.ts';

/** Events of a type or pattern that a listener waits for. */
export interface Expectation {
  readonly pattern: string;
  readonly count: number;
  /** Whether `count` must match exactly at the end (`==`) or is a minimum (`=`). */
  readonly isExact: boolean;
}

export interface ExpectationResult {
  readonly expectation: Expectation;
  readonly came: number;
  readonly isMet: boolean;
}

/** Counts received events for each expectation. */
export class ExpectationCounter {
  readonly #counts: { expectation: Expectation; came: number }[];

  constructor(expectations: readonly Expectation[]) {
    this.#counts = expectations.map((expectation) => ({ expectation, came: 0 }));
  }

  add(eventType: string | null): void {
    for (const count of this.#counts) {
      if (matchesPattern(eventType ?? '', count.expectation.pattern)) count.came += 1;
    }
  }

  /** Whether further events cannot change the result: all are met and none is exact, or an exact one is exceeded. */
  get isDecided(): boolean {
    const isExceeded = this.results.some(
      ({ expectation, came }) => expectation.isExact && came > expectation.count,
    );
    return isExceeded || this.results.every(({ expectation, isMet }) => isMet && !expectation.isExact);
  }

  get results(): ExpectationResult[] {
    return this.#counts.map(({ expectation, came }) => ({
      expectation,
      came,
      isMet: expectation.isExact ? came === expectation.count : came >= expectation.count,
    }));
  }
}
