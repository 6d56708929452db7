import { isAccepted, type Outcome } from '../delivery/outcome.ts';
import type { Summary } from './facts.ts';

/** Counts of deliveries, from which the summary and the exit code come. */
export class Tally {
  readonly #statuses = new Map<string, number>();
  #total = 0;
  #accepted = 0;
  #unreached = 0;

  add(outcome: Outcome): void {
    this.#total += 1;
    if (isAccepted(outcome)) this.#accepted += 1;
    if (!outcome.answered) this.#unreached += 1;
    const status = outcome.answered ? String(outcome.status) : outcome.failure;
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }

  get total(): number {
    return this.#total;
  }

  /** 0 when all were accepted, 3 when no status line came at all, else 1. */
  get exitCode(): 0 | 1 | 3 {
    if (this.#accepted === this.#total) return 0;
    return this.#unreached === this.#total ? 3 : 1;
  }

  summary(command: Summary['command'], milliseconds: number): Summary {
    return {
      fact: 'summary',
      command,
      ok: this.exitCode === 0,
      total: this.#total,
      accepted: this.#accepted,
      refused: this.#total - this.#accepted - this.#unreached,
      unreached: this.#unreached,
      statuses: Object.fromEntries(this.#statuses),
      duration_ms: milliseconds,
    };
  }
}
