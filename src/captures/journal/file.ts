import {
  closeSync,
  constants,
  fchmodSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lineOf, longestForm, writeLine } from '../record-format.ts';
import type { StoreRecord, WriterOptions } from '../store.ts';
import { journalId, journalsIn, newJournalName, prepareFolder, symlinkIn, syncFolder } from './folder.ts';
import { isSameFile } from './lock.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;
/** The most bytes per write, except for a larger record. */
const CHUNK_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;

/** The place of a record in a journal. */
export interface RecordPlace {
  readonly path: string;
  /** In bytes from the start of the file. */
  readonly offset: number;
  readonly length: number;
}

/** A journal that this process writes; no other process appends to it. */
export class JournalFile {
  readonly #folder: string;
  readonly #options: WriterOptions & { readonly suffix: string };
  #path = '';
  #fd = -1;
  /** Bytes of complete records, after the last group. */
  #size = 0;
  /** Whether a partial record could not be removed, so that the next record must start on a new line. */
  #isTorn = false;
  /** Reused: allocating one per group costs a busy listener a tenth of its speed. */
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);

  /** `suffix` goes between the name's unique part and its extension. Throws the system error. */
  constructor(folder: string, options: WriterOptions & { readonly suffix: string }) {
    this.#folder = folder;
    this.#options = options;
    this.#open();
  }

  get bytes(): number {
    return this.#size;
  }

  /** Writes a group of records. Throws the system error, and then none of them is in the file. */
  append(group: readonly StoreRecord[]): RecordPlace[] {
    try {
      this.#replaceLost();
      const places = this.#write(group);
      // If the file was removed or moved during the write, the records went with it.
      return this.#replaceLost() ? this.#write(group) : places;
    } catch (error) {
      this.#removePartial();
      throw error;
    }
  }

  /** Syncs the last group to disk. Throws the system error, and then the group is removed. */
  async sync(): Promise<void> {
    try {
      await promisify(fdatasync)(this.#fd);
    } catch (error) {
      this.#removePartial();
      throw error;
    }
  }

  /** Whether a group that was written is gone: others moved, removed or truncated the file. Clearing copies it. */
  isLost(places: readonly RecordPlace[]): boolean {
    const last = places.at(-1);
    if (last && fstatSync(this.#fd).size < last.offset + last.length) return true;
    const isThis = (path: string) => journalId(path) === journalId(this.#path) || isSameFile(this.#fd, path);
    return !isSameFile(this.#fd, this.#path) && !journalsIn(this.#folder).some(isThis);
  }

  /** The group is complete and stays. */
  commit(places: readonly RecordPlace[]): void {
    const last = places.at(-1);
    if (last) this.#size = last.offset + last.length;
  }

  close(): void {
    const isEmpty = this.#size === 0 && fstatSync(this.#fd).size === 0;
    if (isEmpty && isSameFile(this.#fd, this.#path)) rmSync(this.#path, { force: true });
    closeSync(this.#fd);
  }

  #open(): void {
    const { now, suffix, sync } = this.#options;
    const path = join(this.#folder, newJournalName(now(), suffix));
    this.#fd = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW, 0o600);
    this.#path = path;
    fchmodSync(this.#fd, 0o600);
    this.#size = 0;
    this.#isTorn = false;
    if (sync) syncFolder(this.#folder);
  }

  /** Starts another file if this one is no longer at its path: it was removed or moved, alone or with its folder. */
  #replaceLost(): boolean {
    if (isSameFile(this.#fd, this.#path) && symlinkIn(this.#folder) === undefined) return false;
    const lost = this.#fd;
    prepareFolder(this.#folder);
    this.#open();
    // Last, so that its descriptor is not reused.
    closeSync(lost);
    return true;
  }

  #write(group: readonly StoreRecord[]): RecordPlace[] {
    let size = this.#trueSize();
    let used = this.#isTorn ? this.#chunk.write('\n') : 0;
    const places: RecordPlace[] = [];
    const writeChunk = () => {
      size += writeWhole(this.#fd, this.#chunk.subarray(0, used));
      used = 0;
    };
    const placed = (offset: number, end: number) =>
      places.push({ path: this.#path, offset, length: end - offset });
    for (const record of group) {
      const line = lineOf(record);
      const longest = longestForm(line);
      if (used + longest > CHUNK_BYTES) writeChunk();
      if (longest <= CHUNK_BYTES) {
        const end = writeLine(line, this.#chunk, used);
        placed(size + used, size + end);
        used = end;
      } else {
        const single = Buffer.allocUnsafe(longest);
        const start = size;
        size += writeWhole(this.#fd, single.subarray(0, writeLine(line, single, 0)));
        placed(start, size);
      }
    }
    writeChunk();
    this.#isTorn = false;
    return places;
  }

  /** The size of the file, which another program may have truncated. Its last line may be cut then. */
  #trueSize(): number {
    const { size } = fstatSync(this.#fd);
    if (size === this.#size) return size;
    this.#size = size;
    const last = Buffer.alloc(1);
    this.#isTorn = size > 0 && (readSync(this.#fd, last, 0, 1, size - 1) < 1 || last[0] !== LINE_FEED);
    return size;
  }

  /**
   * Removes a partial group, for example on a full disk, so that the next record does not continue its line. Never
   * makes the file longer: it would be filled with zeros.
   */
  #removePartial(): void {
    try {
      if (fstatSync(this.#fd).size > this.#size) ftruncateSync(this.#fd, this.#size);
    } catch {
      this.#isTorn = true;
    }
  }
}

function writeWhole(fd: number, bytes: Buffer): number {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
  return bytes.length;
}
