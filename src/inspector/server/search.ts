import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { CaptureStore } from '../../captures/store.ts';
import type { SearchMessage } from '../protocol.ts';

/** The longest text to search for, in characters. */
export const MAX_QUERY = 1000;

/** Searches bodies for a text, newest first, ignoring the case of ASCII letters. Ends when `stop` aborts. */
export async function* searchBodies(
  store: CaptureStore,
  query: string,
  stop: AbortSignal,
): AsyncGenerator<readonly SearchMessage[]> {
  const wanted = query.toLowerCase();
  const total = await countOf(store);
  let searched = 0;
  for await (const batch of (await store.openReader()).newestFirst()) {
    if (stop.aborted) return;
    const captures = batch.filter((entry) => entry.kind === 'capture');
    const ids = captures.flatMap((entry) => {
      const capture = entry.load();
      return capture && Buffer.from(capture.body).toString().toLowerCase().includes(wanted)
        ? [capture.id]
        : [];
    });
    searched += captures.length;
    const progress: SearchMessage = { kind: 'progress', searched, total };
    yield ids.length > 0 ? [{ kind: 'found', ids }, progress] : [progress];
    await yieldToEventLoop();
  }
}

async function countOf(store: CaptureStore): Promise<number> {
  let count = 0;
  for await (const batch of (await store.openReader()).newestFirst())
    for (const entry of batch) if (entry.kind === 'capture') count += 1;
  return count;
}
