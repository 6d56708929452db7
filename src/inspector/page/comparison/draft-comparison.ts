import { signal } from '@preact/signals';
import type { DraftReport } from '../editor/draft.ts';
import type { ComparisonAnswer, RunningWorker } from './protocol.ts';

/**
 * Compares each version of a draft with the received body in a worker, so that typing into a large one stays responsive. While
 * it compares one version, only the newest of those that follow waits.
 */
export class DraftComparison {
  /** About the version that was compared last; null until the first is. */
  readonly report = signal<DraftReport | null>(null);
  readonly #worker: RunningWorker;
  #isBusy = false;
  #waiting: string | null = null;

  constructor(body: string, start: (take: (answer: ComparisonAnswer) => void) => RunningWorker) {
    this.#worker = start((answer) => answer.kind === 'report' && this.#take(answer.report));
    this.#worker.ask({ kind: 'original', body });
  }

  compare(text: string): void {
    this.#waiting = this.#isBusy ? text : null;
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#worker.ask({ kind: 'draft', text });
  }

  end(): void {
    this.#worker.end();
  }

  #take(report: DraftReport): void {
    this.report.value = report;
    this.#isBusy = false;
    if (this.#waiting !== null) this.compare(this.#waiting);
  }
}
