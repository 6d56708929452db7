/** How many cursors are remembered. Whoever comes with an older one gets everything again. */
const MAX_CURSORS = 500;

/** Short names for cursors: a cursor of many journals is longer than an address may be. */
export class CursorNames {
  readonly #cursors = new Map<string, string>();
  #last = { cursor: '', name: '' };
  #count = 0;

  nameOf(cursor: string): string {
    if (this.#last.cursor === cursor) return this.#last.name;
    this.#count += 1;
    const name = String(this.#count);
    this.#last = { cursor, name };
    this.#cursors.set(name, cursor);
    const [oldest] = this.#cursors.keys();
    if (this.#cursors.size > MAX_CURSORS && oldest !== undefined) this.#cursors.delete(oldest);
    return name;
  }

  /** Undefined for a name that is unknown, or was forgotten. */
  cursorOf(name: string): string | undefined {
    return this.#cursors.get(name);
  }
}
