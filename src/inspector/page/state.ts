import { batch, computed, effect, signal } from '@preact/signals';
import type { Session } from '../protocol.ts';
import {
  type DetailTab,
  formatAddress,
  type ListFilter,
  type PageView,
  parseAddress,
  searchFromFilter,
} from './filter.ts';
import type { Connection } from './stream.ts';
import { captureOf } from './timeline.ts';

const address = parseAddress(location);

export const view = signal<PageView>(address.view);
/** Shows a view, as an entry of the history. */
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

/** Lets the list follow new events, or stay where it is. */
export function setFollowing(on: boolean): void {
  batch(() => {
    isFollowing.value = on;
    newCount.value = 0;
  });
}

/** A polite message to screen readers. */
export const announcement = signal('');

export const hasShortcuts = signal(localStorage.getItem('shortcuts') !== 'off');

/** Switches single-key shortcuts on or off, also for the next visit. */
export function setShortcuts(on: boolean): void {
  hasShortcuts.value = on;
  localStorage.setItem('shortcuts', on ? 'on' : 'off');
}

/**
 * Connects what outlives components: the address, and the width of the window. Each view is an entry of the history, so that
 * the browser's back button returns to the previous one; its filters and selected event are those of now. In a narrow window,
 * an event that is shown in place of the list is one too.
 */
export function startState(): void {
  const placeOf = (name: PageView, open: boolean) => (isNarrow.peek() && open ? `${name} event` : name);
  const place = () => placeOf(view.value, isOpen.value);
  const narrow = matchMedia('(max-width: 860px)');
  isNarrow.value = narrow.matches;
  narrow.addEventListener('change', () => {
    isNarrow.value = narrow.matches;
    shown = place();
  });
  let shown = place();
  addEventListener('popstate', () => {
    const { view: name } = parseAddress(location);
    const open = isNarrow.peek() ? history.state === 'event' : isOpen.peek();
    // Before the effect compares with it.
    shown = placeOf(name, open);
    batch(() => {
      view.value = name;
      isOpen.value = open;
    });
  });
  effect(() => {
    const next = formatAddress({
      view: view.value,
      filter: filter.value,
      id: selectedId.value,
      tab: tab.value,
    });
    const now = place();
    const isOther = now !== shown;
    shown = now;
    const kind = isOpen.value ? 'event' : null;
    if (isOther) history.pushState(kind, '', next);
    else if (next !== location.pathname + location.search) history.replaceState(history.state, '', next);
  });
}
