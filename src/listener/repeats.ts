/** How many ids are remembered at least: enough for retries within an hour. */
const MIN_REMEMBERED = 10_000;

/** Counts how often each webhook-id was received. Forgets the oldest ids beyond a limit. */
export class RepeatCounter {
  #recent = new Map<string, number>();
  /** The previous generation of ids. Dropped as a whole, because evicting ids one at a time is slow. */
  #former = new Map<string, number>();

  /** Returns how often the id was received, including this time. */
  add(webhookId: string): number {
    const count = (this.#recent.get(webhookId) ?? this.#former.get(webhookId) ?? 0) + 1;
    this.#recent.set(webhookId, count);
    if (this.#recent.size > MIN_REMEMBERED) {
      this.#former = this.#recent;
      this.#recent = new Map();
    }
    return count;
  }
}
