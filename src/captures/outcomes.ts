import type { CaptureHead, CaptureOutcome } from './record.ts';
import type { CaptureReader } from './store.ts';

/** What of a Capture says whether an app is owed it. */
export type Undelivered = Pick<CaptureHead, 'id' | 'webhookId' | 'forwardTo' | 'verified'>;

/** Words that outcomes have: statuses and failures, of which there are some dozens. */
const WORDS = 4096;

/** What an app last did with a message: its status, or why there was none; by webhook-id, since a retry has the same. */
export class LatestOutcomes {
  /** Time and word in one number each, since there may be as many as captures. */
  readonly #latest = new Map<string, number>();
  readonly #words: string[] = [];
  readonly #indexes = new Map<string, number>();

  constructor(reader: CaptureReader) {
    for (const outcome of reader.outcomes()) {
      const key = outcome.webhookId ?? outcome.capture;
      const packed = outcome.time * WORDS + this.#indexOf(inWords(outcome));
      const known = this.#latest.get(key);
      if (known === undefined || Math.floor(known / WORDS) <= outcome.time) this.#latest.set(key, packed);
    }
  }

  #indexOf(word: string): number {
    const known = this.#indexes.get(word);
    if (known !== undefined) return known;
    // Somebody else's records may have any word; beyond the limit they share one.
    const index = Math.min(this.#words.length, WORDS - 1);
    this.#words[index] = word;
    this.#indexes.set(word, index);
    return index;
  }

  /** The status or failure of the latest delivery; undefined when there was none. */
  of(head: Undelivered): string | undefined {
    const packed = this.#latest.get(keyOf(head));
    return packed === undefined ? undefined : this.#words[packed % WORDS];
  }

  /** Whether the app is still owed a message: the latest delivery failed, or nobody knows what came of it. */
  isUndelivered(head: Undelivered): boolean {
    const was = this.of(head);
    return was === undefined ? head.forwardTo !== null : !/^2[0-9]{2}$/.test(was);
  }
}

/**
 * The ids of the Captures to be replayed so that an app gets all that it is owed: of those with one webhook-id the
 * newest only.
 */
export function undeliveredCaptures(
  reader: CaptureReader,
  outcomes: LatestOutcomes,
  isPicked: (head: CaptureHead) => boolean,
): ReadonlySet<string> {
  const owed = new Map<string, string>();
  for (const entry of reader.oldestFirst()) {
    if (entry.kind !== 'capture' || !isPicked(entry.head) || !outcomes.isUndelivered(entry.head)) continue;
    owed.set(keyOf(entry.head), entry.head.id);
  }
  return new Set(owed.values());
}

/** Whoever forges a message can give it any webhook-id: only a verified one is known by that. */
function keyOf({ verified, webhookId, id }: Undelivered): string {
  return (verified ? webhookId : null) ?? id;
}

function inWords({ status, failure }: CaptureOutcome): string {
  return failure ?? String(status);
}
