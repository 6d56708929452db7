import { batch, computed, effect, signal } from '@preact/signals';
import type { EventMessage, EventRow, SearchMessage, Session } from '../protocol.ts';
import { eachLine, request } from './access.ts';
import {
  type DetailTab,
  formatAddress,
  type ListFilter,
  matcher,
  noFilter,
  type PageView,
  parseAddress,
  searchFromFilter,
  sinceTime,
} from './filter.ts';
import type { Connection } from './stream.ts';
import { captureOf, EventCollection, type EventItem, type ListItem, type Timeline } from './timeline.ts';

const address = parseAddress(location);

/** Everything that was received, and what of it the list shows. They change in place; `version` says when. */
export const events = new EventCollection();
let shown: Timeline = events.all;
export const version = signal(0);
export const shownItems = () => shown;

/** Whether the list shows more than gaps. */
export function hasShownEvents(): boolean {
  for (let index = 0; index < shown.length; index++) if (shown.at(index)!.kind === 'event') return true;
  return false;
}

export const view = signal<PageView>(address.view);
export function showView(name: PageView): void {
  view.value = name;
}

export const filter = signal<ListFilter>(address.filter);
/** As typed; the filter is what it means. */
export const searchText = signal(searchFromFilter(address.filter));
export const selectedId = signal<string | null>(address.id);
/** The capture that the selected item is about: a replay is shown with its event. */
export const selectedCapture = computed(() => selectedId.value && captureOf(selectedId.value));
export const tab = signal<DetailTab>(address.tab);
/** Below 860 px, whether the event is shown instead of the list. */
export const isOpen = signal(address.id !== null);
export const isWide = signal(false);
export const isEditing = signal(false);
export const isHelpOpen = signal(false);
export const isLoaded = signal(false);
export const session = signal<Session | null>(null);
/** What the page is connected to: `listen --ui` or `inspect`. */
export const serverName = () => (session.value?.listener ? 'Listener' : 'Inspector');
export const connection = signal<Connection>({ state: 'connecting' });
export const isStoreLost = signal(false);
export const isNarrow = signal(false);

/** Whether the list stays at the newest event, and how many came while it did not. */
export const isFollowing = signal(true);
export const newCount = signal(0);
/** Rows that were added above what is being read, by which the list has to scroll. */
export const addedAbove = signal(0);

export const search = signal<{ searched: number; total: number } | null>(null);
const inBodies = new Set<string>();

/** A polite message to screen readers. */
export const announcement = signal('');

export const hasShortcuts = signal(localStorage.getItem('shortcuts') !== 'off');

export function setShortcuts(on: boolean): void {
  hasShortcuts.value = on;
  localStorage.setItem('shortcuts', on ? 'on' : 'off');
}

const isUnfiltered = () =>
  Object.entries(noFilter).every(([name, value]) => filter.value[name as 'q'] === value);

function itemMatcher(): (item: ListItem) => boolean {
  if (isUnfiltered()) return () => true;
  const now = Date.now();
  const matches = matcher(filter.value, inBodies, now);
  const from = sinceTime(filter.value.since, now);
  return (item) => (item.kind === 'event' ? matches(item.row) : item.until >= from);
}

function applyFilter(): void {
  shown = isUnfiltered() ? events.all : events.all.filtered(itemMatcher());
  version.value++;
}

export function setFilter(next: ListFilter): void {
  const isNewText = next.q !== filter.value.q;
  if (isNewText) inBodies.clear();
  batch(() => {
    filter.value = next;
    newCount.value = 0;
    applyFilter();
  });
  if (isNewText) searchBodiesSoon();
}

let searchTimer: ReturnType<typeof setTimeout> | undefined;
let searchAbort: AbortController | undefined;

function searchBodiesSoon(): void {
  clearTimeout(searchTimer);
  searchAbort?.abort();
  search.value = null;
  const text = filter.value.q.trim();
  if (text.length < 2) return;
  searchTimer = setTimeout(() => {
    searchAbort = new AbortController();
    void searchBodies(text, searchAbort.signal);
  }, 250);
}

async function searchBodies(text: string, signal: AbortSignal): Promise<void> {
  try {
    const response = await request(`/api/search?q=${encodeURIComponent(text)}`, { signal });
    await eachLine<SearchMessage>(response, (message) => {
      if (signal.aborted) return;
      if (message.kind === 'progress') search.value = message;
      else {
        for (const id of message.ids) inBodies.add(id);
        applyFilterSoon();
      }
    });
  } catch {
    // The list still shows what matches without bodies.
  }
  if (!signal.aborted) search.value = null;
}

let isFilterScheduled = false;

function applyFilterSoon(): void {
  if (isFilterScheduled) return;
  isFilterScheduled = true;
  requestAnimationFrame(() => {
    isFilterScheduled = false;
    applyFilter();
  });
}

let resumed: EventRow[] = [];
let gaps: { from: number; until: number }[] = [];

/** Before `loaded`, rows come newest first; after a lost connection, they are newer than all that are known. */
function takeRows(rows: readonly EventRow[], matches: (item: ListItem) => boolean): void {
  if (isLoaded.value) {
    resumed.push(...rows);
    return;
  }
  for (const row of rows) {
    const item = events.addOlder(row);
    if (item && shown !== events.all && matches(item)) shown.addOlder(item);
  }
}

/** How messages are taken: which rows the list shows, and when they arrived, to tint them. */
interface Taking {
  readonly matches: (item: ListItem) => boolean;
  readonly arrived: number;
}

/** Tints on more rows are not noticed, and take long to draw. */
const maxTinted = 10;

/** Returns how many rows the list got. */
function takeNew(row: EventRow, { matches, arrived }: Taking): number {
  const item = events.addNewer(row, arrived);
  if (!item || !matches(item)) return 0;
  if (shown !== events.all) shown.addNewer(item);
  return 1;
}

/** Returns how many rows the list got. */
function takeAttempt(
  { id, attempt }: Extract<EventMessage, { kind: 'attempt' }>,
  { matches, arrived }: Taking,
): number {
  const added = events.addAttempt(id, attempt, arrived);
  if (added?.changesFailed && filter.value.show === 'failed') applyFilterSoon();
  if (!added?.replay || !matches(added.replay)) return 0;
  if (shown !== events.all) shown.insertByTime(added.replay);
  return 1;
}

/** While rows come newest first, gaps have no place yet. */
function takeGap(gap: { from: number; until: number }, { matches }: Taking): void {
  if (!isLoaded.value) {
    gaps.push(gap);
    return;
  }
  const item = events.addGap(gap.from, gap.until);
  if (shown !== events.all && matches(item)) shown.insertByTime(item);
}

function takeLoaded(taking: Taking): number {
  const added = resumed.reverse().reduce((sum, row) => sum + takeNew(row, taking), 0);
  resumed = [];
  for (const gap of gaps) events.addGap(gap.from, gap.until);
  gaps = [];
  events.placeReplays();
  if (shown !== events.all) applyFilter();
  isLoaded.value = true;
  return added;
}

function selectFirst(): void {
  if (selectedId.value !== null) return;
  for (let index = 0; index < shown.length; index++) {
    const item = shown.at(index)!;
    if (item.kind !== 'event') continue;
    selectedId.value = item.id;
    return;
  }
}

let lastAnnounced = 0;
let unannounced = 0;

/** At most every two seconds, so that a screen reader can finish. */
function announce(added: number): void {
  unannounced += added;
  if (unannounced === 0 || Date.now() - lastAnnounced < 2000) return;
  lastAnnounced = Date.now();
  announcement.value = `${unannounced} new ${unannounced === 1 ? 'event' : 'events'}`;
  unannounced = 0;
}

function takeMessage(message: EventMessage, taking: Taking): number {
  switch (message.kind) {
    case 'session':
      session.value = message.session;
      return 0;
    case 'rows':
      takeRows(message.rows, taking.matches);
      return 0;
    case 'loaded':
      return takeLoaded(taking);
    case 'row':
      return takeNew(message.row, taking);
    case 'attempt':
      return takeAttempt(message, taking);
    case 'gap':
      takeGap(message, taking);
      return 0;
    case 'link':
      isStoreLost.value = message.state === 'lost';
      return 0;
    case 'alive':
      return 0;
  }
}

function takeMessages(messages: readonly EventMessage[]): void {
  const newRows = messages.filter(({ kind }) => kind === 'row').length;
  const taking = { matches: itemMatcher(), arrived: newRows > maxTinted ? 0 : Date.now() };
  batch(() => {
    const added = messages.reduce((sum, message) => sum + takeMessage(message, taking), 0);
    if (!isFollowing.value) {
      newCount.value += added;
      addedAbove.value += added;
    }
    announce(added);
    selectFirst();
    version.value++;
  });
}

let pointerMoved = 0;
let held: EventMessage[] = [];
let heldSince = 0;

export function notePointer(): void {
  pointerMoved = Date.now();
}

/** While someone aims at a row, new rows wait, but not longer than a second. */
export function receiveMessages(messages: readonly EventMessage[]): void {
  const now = Date.now();
  if (held.length === 0) heldSince = now;
  held.push(...messages);
  const waits = isLoaded.value && isFollowing.value && now - pointerMoved < 800 && now - heldSince < 1000;
  if (waits) {
    setTimeout(() => held.length > 0 && receiveMessages([]), 100);
    return;
  }
  const due = held;
  held = [];
  takeMessages(due);
}

export function setFollowing(on: boolean): void {
  batch(() => {
    isFollowing.value = on;
    newCount.value = 0;
  });
}

export function select(id: string): void {
  batch(() => {
    if (selectedId.value !== id) isEditing.value = false;
    selectedId.value = id;
  });
}

/** Selects an event relative to the selected one; `only` skips others. */
export function selectBy(step: 1 | -1, only: (item: EventItem) => boolean = () => true): void {
  let index = shown.indexOf(selectedId.value);
  if (index === -1 && step === -1) index = shown.length;
  for (index += step; index >= 0 && index < shown.length; index += step) {
    const item = shown.at(index)!;
    if (item.kind === 'event' && only(item)) {
      select(item.id);
      return;
    }
  }
}

export function selectEdge(edge: 'first' | 'last'): void {
  const step = edge === 'first' ? 1 : -1;
  for (let index = edge === 'first' ? 0 : shown.length - 1; shown.at(index); index += step) {
    const item = shown.at(index)!;
    if (item.kind === 'event') {
      select(item.id);
      return;
    }
  }
}

/** Connects what outlives components: the address, the width of the window, and the first filter. */
export function startState(): void {
  const narrow = matchMedia('(max-width: 860px)');
  isNarrow.value = narrow.matches;
  narrow.addEventListener('change', () => {
    isNarrow.value = narrow.matches;
  });
  effect(() => {
    const next = formatAddress({
      view: view.value,
      filter: filter.value,
      id: selectedId.value,
      tab: tab.value,
    });
    if (next !== location.pathname + location.search) history.replaceState(null, '', next);
  });
  applyFilter();
  searchBodiesSoon();
}
