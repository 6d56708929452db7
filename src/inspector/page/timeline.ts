import type { AttemptShown, EventRow } from '../protocol.ts';
import { isFailed, type ShownKind } from './filter.ts';

/**
 * An event in the list, or a replay of one, which has the row of its event with the one attempt. `row` is replaced when an
 * attempt is added. `arrived` is the time of the tint; 0 for none.
 */
export interface EventItem {
  readonly kind: 'event';
  readonly id: string;
  row: EventRow;
  /** Null for the event itself. */
  readonly replay: AttemptShown | null;
  readonly arrived: number;
}

/** A line of the list. */
export type ListItem =
  | EventItem
  | { readonly kind: 'gap'; readonly id: string; readonly from: number; readonly until: number };

/** The id of a replay in the list, and in the address of the page. */
const replayId = (capture: string, { time }: AttemptShown) => `${capture}@${time}`;

/** The capture that an item of the list is about. */
export const captureOf = (id: string) => id.replace(/@\d+$/, '');

function replayItem(row: EventRow, replay: AttemptShown, arrived: number): EventItem {
  const shown = { ...row, time: replay.time, attempts: [replay] };
  return { kind: 'event', id: replayId(row.id, replay), row: shown, replay, arrived };
}

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

  /** For many items that can be older than those that are known. */
  mergeByTime(items: readonly ListItem[]): void {
    const known = Array.from({ length: this.length }, (_, index) => this.at(index)!);
    const all = [...known, ...items].sort((one, other) => timeOf(other) - timeOf(one));
    this.#newer.length = 0;
    this.#older.length = 0;
    for (const item of all) this.#older.push(item);
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

export interface AddedAttempt {
  /** Whether the event became failed, or is no longer. */
  readonly changesFailed: boolean;
  /** The new item in the list. */
  readonly replay: EventItem | undefined;
}

/** All events that the page knows. */
export class EventCollection {
  readonly all = new Timeline();
  readonly counts: Record<ShownKind, number> = { all: 0, verified: 0, rejected: 0, failed: 0 };
  /** When the newest event was received, in ms since 1970; 0 without events. */
  newest = 0;
  readonly #byId = new Map<string, EventItem>();
  readonly #early = new Map<string, AttemptShown[]>();
  /** The times of the verified deliveries of a message, by its webhook-id. */
  readonly #deliveries = new Map<string, number[]>();
  /** How many events were verified, by event id. */
  readonly #verified = new Map<string, number>();
  /** Of events that existed before, until all of these are known. */
  #replays: EventItem[] = [];

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

  #add(row: EventRow, arrived: number): EventItem | undefined {
    if (this.#byId.has(row.id)) return undefined;
    const item: EventItem = { kind: 'event', id: row.id, row, replay: null, arrived };
    this.#byId.set(row.id, item);
    this.newest = Math.max(this.newest, row.time);
    this.counts.all++;
    this.counts[row.verified ? 'verified' : 'rejected']++;
    if (isFailed(row)) this.counts.failed++;
    if (row.verified && row.webhookId !== null) this.#addDelivery(row.webhookId, row.time);
    if (row.verified && row.eventId !== null)
      this.#verified.set(row.eventId, (this.#verified.get(row.eventId) ?? 0) + 1);
    for (const attempt of row.attempts)
      if (attempt.via === 'replay') this.#replays.push(replayItem(row, attempt, 0));
    for (const attempt of this.#early.get(row.id) ?? []) this.addAttempt(row.id, attempt, arrived);
    this.#early.delete(row.id);
    return item;
  }

  #addDelivery(webhookId: string, time: number): void {
    const times = this.#deliveries.get(webhookId);
    if (times) times.push(time);
    else this.#deliveries.set(webhookId, [time]);
  }

  /** Which delivery of its message an event is, from 1. A message that was not verified may have the id of another. */
  deliveryNumber({ verified, webhookId, time }: EventRow): number {
    const times = verified && webhookId !== null ? this.#deliveries.get(webhookId) : undefined;
    return times ? times.filter((other) => other < time).length + 1 : 1;
  }

  /** Grows when another delivery of the same message, or another message about the same event, is verified. */
  verifiedLike({ webhookId, eventId }: Pick<EventRow, 'webhookId' | 'eventId'>): number {
    return (this.#deliveries.get(webhookId ?? '')?.length ?? 0) + (this.#verified.get(eventId ?? '') ?? 0);
  }

  /** Puts the replays of events that existed before into the list, once all of these are known. */
  placeReplays(): void {
    if (this.#replays.length > 0) this.all.mergeByTime(this.#replays);
    this.#replays = [];
  }

  /** Returns undefined if the attempt is known, or its event is not. */
  addAttempt(id: string, attempt: AttemptShown, arrived = 0): AddedAttempt | undefined {
    const item = this.#byId.get(id);
    if (!item) {
      this.#early.set(id, [...(this.#early.get(id) ?? []), attempt]);
      return undefined;
    }
    if (item.row.attempts.some((known) => isSameAttempt(known, attempt))) return undefined;
    const wasFailed = isFailed(item.row);
    const attempts = [...item.row.attempts, attempt].sort((one, other) => one.time - other.time);
    item.row = { ...item.row, attempts };
    const nowFailed = isFailed(item.row);
    this.counts.failed += Number(nowFailed) - Number(wasFailed);
    const replay = attempt.via === 'replay' ? replayItem(item.row, attempt, arrived) : undefined;
    if (replay) this.all.insertByTime(replay);
    return { changesFailed: nowFailed !== wasFailed, replay };
  }

  addGap(from: number, until: number): ListItem {
    const item = { kind: 'gap' as const, id: `gap-${from}-${until}`, from, until };
    this.all.insertByTime(item);
    return item;
  }
}
