import type { CaptureHead, CaptureOutcome } from './record.ts';
import type { CaptureReader } from './store.ts';

/** The members of a Capture that decide whether it still has to be delivered. */
export type Undelivered = Pick<CaptureHead, 'id' | 'webhookId' | 'forwardTo' | 'verified'>;

/** The most distinct results, which are statuses and failures. A few dozen are usual. */
const MAX_RESULTS = 4096;

/** The latest status or failure of each message, by webhook-id, which retries share. */
export class LatestOutcomes {
  /** Time and result packed into one number, to save memory: there can be one per capture. */
  readonly #latest = new Map<string, number>();
  readonly #results: string[] = [];
  readonly #indexes = new Map<string, number>();

  /** Those of the listener and of one follower: what others replayed says nothing about this one's handler. */
  static async read(reader: CaptureReader, follower: string): Promise<LatestOutcomes> {
    const latest = new LatestOutcomes();
    for await (const batch of reader.outcomes(follower))
      for (const outcome of batch)
        if (outcome.follower === null || outcome.follower === follower) latest.add(outcome);
    return latest;
  }

  add(outcome: CaptureOutcome): void {
    const key = outcome.webhookId ?? outcome.capture;
    const packed = outcome.time * MAX_RESULTS + this.#indexOf(resultOf(outcome));
    const known = this.#latest.get(key);
    if (known === undefined || Math.floor(known / MAX_RESULTS) <= outcome.time) this.#latest.set(key, packed);
  }

  #indexOf(result: string): number {
    const known = this.#indexes.get(result);
    if (known !== undefined) return known;
    // Records of other tools may have any result; beyond the limit they share one index.
    const index = Math.min(this.#results.length, MAX_RESULTS - 1);
    this.#results[index] = result;
    this.#indexes.set(result, index);
    return index;
  }

  /** The status or failure of the latest delivery; undefined if none is recorded. */
  of(head: Undelivered): string | undefined {
    const packed = this.#latest.get(keyOf(head));
    return packed === undefined ? undefined : this.#results[packed % MAX_RESULTS];
  }

  /** Whether the latest delivery failed, or it was forwarded and no result is recorded. */
  isUndelivered(head: Undelivered): boolean {
    const last = this.of(head);
    return last === undefined ? head.forwardTo !== null : !/^2[0-9]{2}$/.test(last);
  }
}

/** The ids of the Captures that still have to be delivered: only the newest for each webhook-id. */
export async function undeliveredCaptures(
  reader: CaptureReader,
  outcomes: LatestOutcomes,
  isPicked: (head: CaptureHead) => boolean,
): Promise<ReadonlySet<string>> {
  const latest = new Map<string, string>();
  for await (const batch of reader.oldestFirst()) {
    for (const entry of batch) {
      if (entry.kind !== 'capture' || !isPicked(entry.head) || !outcomes.isUndelivered(entry.head)) continue;
      latest.set(keyOf(entry.head), entry.head.id);
    }
  }
  return new Set(latest.values());
}

/** A forged message can carry any webhook-id, so only verified messages are identified by it. */
function keyOf({ verified, webhookId, id }: Undelivered): string {
  return (verified ? webhookId : null) ?? id;
}

function resultOf({ status, failure }: CaptureOutcome): string {
  return failure ?? String(status);
}
