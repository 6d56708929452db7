import { closeSync, fstatSync, readSync } from 'node:fs';
import type { ListenerChange } from '../record.ts';
import { readRecord } from '../record-format.ts';
import { openSource } from './source.ts';

/** The newest journals that are asked; older ones change nothing. */
const MAX_ASKED = 50;

/**
 * When the last of the listeners that wrote these journals ended, in ms since 1970; null if there was none, or if one is
 * still running. Every listener's journal begins with its start, and ends with its end unless it was killed.
 */
export function listenedUntil(paths: readonly string[], isRunning: (pid: number) => boolean): number | null {
  let last: number | null = null;
  // Their names begin with the time.
  for (const path of [...paths].sort().slice(-MAX_ASKED)) {
    const journal = endsOf(path);
    if (!journal) continue;
    const { started, stopped, changed } = journal;
    if (!stopped && started.pid !== null && isRunning(started.pid)) return null;
    last = Math.max(last ?? 0, stopped?.time ?? changed);
  }
  return last;
}

/** The first and the last record of a listener's journal, and when the file changed. */
function endsOf(path: string):
  | {
      readonly started: ListenerChange;
      readonly stopped: ListenerChange | undefined;
      readonly changed: number;
    }
  | undefined {
  let fd: number | undefined;
  try {
    fd = openSource({ path, followsLinks: false });
    if (fd === undefined) return undefined;
    const { size, mtimeMs } = fstatSync(fd);
    const first = changeIn(blockAt(fd, 0).split('\n')[0]);
    if (first?.state !== 'started') return undefined;
    const last = changeIn(
      blockAt(fd, Math.max(0, size - BLOCK_BYTES))
        .trimEnd()
        .split('\n')
        .at(-1),
    );
    const stopped = last?.state === 'stopped' ? last : undefined;
    return { started: first, stopped, changed: Math.round(mtimeMs) };
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Records of listeners are shorter. */
const BLOCK_BYTES = 1024;

function blockAt(fd: number, position: number): string {
  const block = Buffer.alloc(BLOCK_BYTES);
  return block.toString('latin1', 0, readSync(fd, block, 0, BLOCK_BYTES, position));
}

function changeIn(line: string | undefined): ListenerChange | undefined {
  const record = line ? readRecord(Buffer.from(line, 'latin1')) : undefined;
  return record?.kind === 'listener' ? record.change : undefined;
}
