import type { Exchange } from '../workbench.ts';
import type { EventDifference } from './differences.ts';
import type { FailureKind } from './failure.ts';
import type { FuzzEvent } from './generate.ts';

/** The smallest event that was found for one failure. */
export interface Counterexample {
  readonly type: string;
  readonly event: FuzzEvent;
  /** Where it differs from the sample event, which the handler accepts. */
  readonly differences: readonly EventDifference[];
  readonly kind: FailureKind;
  readonly exchange: Exchange;
  /** How many generated events failed in this way. */
  readonly count: number;
  /** Whether it may not be the smallest, because the budget was used up or the app is gone. */
  readonly isCutShort: boolean;
}
