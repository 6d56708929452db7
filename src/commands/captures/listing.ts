import { type Filter, isPicked } from '../../captures/filter.ts';
import type { CaptureHead, CaptureOutcome, ListenerChange } from '../../captures/record.ts';
import type { Entry } from '../../captures/store.ts';
import { gapBefore, listedFact } from '../../report/facts/capture.ts';
import type { Context } from '../context.ts';

interface ListOptions {
  readonly filter: Filter;
  readonly verdict: string | undefined;
  readonly limit: number;
}

/** A step of the clock leaves some older captures among newer ones. After so many in a row, there are no newer ones. */
const MAX_OLDER = 1000;

/** Prints the selected captures of entries that come newest first. */
export class Listing {
  readonly #options: ListOptions;
  readonly #context: Context;
  /** By capture id. An Outcome is written after its Capture, so newest first it is read before it. */
  readonly #latest = new Map<string, CaptureOutcome>();
  /** Captures in a row from before --since. */
  #older = 0;
  printed = 0;
  isEmpty = true;

  constructor(options: ListOptions, context: Context) {
    this.#options = options;
    this.#context = context;
  }

  /** Returns whether there is more to print. */
  add(entry: Entry): boolean {
    if (entry.kind === 'listener') this.#addListener(entry.change);
    else if (entry.kind === 'capture') return this.#addCapture(entry.head);
    else if (!this.#latest.has(entry.outcome.capture)) this.#latest.set(entry.outcome.capture, entry.outcome);
    return true;
  }

  #addListener(change: ListenerChange): void {
    const gap = gapBefore(change);
    const { since, before } = this.#options.filter;
    if (gap && change.time >= since && change.time < before) this.#context.report.print(gap);
  }

  #addCapture(head: CaptureHead): boolean {
    const { filter, verdict, limit } = this.#options;
    const { io, report } = this.#context;
    this.isEmpty = false;
    if (io.stdout.isClosed) return false;
    this.#older = head.time < filter.since ? this.#older + 1 : 0;
    if (this.#older > 0) return this.#older < MAX_OLDER;
    const outcome = this.#latest.get(head.id);
    this.#latest.delete(head.id);
    if (!isPicked(head, filter) || !hasVerdict(head, verdict)) return true;
    if (this.printed === limit) {
      report.note(`only the newest ${limit} are listed. Use --limit to list more`);
      return false;
    }
    this.printed += 1;
    report.print(listedFact(head, outcome ? [outcome] : []));
    return true;
  }
}

/** Whether a Capture matches --verdict: `verified`, `rejected` or a reason code; any without the flag. */
export function hasVerdict({ verified, reason }: CaptureHead, verdict: string | undefined): boolean {
  if (verdict === undefined) return true;
  return verdict === 'verified' || verdict === 'rejected'
    ? verified === (verdict === 'verified')
    : reason === verdict;
}
