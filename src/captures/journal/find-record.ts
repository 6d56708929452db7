import { closeSync, readSync } from 'node:fs';
import type { Capture } from '../record.ts';
import { readRecord } from '../record-format.ts';
import type { RecordPlace } from './file.ts';
import { openJournals } from './reader.ts';
import { openSource } from './source.ts';

/** Reads a Capture back from where it was written. If the journal was rewritten meanwhile, searches the folder. */
export async function loadPlace(
  folder: string,
  id: string,
  place: RecordPlace,
): Promise<Capture | undefined> {
  const record = readAt(place);
  if (record?.kind === 'capture' && record.head.id === id) return record.load();
  for await (const batch of openJournals(folder).newestFirst())
    for (const entry of batch) if (entry.kind === 'capture' && entry.head.id === id) return entry.load();
  return undefined;
}

function readAt({ path, offset, length }: RecordPlace): ReturnType<typeof readRecord> | undefined {
  let fd: number | undefined;
  try {
    fd = openSource({ path, followsLinks: false });
    if (fd === undefined) return undefined;
    const line = Buffer.allocUnsafe(length - 1);
    return readSync(fd, line, 0, line.length, offset) === line.length ? readRecord(line) : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
