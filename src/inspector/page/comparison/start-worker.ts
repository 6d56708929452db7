import type { ComparisonAnswer, RunningWorker } from './protocol.ts';

/** The address of the script of the worker, whose name depends on its contents; set by the build. */
declare const comparisonWorker: string;

interface WorkerPolicy {
  createPolicy(name: string, rules: { createScriptURL(): string }): { createScriptURL(text: string): string };
}

/** Not in every browser. The policy of the server allows this one by name, and it makes one address only. */
const { trustedTypes } = globalThis as { trustedTypes?: WorkerPolicy };
const policy = trustedTypes?.createPolicy('comparison', { createScriptURL: () => comparisonWorker });
const workerUrl = policy?.createScriptURL('') ?? comparisonWorker;

/** `fail` is called when the script of the worker cannot be run, or throws. */
export function startWorker(take: (answer: ComparisonAnswer) => void, fail = () => {}): RunningWorker {
  const worker = new Worker(workerUrl);
  worker.onmessage = ({ data }: MessageEvent<ComparisonAnswer>) => take(data);
  worker.onerror = fail;
  return { ask: (request) => worker.postMessage(request), end: () => worker.terminate() };
}
