import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { HooksError } from '../../errors.ts';
import { hasCode, whyUnreadable } from '../../system-errors.ts';
import { beginningOf } from './folder.ts';

/** A journal as it was when the reader was opened. */
export interface JournalFile {
  readonly path: string;
  readonly followsLinks: boolean;
  readonly size: number;
  /** None of its records is earlier or later than these, in milliseconds since 1970. */
  readonly first: number;
  readonly last: number;
}

/** Looks at a file of records. Throws HooksError when it cannot be read. */
export function describeSource(path: string, { followsLinks = false } = {}): JournalFile {
  const fd = openSource({ path, followsLinks });
  if (fd === undefined) return { path, followsLinks, size: 0, first: 0, last: 0 };
  try {
    const { size, mtimeMs } = fstatSync(fd);
    // Nothing in it is later than its last change, but for the file system's clock, which ticks more slowly.
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

/** Opens it for reading; undefined for a file that is not there any more. Throws HooksError. */
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

/** Whether a path leads to a file that can be read again and again; a pipe cannot. Whoever reads it says why it cannot be. */
export function isPlainFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
