import { matchesPattern } from '../names.ts';

/** What a listener waits for: events of a type or pattern. */
export interface Expectation {
  readonly pattern: string;
  readonly count: number;
  /** Exactly so many within the whole window (`==`), or at least so many (`=`). */
  readonly isExact: boolean;
}

/** What was awaited and what came. */
export interface ExpectationResult {
  readonly expectation: Expectation;
  readonly came: number;
  readonly isMet: boolean;
}

/** Counts what comes against what is awaited. */
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

  /** Whether nothing that could still come would change the answer: all met for good, or one exceeded. */
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
