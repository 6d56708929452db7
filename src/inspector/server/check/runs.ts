import type { CheckHistory, CheckRun } from '../../check-protocol.ts';
import { ApiFailure } from '../failure.ts';
import { noHistory, withRun } from './history.ts';

/** The run in progress, and what earlier ones found, until the inspector is stopped. */
export class CheckRuns {
  #stop: (() => void) | undefined;
  /** By the name of the target. */
  readonly #histories = new Map<string, CheckHistory>();

  /** `stop` ends the run that begins. Throws ApiFailure if one is in progress. */
  begin(stop: () => void): void {
    if (this.#stop)
      throw new ApiFailure(
        409,
        'check_running',
        'another run is in progress, perhaps in another tab. Stop it there, or wait until it ends',
      );
    this.#stop = stop;
  }

  /** Ends the run in progress, if there is one. */
  stop(): void {
    this.#stop?.();
  }

  ended(): void {
    this.#stop = undefined;
  }

  historyOf(target: string): CheckHistory {
    return this.#histories.get(target) ?? noHistory;
  }

  record(target: string, run: Omit<CheckRun, 'changes'>): CheckHistory {
    const history = withRun(this.historyOf(target), run);
    this.#histories.set(target, history);
    return history;
  }
}
