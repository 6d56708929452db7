import type { Outcome } from '../../delivery/outcome.ts';
import type { Event } from '../../events/build.ts';
import { meets, type ScenarioStep } from '../../events/scenarios/scenario.ts';
import { pause } from '../../pause.ts';
import type { Context } from '../context.ts';
import type { Batch, Parcel } from '../dispatch.ts';

/** A scenario to send. */
export interface Flow {
  readonly steps: readonly ScenarioStep[];
  /** Builds the event of each step. */
  readonly builders: readonly ((now: number) => Event)[];
  parcelOf(event: Event): Parcel;
  /** How many times it is sent. */
  readonly count: number;
  /** Whether it goes on after a step that fails. */
  readonly keepsGoing: boolean;
  /** Whether it waits where a step says so. */
  readonly waits: boolean;
}

/** Yields the steps of a scenario, each after its wait, until one fails. */
export function stepsInOrder(flow: Flow, { io, report }: Context): Batch['next'] {
  const { steps, builders, count, keepsGoing, waits } = flow;
  let [index, lastTime] = [0, 0];
  let failed: number | undefined;
  return async (stop) => {
    if (failed !== undefined && !keepsGoing) {
      const others = steps.length * count - index;
      if (others > 0) report.note(`step ${failed} failed, so the rest was not sent. --keep-going sends it`);
      return undefined;
    }
    if (index === steps.length * count) return undefined;
    const place = index % steps.length;
    const step = steps[place]!;
    if (waits && step.afterMs > 0) await pause(step.afterMs, stop);
    if (stop.aborted) return undefined;
    index += 1;
    // Two steps within one millisecond would have the same time, and handlers order events by it.
    lastTime = Math.max(io.now(), lastTime + 1);
    const { expects } = step;
    const isGood = (outcome: Outcome) => isMet(outcome, expects);
    return {
      ...flow.parcelOf(builders[place]!(lastTime)),
      isGood,
      about: { expects },
      onAttempt: ({ outcome }) => {
        if (!isGood(outcome)) failed ??= place + 1;
      },
    };
  };
}

function isMet(outcome: Outcome, expects: readonly string[]): boolean {
  return outcome.answered && outcome.brokenOff === undefined && meets(outcome.status, expects);
}
