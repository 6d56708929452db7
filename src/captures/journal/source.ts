import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { HooksError } from '../../errors.ts';
import { hasCode, whyUnreadable } from '../../system-errors.ts';
import { beginningOf } from './folder.ts';

/** A snapshot of a journal file, taken when the reader was opened. */
export interface JournalFile {
  readonly path: string;
  readonly followsLinks: boolean;
  readonly size: number;
  /** Bounds on the times of its records, in ms since 1970. */
  readonly first: number;
  readonly last: number;
}

export function describeSource(path: string, { followsLinks = false } = {}): JournalFile {
  const fd = openSource({ path, followsLinks });
  if (fd === undefined) return { path, followsLinks, size: 0, first: 0, last: 0 };
  try {
    const { size, mtimeMs } = fstatSync(fd);
    // No record is later than the last change; 1 s allows for the coarser clock of the file system.
    return {
      path,
      followsLinks,
      size,
      first: beginningOf(path) ?? Number.NEGATIVE_INFINITY,
      last: mtimeMs + 1000,
    };
  } finally {
    closeSync(fd);
  }
}

/** Opens a file for reading; undefined if it no longer exists. */
export function openSource({
  path,
  followsLinks,
}: Pick<JournalFile, 'path' | 'followsLinks'>): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | (followsLinks ? 0 : constants.O_NOFOLLOW));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw new HooksError('unreadable_file', { path, reason: whyUnreadable(error) });
  }
}

/** Whether a path is a regular file, which can be read repeatedly, unlike a pipe. Errors surface when it is read. */
export function isPlainFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
