import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from '../../system-errors.ts';
import { beginningOf, journalId, journalsIn } from './folder.ts';

/** A journal file as it was when the reader was opened. */
export interface JournalSnapshot {
  readonly path: string;
  readonly followsLinks: boolean;
  readonly inode: number;
  readonly size: number;
  /** Bounds on the times of its records, in ms since 1970. */
  readonly first: number;
  readonly last: number;
}

/** Undefined if the file no longer exists. Throws the system error. */
export function describeSource(path: string, { followsLinks = false } = {}): JournalSnapshot | undefined {
  const fd = openSource({ path, followsLinks });
  if (fd === undefined) return undefined;
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

/** Opens a file for reading; undefined if it no longer exists, or is no file any more. Throws the system error. */
export function openSource({
  path,
  followsLinks,
}: Pick<JournalSnapshot, 'path' | 'followsLinks'>): number | undefined {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
  let fd: number;
  try {
    // A pipe that has taken its place would wait for a writer.
    fd = openSync(path, O_RDONLY | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  return undefined;
}

/** The same journal after `captures clear` has rewritten it, and maybe has not named it again; undefined if it is gone. */
function rewritten({ path, followsLinks }: JournalSnapshot): JournalSnapshot | undefined {
  const found = describeSource(path, { followsLinks });
  if (found || followsLinks) return found;
  const moved = journalsIn(dirname(path)).find((other) => journalId(other) === journalId(path));
  return moved === undefined ? undefined : describeSource(moved);
}

/** How often a journal is looked for that is rewritten again and again. */
const MAX_LOOKS = 10;

/** Reads blocks of a file. If it is not held open, opens it for each. */
export class OpenFile {
  readonly #isHeld: boolean;
  #source: JournalSnapshot;
  #fd: number | undefined;

  constructor(source: JournalSnapshot, isHeld: boolean) {
    this.#source = source;
    this.#isHeld = isHeld;
  }

  /**
   * Opens the file and returns the number of bytes to read. If it was rewritten since it was described, the records that
   * were removed are left out, and the others are read. Throws the system error.
   */
  open(): number {
    for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
      this.#fd = openSource(this.#source);
      if (this.#fd !== undefined && fstatSync(this.#fd).ino === this.#source.inode) {
        if (!this.#isHeld) this.close();
        return this.#source.size;
      }
      this.close();
      const current = rewritten(this.#source);
      if (!current) return 0;
      this.#source = current;
    }
    return 0;
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
