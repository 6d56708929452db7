import { signal } from '@preact/signals';
import type { DrawnLine } from '../difference/draw-line.ts';
import type { ComparedBodies, ComparisonAnswer, RunningWorker } from './protocol.ts';
import { startWorker } from './start-worker.ts';

export type ComparisonState =
  | { readonly kind: 'running' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'done'; readonly compared: ComparedBodies };

/** Two bodies that a worker compares. It keeps what is folded until the comparison is canceled. */
export class BodyComparison {
  readonly state = signal<ComparisonState>({ kind: 'running' });
  /** Resolves when it is done, failed or canceled. */
  readonly ended: Promise<void>;
  readonly #worker: RunningWorker;
  readonly #waiting: ((lines: readonly DrawnLine[]) => void)[] = [];

  constructor(signedBase64: string, receivedBase64: string, canceled: AbortSignal) {
    let resolveEnded = () => {};
    this.ended = new Promise((resolve) => {
      resolveEnded = resolve;
    });
    this.#worker = startWorker(
      (answer) => {
        this.#take(answer);
        resolveEnded();
      },
      () => {
        this.state.value = { kind: 'failed' };
        resolveEnded();
      },
    );
    canceled.addEventListener('abort', () => {
      this.#worker.end();
      resolveEnded();
    });
    this.#worker.ask({ kind: 'compare', signedBase64, receivedBase64 });
  }

  /** Lines that were folded. */
  lines(from: number, until: number): Promise<readonly DrawnLine[]> {
    const lines = new Promise<readonly DrawnLine[]>((resolve) => this.#waiting.push(resolve));
    this.#worker.ask({ kind: 'lines', from, until });
    return lines;
  }

  #take(answer: ComparisonAnswer): void {
    if (answer.kind === 'lines') this.#waiting.shift()?.(answer.lines);
    if (answer.kind === 'compared') this.state.value = { kind: 'done', compared: answer.compared };
  }
}
