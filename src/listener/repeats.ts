/** Ids that are remembered, at least: a sender that tries again does so within the hour. */
const REMEMBERED = 10_000;

/** Counts how often a message has come, by its webhook-id. Of very many ids the oldest are forgotten. */
export class RepeatCounter {
  #recent = new Map<string, number>();
  /** What was recent before; dropped whole, since taking the oldest out of one map one by one is slow. */
  #former = new Map<string, number>();

  /** Counts one more; returns how often it has come, this time included. */
  add(webhookId: string): number {
    const count = (this.#recent.get(webhookId) ?? this.#former.get(webhookId) ?? 0) + 1;
    this.#recent.set(webhookId, count);
    if (this.#recent.size > REMEMBERED) {
      this.#former = this.#recent;
      this.#recent = new Map();
    }
    return count;
  }
}
