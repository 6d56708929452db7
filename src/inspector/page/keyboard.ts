import { isCopyOpen } from './detail/copy.tsx';
import { closeEditor } from './editor/editor.tsx';
import { type PageView, tabs } from './filter.ts';
import { replayPlainly } from './replays.ts';
import { selectBy, selectEdge } from './selection.ts';
import {
  hasShortcuts,
  isEditing,
  isFollowing,
  isHelpOpen,
  isOpen,
  isWide,
  selectedCapture,
  setFollowing,
  showView,
  tab,
  view,
} from './state.ts';
import type { EventItem } from './timeline.ts';

function moveTab(step: 1 | -1): void {
  const next = tabs[(tabs.indexOf(tab.value) + step + tabs.length) % tabs.length]!;
  const hadFocus = document.activeElement?.getAttribute('role') === 'tab';
  keepFocus(() => {
    tab.value = next;
  });
  if (hadFocus) requestAnimationFrame(() => document.getElementById(`tab-${next}`)?.focus());
}

/** Another event or tab has other elements: what had the focus in the event may be gone, and the event itself gets it. */
function keepFocus(action: () => void): void {
  const wasInEvent = document.activeElement?.closest('.detail') !== null;
  action();
  if (!wasInEvent) return;
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) document.getElementById('panel')?.focus();
  });
}

function openEvent(): void {
  isOpen.value = true;
  requestAnimationFrame(() => document.getElementById('panel')?.focus());
}

function backToList(): void {
  isOpen.value = false;
  requestAnimationFrame(() => document.getElementById('list')?.focus());
}

function replaySelected(): void {
  if (selectedCapture.value !== null) void replayPlainly(selectedCapture.value);
}

const isRejection = ({ row, replay }: EventItem) => !row.verified && replay === null;

/** Keys of one character in every view. */
const everywhere: Readonly<Record<string, () => void>> = {
  '/': () => document.getElementById('search')?.focus(),
  '?': () => {
    isHelpOpen.value = true;
  },
  1: () => showView('events'),
  2: () => showView('compose'),
  3: () => showView('check'),
};

/** Keys of one letter; they can be switched off, because speech input types letters. */
const letters: Readonly<Record<string, () => void>> = {
  j: () => keepFocus(() => selectBy(1)),
  k: () => keepFocus(() => selectBy(-1)),
  n: () => keepFocus(() => selectBy(1, isRejection)),
  p: () => keepFocus(() => selectBy(-1, isRejection)),
  f: () => setFollowing(!isFollowing.value),
  r: replaySelected,
  e: () => {
    isEditing.value = true;
    isOpen.value = true;
  },
  c: () => {
    isCopyOpen.value = true;
  },
  w: () => {
    isWide.value = !isWide.value;
  },
  ...everywhere,
};

const listKeys: Readonly<Record<string, () => void>> = {
  ArrowDown: () => selectBy(1),
  ArrowUp: () => selectBy(-1),
  Home: () => selectEdge('first'),
  End: () => selectEdge('last'),
  Enter: openEvent,
};

const tabKeys: Readonly<Record<string, () => void>> = {
  ArrowRight: () => moveTab(1),
  ArrowLeft: () => moveTab(-1),
};

/** What Esc leads to, in the views without a list of events. */
const firstIn: Readonly<Partial<Record<PageView, string>>> = { compose: 'types', check: 'run' };

function leave(): void {
  const first = firstIn[view.value];
  if (first !== undefined) document.getElementById(first)?.focus();
  else if (isEditing.value) closeEditor();
  else backToList();
}

const isTyping = (element: Element) =>
  element.matches('input:not([type=checkbox], [type=radio]), textarea, select');

/** The action of a key: letters while the list or the event has the focus, never in a text field. */
function actionOf(key: string, target: Element): (() => void) | undefined {
  if (target.closest('dialog')) return undefined;
  if (key === 'Escape') return leave;
  if (view.value !== 'events') {
    const isIn = target.closest('main') !== null && !isTyping(target);
    return isIn && hasShortcuts.value ? everywhere[key] : undefined;
  }
  if (isTyping(target) || target.closest('#editor')) return undefined;
  const isList = target.closest('.rows') !== null;
  if (isList && target.id === 'list' && listKeys[key]) return listKeys[key];
  const isTab = target.getAttribute('role') === 'tab';
  if ((isList || isTab || target.id === 'panel') && tabKeys[key]) return tabKeys[key];
  const hasFocus = isList || target.closest('.detail') !== null;
  return hasFocus && hasShortcuts.value ? letters[key] : undefined;
}

/** Handles the keys of the page. */
export function startKeyboard(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = event.target instanceof Element ? actionOf(event.key, event.target) : undefined;
    if (!action) return;
    event.preventDefault();
    action();
  });
}
