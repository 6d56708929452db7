import { signal } from '@preact/signals';
import type { SearchMessage } from '../../protocol.ts';
import { eachLine, request } from '../access.ts';

/** How far the search is; null while none is in progress. */
export const search = signal<{ searched: number; total: number } | null>(null);
/** The captures that were found. */
export const inBodies = new Set<string>();

let timer: ReturnType<typeof setTimeout> | undefined;
let abort: AbortController | undefined;

/** Searches once nothing was typed for a moment. `onFound` is called when there are more captures in `inBodies`. */
export function searchBodiesSoon(typed: string, onFound: () => void): void {
  clearTimeout(timer);
  abort?.abort();
  inBodies.clear();
  search.value = null;
  const text = typed.trim();
  if (text.length < 2) return;
  timer = setTimeout(() => {
    abort = new AbortController();
    void searchBodies(text, onFound, abort.signal);
  }, 250);
}

async function searchBodies(text: string, onFound: () => void, signal: AbortSignal): Promise<void> {
  try {
    const response = await request(`/api/search?q=${encodeURIComponent(text)}`, { signal });
    await eachLine<SearchMessage>(response, (message) => {
      if (signal.aborted) return;
      if (message.kind === 'progress') search.value = message;
      else {
        for (const id of message.ids) inBodies.add(id);
        onFound();
      }
    });
  } catch {
    // The list still shows what matches without bodies.
  }
  if (!signal.aborted) search.value = null;
}
