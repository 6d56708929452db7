import { batch, signal } from '@preact/signals';
import { type ListFilter, matcher, noFilter, sinceTime } from '../filter.ts';
import { filter, newCount } from '../state.ts';
import { EventCollection, type ListItem, type Timeline } from '../timeline.ts';
import { inBodies, searchBodiesSoon } from './body-search.ts';

/** Everything that was received, and what of it the list shows. They change in place; `version` says when. */
export const events = new EventCollection();
let shown: Timeline = events.all;
export const version = signal(0);
export const shownItems = () => shown;
/** The items that match the filter, to add new ones; undefined without a filter, because all events are shown then. */
export const filteredItems = () => (shown === events.all ? undefined : shown);

/** Whether the list shows more than gaps. */
export function hasShownEvents(): boolean {
  for (let index = 0; index < shown.length; index++) if (shown.at(index)!.kind === 'event') return true;
  return false;
}

const isUnfiltered = () =>
  Object.entries(noFilter).every(([name, value]) => filter.value[name as 'q'] === value);

/** A function that decides whether the list shows an item. */
export function itemMatcher(): (item: ListItem) => boolean {
  if (isUnfiltered()) return () => true;
  const now = Date.now();
  const matches = matcher(filter.value, inBodies, now);
  const from = sinceTime(filter.value.since, now);
  return (item) => (item.kind === 'event' ? matches(item.row) : item.until >= from);
}

/** Shows the events that match the filter. */
export function applyFilter(): void {
  shown = isUnfiltered() ? events.all : events.all.filtered(itemMatcher());
  version.value++;
}

/** Changes the filter, and searches bodies if its text is another. */
export function setFilter(next: ListFilter): void {
  if (next.q !== filter.value.q) searchBodiesSoon(next.q, applyFilterSoon);
  batch(() => {
    filter.value = next;
    newCount.value = 0;
    applyFilter();
  });
}

let isFilterScheduled = false;

/** Applies the filter before the next frame, once for many calls. */
export function applyFilterSoon(): void {
  if (isFilterScheduled) return;
  isFilterScheduled = true;
  requestAnimationFrame(() => {
    isFilterScheduled = false;
    applyFilter();
  });
}

/** Applies the filter that the page was opened with. */
export function startFiltering(): void {
  applyFilter();
  searchBodiesSoon(filter.value.q, applyFilterSoon);
}
