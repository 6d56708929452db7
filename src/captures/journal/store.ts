import type { CaptureStore } from '../store.ts';
import { journalsIn } from './folder.ts';

/** The journals of a folder. `name` is what the user wrote. Parts are loaded on demand: most commands need one. */
export function journalStore(folder: string, name: string): CaptureStore {
  return {
    name,
    isTrusted: false,
    async notes() {
      const { describeOwnership } = await import('./ownership.ts');
      return describeOwnership(folder, name);
    },
    async openWriter(options) {
      const { openJournal } = await import('./writer.ts');
      const { journal, notes } = openJournal(folder, options);
      return { writer: journal, notes };
    },
    async openReader() {
      const { openJournals } = await import('./reader.ts');
      return openJournals(folder);
    },
    async *follow(after, stop) {
      const { followJournals } = await import('./follow.ts');
      yield* followJournals(folder, after, stop);
    },
    async idleSince(isRunning) {
      const { listenedUntil } = await import('./listeners.ts');
      return listenedUntil(journalsIn(folder), isRunning);
    },
    async clear(before, isMeant) {
      const { clearCaptures } = await import('./clear.ts');
      return clearCaptures(folder, before, isMeant);
    },
    close: async () => {},
  };
}
