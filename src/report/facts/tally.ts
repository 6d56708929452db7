import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { isAccepted, type Outcome } from '../../delivery/outcome.ts';
import type { Summary } from './index.ts';

/** Counts of deliveries, from which the summary and the exit code come. Its size does not grow with their number. */
export class Tally {
  readonly #statuses = new Map<string, number>();
  readonly #microseconds: RecordableHistogram = createHistogram();
  #total = 0;
  #good = 0;
  #accepted = 0;
  #unreached = 0;

  /** `isGood` says whether it came out as it should; a spoiled message should be refused. */
  add(outcome: Outcome, isGood = isAccepted(outcome)): void {
    this.#total += 1;
    if (isGood) this.#good += 1;
    if (isAccepted(outcome)) this.#accepted += 1;
    if (!outcome.answered) this.#unreached += 1;
    const status = outcome.answered ? String(outcome.status) : outcome.failure;
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    this.#microseconds.record(Math.max(1, Math.round(outcome.milliseconds * 1000)));
  }

  get total(): number {
    return this.#total;
  }

  /** 0 when all came out as they should, 3 when no status line came at all, else 1. */
  get exitCode(): 0 | 1 | 3 {
    if (this.#good === this.#total) return 0;
    return this.#unreached === this.#total ? 3 : 1;
  }

  /** `planned` is how many were to be sent. */
  summary(command: Summary['command'], milliseconds: number, planned: number): Summary {
    return {
      kind: 'summary',
      command,
      ok: this.exitCode === 0 && this.#total === planned,
      total: this.#total,
      unsent: planned - this.#total,
      accepted: this.#accepted,
      rejected: this.#total - this.#accepted - this.#unreached,
      no_response: this.#unreached,
      statuses: Object.fromEntries(this.#statuses),
      duration_ms: milliseconds,
      p50_ms: this.#percentile(50),
      p95_ms: this.#percentile(95),
      p99_ms: this.#percentile(99),
      expected: [],
      checks: null,
    };
  }

  #percentile(percent: number): number | null {
    return this.#total === 0 ? null : Math.round(this.#microseconds.percentile(percent) / 10) / 100;
  }
}
