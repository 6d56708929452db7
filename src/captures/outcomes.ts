import type { CaptureHead, CaptureOutcome } from './record.ts';
import type { CaptureReader } from './store.ts';

/** What of a Capture says whether an app is owed it. */
export type Owed = Pick<CaptureHead, 'id' | 'webhookId' | 'forwardTo'>;

/** What an app last did with a message: its status, or why there was none; by webhook-id, since a retry has the same. */
export class LatestOutcomes {
  readonly #latest = new Map<string, { readonly time: number; readonly was: string }>();

  constructor(reader: CaptureReader) {
    for (const outcome of reader.outcomes()) {
      const key = outcome.webhookId ?? outcome.capture;
      const known = this.#latest.get(key);
      if (!known || known.time <= outcome.time) {
        this.#latest.set(key, { time: outcome.time, was: inWords(outcome) });
      }
    }
  }

  /** The status or failure of the latest delivery; undefined when there was none. */
  of(head: Owed): string | undefined {
    return this.#latest.get(keyOf(head))?.was;
  }

  /** Whether the app is still owed a message: the latest delivery failed, or nobody knows what came of it. */
  isOwed(head: Owed): boolean {
    const was = this.of(head);
    return was === undefined ? head.forwardTo !== null : !/^2[0-9]{2}$/.test(was);
  }
}

/**
 * The ids of the Captures to be replayed so that an app gets all that it is owed: of those with one webhook-id the
 * newest only.
 */
export function owedCaptures(
  reader: CaptureReader,
  outcomes: LatestOutcomes,
  isPicked: (head: CaptureHead) => boolean,
): ReadonlySet<string> {
  const owed = new Map<string, string>();
  for (const entry of reader.oldestFirst()) {
    if (entry.kind !== 'capture' || !isPicked(entry.head) || !outcomes.isOwed(entry.head)) continue;
    owed.set(keyOf(entry.head), entry.head.id);
  }
  return new Set(owed.values());
}

function keyOf({ webhookId, id }: Owed): string {
  return webhookId ?? id;
}

function inWords({ status, failure }: CaptureOutcome): string {
  return failure ?? String(status);
}
