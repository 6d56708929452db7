import { batch } from '@preact/signals';
import { shownItems } from './list/shown-events.ts';
import { isEditing, selectedId } from './state.ts';
import type { EventItem } from './timeline.ts';

/** Selects an item of the list, and closes the editor of another. */
export function select(id: string): void {
  batch(() => {
    if (selectedId.value !== id) isEditing.value = false;
    selectedId.value = id;
  });
}

/** The first event from an index on, in this direction; `only` skips others. */
function eventFrom(
  start: number,
  step: 1 | -1,
  only: (item: EventItem) => boolean = () => true,
): EventItem | undefined {
  const shown = shownItems();
  for (let index = start; index >= 0 && index < shown.length; index += step) {
    const item = shown.at(index)!;
    if (item.kind === 'event' && only(item)) return item;
  }
  return undefined;
}

function selectFound(item: EventItem | undefined): void {
  if (item) select(item.id);
}

/** Selects an event relative to the selected one; `only` skips others. */
export function selectBy(step: 1 | -1, only?: (item: EventItem) => boolean): void {
  const shown = shownItems();
  const index = shown.indexOf(selectedId.value);
  const from = index === -1 && step === -1 ? shown.length : index;
  selectFound(eventFrom(from + step, step, only));
}

/** Selects the first or last event of the list. */
export function selectEdge(edge: 'first' | 'last'): void {
  selectFound(edge === 'first' ? eventFrom(0, 1) : eventFrom(shownItems().length - 1, -1));
}

/** Selects the first event of the list if none is selected. */
export function selectFirst(): void {
  if (selectedId.value === null) selectEdge('first');
}
