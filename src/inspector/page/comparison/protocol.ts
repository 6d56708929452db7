import type { DrawnLine } from '../difference/draw-line.ts';
import type { LineRun } from '../difference/folded-runs.ts';
import type { DraftReport } from '../editor/draft.ts';

/**
 * What the page asks of a worker: to compare two bodies, then for lines that are folded; or to compare a draft with the
 * body that it began as, again for each version.
 */
export type ComparisonRequest =
  | { readonly kind: 'compare'; readonly signedBase64: string; readonly receivedBase64: string }
  | { readonly kind: 'lines'; readonly from: number; readonly until: number }
  | { readonly kind: 'original'; readonly body: string }
  | { readonly kind: 'draft'; readonly text: string };

/** The answers, in the order of the requests. There is none to `original`. */
export type ComparisonAnswer =
  | { readonly kind: 'compared'; readonly compared: ComparedBodies }
  | { readonly kind: 'lines'; readonly lines: readonly DrawnLine[] }
  | { readonly kind: 'report'; readonly report: DraftReport };

export interface RunningWorker {
  ask(request: ComparisonRequest): void;
  end(): void;
}

/** A difference, drawn as far as it is shown at first. The rest stays in the worker, because copying it takes time. */
export interface ComparedBodies {
  readonly summary: string;
  readonly hasSpaces: boolean;
  readonly hasValues: boolean;
  readonly signedLayout: string;
  readonly receivedLayout: string;
  readonly runs: readonly DrawnRun[];
}

export interface DrawnRun extends LineRun {
  /** Empty if it is folded. */
  readonly lines: readonly DrawnLine[];
}
