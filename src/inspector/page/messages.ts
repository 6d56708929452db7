import { batch } from '@preact/signals';
import type { EventMessage, EventRow } from '../protocol.ts';
import {
  applyFilter,
  applyFilterSoon,
  events,
  filteredItems,
  itemMatcher,
  version,
} from './list/shown-events.ts';
import { selectFirst } from './selection.ts';
import {
  addedAbove,
  announcement,
  filter,
  isFollowing,
  isLoaded,
  isStoreLost,
  newCount,
  session,
} from './state.ts';
import type { ListItem } from './timeline.ts';

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
    if (item && matches(item)) filteredItems()?.addOlder(item);
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
  filteredItems()?.addNewer(item);
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
  filteredItems()?.insertByTime(added.replay);
  return 1;
}

/** While rows come newest first, gaps have no place yet. */
function takeGap(gap: { from: number; until: number }, { matches }: Taking): void {
  if (!isLoaded.value) {
    gaps.push(gap);
    return;
  }
  const item = events.addGap(gap.from, gap.until);
  if (matches(item)) filteredItems()?.insertByTime(item);
}

function takeLoaded(taking: Taking): number {
  const added = resumed.reverse().reduce((sum, row) => sum + takeNew(row, taking), 0);
  resumed = [];
  for (const gap of gaps) events.addGap(gap.from, gap.until);
  gaps = [];
  events.placeReplays();
  if (filteredItems()) applyFilter();
  isLoaded.value = true;
  return added;
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
