import { batch } from '@preact/signals';
import { shownItems } from './list/shown-events.ts';
import { isEditing, selectedId } from './state.ts';
import type { EventItem } from './timeline.ts';

export function select(id: string): void {
  batch(() => {
    if (selectedId.value !== id) isEditing.value = false;
    selectedId.value = id;
  });
}

/** Selects an event relative to the selected one; `only` skips others. */
export function selectBy(step: 1 | -1, only: (item: EventItem) => boolean = () => true): void {
  const shown = shownItems();
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
  const shown = shownItems();
  const step = edge === 'first' ? 1 : -1;
  for (let index = edge === 'first' ? 0 : shown.length - 1; shown.at(index); index += step) {
    const item = shown.at(index)!;
    if (item.kind === 'event') {
      select(item.id);
      return;
    }
  }
}

/** Selects the first event of the list if none is selected. */
export function selectFirst(): void {
  if (selectedId.value !== null) return;
  const shown = shownItems();
  for (let index = 0; index < shown.length; index++) {
    const item = shown.at(index)!;
    if (item.kind !== 'event') continue;
    selectedId.value = item.id;
    return;
  }
}
