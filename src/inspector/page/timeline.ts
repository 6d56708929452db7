import type { AttemptShown, EventRow } from '../protocol.ts';
import { isFailed, type ShownKind } from './filter.ts';

/** A line of the list; `row` is replaced when an attempt is added. `arrived` is the time of the tint; 0 for none. */
export type ListItem =
  | { readonly kind: 'event'; readonly id: string; row: EventRow; readonly arrived: number }
  | { readonly kind: 'gap'; readonly id: string; readonly from: number; readonly until: number };

const timeOf = (item: ListItem) => (item.kind === 'event' ? item.row.time : item.until);

/** A list, newest first, to which both newer and older items are added in constant time. */
export class Timeline {
  readonly #newer: ListItem[] = [];
  readonly #older: ListItem[] = [];

  get length(): number {
    return this.#newer.length + this.#older.length;
  }

  at(index: number): ListItem | undefined {
    const { length } = this.#newer;
    return index < length ? this.#newer[length - 1 - index] : this.#older[index - length];
  }

  addNewer(item: ListItem): void {
    this.#newer.push(item);
  }

  addOlder(item: ListItem): void {
    this.#older.push(item);
  }

  /** For the few items that can be older than those that are known. Returns the place. */
  insertByTime(item: ListItem): number {
    let index = 0;
    while (index < this.length && timeOf(this.at(index)!) > timeOf(item)) index++;
    const { length } = this.#newer;
    if (index <= length) this.#newer.splice(length - index, 0, item);
    else this.#older.splice(index - length, 0, item);
    return index;
  }

  indexOf(id: string | null): number {
    for (let index = 0; index < this.length; index++) if (this.at(index)!.id === id) return index;
    return -1;
  }

  filtered(matches: (item: ListItem) => boolean): Timeline {
    const found = new Timeline();
    for (let index = 0; index < this.length; index++) {
      const item = this.at(index)!;
      if (matches(item)) found.addOlder(item);
    }
    return found;
  }
}

const isSameAttempt = (one: AttemptShown, other: AttemptShown) =>
  one.time === other.time && one.url === other.url && one.via === other.via;

/** All events that the page knows. */
export class EventCollection {
  readonly all = new Timeline();
  readonly counts: Record<ShownKind, number> = { all: 0, verified: 0, rejected: 0, failed: 0 };
  readonly #byId = new Map<string, Extract<ListItem, { kind: 'event' }>>();
  readonly #early = new Map<string, AttemptShown[]>();

  get(id: string | null): EventRow | undefined {
    return id === null ? undefined : this.#byId.get(id)?.row;
  }

  /** Adds an event that existed before. Returns the new item; undefined if the event is known. */
  addOlder(row: EventRow): ListItem | undefined {
    const item = this.#add(row, 0);
    if (item) this.all.addOlder(item);
    return item;
  }

  /** The same for an event that arrived. */
  addNewer(row: EventRow, arrived: number): ListItem | undefined {
    const item = this.#add(row, arrived);
    if (item) this.all.addNewer(item);
    return item;
  }

  #add(row: EventRow, arrived: number): ListItem | undefined {
    if (this.#byId.has(row.id)) return undefined;
    const item = { kind: 'event' as const, id: row.id, row, arrived };
    this.#byId.set(row.id, item);
    this.counts.all++;
    this.counts[row.verified ? 'verified' : 'rejected']++;
    if (isFailed(row)) this.counts.failed++;
    for (const attempt of this.#early.get(row.id) ?? []) this.addAttempt(row.id, attempt);
    this.#early.delete(row.id);
    return item;
  }

  /** Returns whether the event became failed, or is no longer. */
  addAttempt(id: string, attempt: AttemptShown): boolean {
    const item = this.#byId.get(id);
    if (!item) {
      this.#early.set(id, [...(this.#early.get(id) ?? []), attempt]);
      return false;
    }
    if (item.row.attempts.some((known) => isSameAttempt(known, attempt))) return false;
    const wasFailed = isFailed(item.row);
    const attempts = [...item.row.attempts, attempt].sort((one, other) => one.time - other.time);
    item.row = { ...item.row, attempts };
    const nowFailed = isFailed(item.row);
    this.counts.failed += Number(nowFailed) - Number(wasFailed);
    return nowFailed !== wasFailed;
  }

  addGap(from: number, until: number): ListItem {
    const item = { kind: 'gap' as const, id: `gap-${from}-${until}`, from, until };
    this.all.insertByTime(item);
    return item;
  }
}
