import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { isAccepted, type Outcome } from '../../delivery/outcome.ts';
import type { Summary } from './index.ts';

/** Counts deliveries in constant space, for the summary and the exit code. */
export class Tally {
  readonly #statuses = new Map<string, number>();
  readonly #microseconds: RecordableHistogram = createHistogram();
  #total = 0;
  #ok = 0;
  #accepted = 0;
  #noResponse = 0;

  /** `isOk` is whether the outcome is the expected one: a message with a deliberate fault must be rejected. */
  add(outcome: Outcome, isOk = isAccepted(outcome)): void {
    this.#total += 1;
    if (isOk) this.#ok += 1;
    if (isAccepted(outcome)) this.#accepted += 1;
    if (!outcome.answered) this.#noResponse += 1;
    const status = outcome.answered ? String(outcome.status) : outcome.failure;
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    this.#microseconds.record(Math.max(1, Math.round(outcome.milliseconds * 1000)));
  }

  get total(): number {
    return this.#total;
  }

  /** 0 if every outcome is the expected one, 3 if no message got a response, else 1. */
  get exitCode(): 0 | 1 | 3 {
    if (this.#ok === this.#total) return 0;
    return this.#noResponse === this.#total ? 3 : 1;
  }

  /** `planned` is the number of messages to send. */
  summary(command: Summary['command'], durationMs: number, planned: number): Summary {
    return {
      kind: 'summary',
      command,
      ok: this.exitCode === 0 && this.#total === planned,
      total: this.#total,
      unsent: planned - this.#total,
      accepted: this.#accepted,
      rejected: this.#total - this.#accepted - this.#noResponse,
      no_response: this.#noResponse,
      statuses: Object.fromEntries(this.#statuses),
      duration_ms: durationMs,
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
