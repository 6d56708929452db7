import { findCaptures } from '../captures/find.ts';
import type { CaptureReader } from '../captures/store.ts';
import type { Report } from '../report/index.ts';
import { noteUnread } from './notes.ts';

/**
 * The same as findCaptures, also in its errors, but names the files that could not be read: a capture that is meant may be
 * in one of them.
 */
export async function findNoted(
  ids: readonly string[],
  { reader, place }: { readonly reader: CaptureReader; readonly place: string },
  report: Report,
): ReturnType<typeof findCaptures> {
  try {
    return await findCaptures(ids, reader, place);
  } finally {
    noteUnread(reader.damage, report);
  }
}
