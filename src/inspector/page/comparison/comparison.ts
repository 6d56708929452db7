import { signal } from '@preact/signals';
import type { DrawnLine } from '../text/difference.ts';
import type { ComparedBodies, ComparisonAnswer, ComparisonRequest } from './protocol.ts';

/** The address of the script of the worker, whose name depends on its contents; set by the build. */
declare const comparisonWorker: string;

interface WorkerPolicy {
  createPolicy(name: string, rules: { createScriptURL(): string }): { createScriptURL(text: string): string };
}

/** Not in every browser. The policy of the server allows this one by name, and it makes one address only. */
const { trustedTypes } = globalThis as { trustedTypes?: WorkerPolicy };
const policy = trustedTypes?.createPolicy('comparison', { createScriptURL: () => comparisonWorker });
const workerUrl = policy?.createScriptURL('') ?? comparisonWorker;

export type ComparisonState =
  | { readonly kind: 'running' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'done'; readonly compared: ComparedBodies };

/** Two bodies that a worker compares. It keeps what is folded until the comparison is canceled. */
export class BodyComparison {
  readonly state = signal<ComparisonState>({ kind: 'running' });
  /** Resolves when it is done, failed or canceled. */
  readonly ended: Promise<void>;
  readonly #worker = new Worker(workerUrl);
  readonly #waiting: ((lines: readonly DrawnLine[]) => void)[] = [];

  constructor(signedBase64: string, receivedBase64: string, canceled: AbortSignal) {
    this.ended = new Promise((resolve) => {
      this.#worker.onmessage = ({ data }: MessageEvent<ComparisonAnswer>) => {
        this.#take(data);
        resolve();
      };
      this.#worker.onerror = () => {
        this.state.value = { kind: 'failed' };
        resolve();
      };
      canceled.addEventListener('abort', () => {
        this.#worker.terminate();
        resolve();
      });
    });
    this.#ask({ kind: 'compare', signedBase64, receivedBase64 });
  }

  /** Lines that were folded. */
  lines(from: number, until: number): Promise<readonly DrawnLine[]> {
    const lines = new Promise<readonly DrawnLine[]>((resolve) => this.#waiting.push(resolve));
    this.#ask({ kind: 'lines', from, until });
    return lines;
  }

  #ask(request: ComparisonRequest): void {
    this.#worker.postMessage(request);
  }

  #take(answer: ComparisonAnswer): void {
    if (answer.kind === 'lines') this.#waiting.shift()?.(answer.lines);
    else this.state.value = { kind: 'done', compared: answer.compared };
  }
}
