import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { hasCode } from '../../system-errors.ts';
import { beginningOf } from './folder.ts';

/** A snapshot of a journal file, taken when the reader was opened. */
export interface JournalFile {
  readonly path: string;
  readonly followsLinks: boolean;
  readonly inode: number;
  readonly size: number;
  /** Bounds on the times of its records, in ms since 1970. */
  readonly first: number;
  readonly last: number;
}

export function describeSource(path: string, { followsLinks = false } = {}): JournalFile {
  const fd = openSource({ path, followsLinks });
  if (fd === undefined) return { path, followsLinks, inode: 0, size: 0, first: 0, last: 0 };
  try {
    const { size, mtimeMs, ino } = fstatSync(fd);
    // No record is later than the last change; 1 s allows for the coarser clock of the file system.
    return {
      path,
      followsLinks,
      inode: ino,
      size,
      first: beginningOf(path) ?? Number.NEGATIVE_INFINITY,
      last: mtimeMs + 1000,
    };
  } finally {
    closeSync(fd);
  }
}

/** Opens a file for reading; undefined if it no longer exists. Throws the system error. */
export function openSource({
  path,
  followsLinks,
}: Pick<JournalFile, 'path' | 'followsLinks'>): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | (followsLinks ? 0 : constants.O_NOFOLLOW));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Reads blocks of a file. Opens it with the first block; if it is not held open, with each. */
export class OpenFile {
  readonly #source: JournalFile;
  readonly #isHeld: boolean;
  #fd: number | undefined;

  constructor(source: JournalFile, isHeld: boolean) {
    this.#source = source;
    this.#isHeld = isHeld;
  }

  /** As readSync; 0 if the file was removed or replaced. Throws the system error. */
  read(block: Buffer, length: number, position: number): number {
    this.#fd ??= openSource(this.#source);
    if (this.#fd === undefined || fstatSync(this.#fd).ino !== this.#source.inode) return 0;
    try {
      return readSync(this.#fd, block, 0, length, position);
    } finally {
      if (!this.#isHeld) this.close();
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
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
