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
  /** Also survives a power loss: each group of records is synced to the disk before `keep` resolves. */
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
/** What is written at once at most, but for a larger record. */
const PIECE = 256 * 1024;

/**
 * Opens a file of its own in a folder for captures, which no other process writes. `notes` is what should be known of
 * the folder. Throws HooksError when it cannot be written.
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

/** A journal that is being written. Records that wait share one write. */
class Journal implements CaptureWriter {
  readonly #folder: string;
  readonly #options: JournalOptions;
  #path = '';
  #fd = -1;
  /** Bytes of whole records. */
  #size = 0;
  /** Whether half a record could not be taken back, so that the next must begin on a line of its own. */
  #isTorn = false;
  /** Used again and again: a new one for each group costs a busy listener a tenth of its speed. */
  readonly #piece = Buffer.allocUnsafe(PIECE);
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
      // All that arrives in this turn of the event loop is one group.
      await new Promise(setImmediate);
      const group = this.#waiting;
      this.#waiting = [];
      try {
        const size = this.#write(group);
        if (this.#options.sync) await promisify(fdatasync)(this.#fd);
        this.#size = size;
        for (const { resolve } of group) resolve();
      } catch (error) {
        this.#takeBack();
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

  /** Returns the size of the file with the group in it: its own only once that is as safe as was asked for. */
  #write(group: readonly Waiting[]): number {
    this.#replaceRemoved();
    const size = this.#append(group);
    // Removed in the meantime, it would take what was just written with it.
    return this.#replaceRemoved() ? this.#append(group) : size;
  }

  /** Begins another file if somebody removed this one. The old one stays open until then: its number is not reused. */
  #replaceRemoved(): boolean {
    if (fstatSync(this.#fd).nlink > 0) return false;
    const removed = this.#fd;
    prepareFolder(this.#folder);
    this.#open();
    closeSync(removed);
    return true;
  }

  /** Returns the size of the file with the group in it. */
  #append(group: readonly Waiting[]): number {
    let size = this.#isTorn ? fstatSync(this.#fd).size : this.#size;
    let used = this.#isTorn ? this.#piece.write('\n') : 0;
    const writePiece = () => {
      size += writeWhole(this.#fd, this.#piece.subarray(0, used));
      used = 0;
    };
    for (const { record } of group) {
      const line = lineOf(record);
      const longest = longestForm(line);
      if (used + longest > PIECE) writePiece();
      if (longest <= PIECE) used = writeLine(line, this.#piece, used);
      else {
        const own = Buffer.allocUnsafe(longest);
        size += writeWhole(this.#fd, own.subarray(0, writeLine(line, own, 0)));
      }
    }
    writePiece();
    this.#isTorn = false;
    return size;
  }

  /** A record of which half was written when the disk was full must not be glued to the next. */
  #takeBack(): void {
    try {
      ftruncateSync(this.#fd, this.#size);
    } catch {
      this.#isTorn = true;
    }
  }
}

/** The name of a new file survives a power loss only once its folder is synced. */
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
