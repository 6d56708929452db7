import {
  closeSync,
  constants,
  fchmodSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lineOf, longestForm, writeLine } from '../record-format.ts';
import type { CaptureWriter, StoreRecord } from '../store.ts';
import { newJournalName, prepareFolder, unusable } from './folder.ts';

export interface JournalOptions {
  /** Syncs each group of records to disk before `keep` resolves, to survive power loss. */
  readonly sync: boolean;
  /** Milliseconds since 1970. */
  now(): number;
}

interface Waiting {
  readonly record: StoreRecord;
  resolve(): void;
  reject(error: unknown): void;
}

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
/** The most bytes per write, except for a larger record. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Creates a new journal in a captures folder; no other process writes to it. `notes` are about the folder. Throws
 * HooksError if the folder is not writable.
 */
export function openJournal(
  folder: string,
  options: JournalOptions,
): { journal: CaptureWriter; notes: string[] } {
  const notes = prepareFolder(folder);
  try {
    return { journal: new Journal(folder, options), notes };
  } catch (error) {
    throw unusable(folder, error);
  }
}

/** Records that wait at the same time share one write. */
class Journal implements CaptureWriter {
  readonly #folder: string;
  readonly #options: JournalOptions;
  #path = '';
  #fd = -1;
  /** Bytes of complete records in the file. */
  #size = 0;
  /** Whether a partial record could not be truncated, so that the next record must start on a new line. */
  #isTorn = false;
  /** Reused: allocating one per group costs a busy listener a tenth of its speed. */
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | undefined;

  constructor(folder: string, options: JournalOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#open();
  }

  keep(record: StoreRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  async close(): Promise<void> {
    await this.#flushing;
    closeSync(this.#fd);
    if (this.#size === 0) rmSync(this.#path, { force: true });
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Records that arrive in the same turn of the event loop form one group.
      await new Promise(setImmediate);
      const group = this.#waiting;
      this.#waiting = [];
      try {
        const size = this.#write(group);
        if (this.#options.sync) await promisify(fdatasync)(this.#fd);
        this.#size = size;
        for (const { resolve } of group) resolve();
      } catch (error) {
        this.#truncatePartial();
        for (const { reject } of group) reject(error);
      }
    }
    this.#flushing = undefined;
  }

  #open(): void {
    const path = join(this.#folder, newJournalName(this.#options.now()));
    this.#fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW, 0o600);
    this.#path = path;
    fchmodSync(this.#fd, 0o600);
    this.#size = 0;
    this.#isTorn = false;
    if (this.#options.sync) syncFolder(this.#folder);
  }

  /** Returns the new size of the file. The caller stores it only after the sync, if one is requested. */
  #write(group: readonly Waiting[]): number {
    this.#replaceRemoved();
    const size = this.#append(group);
    // If the file was removed during the write, the records would be lost with it.
    return this.#replaceRemoved() ? this.#append(group) : size;
  }

  /** Starts another file if this one was removed. Closes the old one last, so that its descriptor is not reused. */
  #replaceRemoved(): boolean {
    if (fstatSync(this.#fd).nlink > 0) return false;
    const removed = this.#fd;
    prepareFolder(this.#folder);
    this.#open();
    closeSync(removed);
    return true;
  }

  /** Returns the new size of the file. */
  #append(group: readonly Waiting[]): number {
    let size = this.#isTorn ? fstatSync(this.#fd).size : this.#size;
    let used = this.#isTorn ? this.#chunk.write('\n') : 0;
    const writeChunk = () => {
      size += writeWhole(this.#fd, this.#chunk.subarray(0, used));
      used = 0;
    };
    for (const { record } of group) {
      const line = lineOf(record);
      const longest = longestForm(line);
      if (used + longest > CHUNK_BYTES) writeChunk();
      if (longest <= CHUNK_BYTES) used = writeLine(line, this.#chunk, used);
      else {
        const single = Buffer.allocUnsafe(longest);
        size += writeWhole(this.#fd, single.subarray(0, writeLine(line, single, 0)));
      }
    }
    writeChunk();
    this.#isTorn = false;
    return size;
  }

  /** Removes a partial record, for example on a full disk, so that the next record does not continue its line. */
  #truncatePartial(): void {
    try {
      ftruncateSync(this.#fd, this.#size);
    } catch {
      this.#isTorn = true;
    }
  }
}

/** A new file survives power loss only if its folder is synced too. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeWhole(fd: number, bytes: Buffer): number {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
  return bytes.length;
}
