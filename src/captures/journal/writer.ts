import { rmSync, statSync } from 'node:fs';
import { realTimers } from '../../real-timers.ts';
import {
  type CaptureWriter,
  type Kept,
  type StoreRecord,
  type WriterOptions,
  wasRejected,
} from '../store.ts';
import { JournalFile, type RecordPlace } from './file.ts';
import { loadPlace } from './find-record.ts';
import { isOfRejected, journalsIn, prepareFolder, REJECTED_SUFFIX, unusable } from './folder.ts';

interface Waiting {
  readonly record: StoreRecord;
  resolve(kept: Kept): void;
  reject(error: unknown): void;
}

/**
 * Creates a new journal in a captures folder; no other process writes to it. `notes` are about the folder. Throws
 * HooksError if the folder is not writable.
 */
export function openJournal(
  folder: string,
  options: WriterOptions,
): { journal: CaptureWriter; notes: string[] } {
  const notes = prepareFolder(folder, options);
  try {
    return { journal: new Journal(folder, options), notes };
  } catch (error) {
    throw unusable(folder, error);
  }
}

/** Records that wait at the same time share one write. */
class Journal implements CaptureWriter {
  readonly #folder: string;
  readonly #sync: boolean;
  readonly #file: JournalFile;
  readonly #rejected: RejectedFiles;
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | undefined;

  constructor(folder: string, options: WriterOptions) {
    this.#folder = folder;
    this.#sync = options.sync;
    this.#file = new JournalFile(folder, { ...options, suffix: '' });
    this.#rejected = new RejectedFiles(folder, options);
  }

  keep(record: StoreRecord): Promise<Kept> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  async close(): Promise<void> {
    await this.#flushing;
    this.#file.close();
    this.#rejected.close();
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Records that arrive in the same turn of the event loop form one group.
      await new Promise((resolve) => realTimers.setImmediate(resolve));
      const group = this.#waiting;
      this.#waiting = [];
      const rejected = group.filter(({ record }) => isRejected(record));
      const others = rejected.length > 0 ? group.filter(({ record }) => !isRejected(record)) : group;
      if (others.length > 0) await this.#write(() => this.#file, others);
      if (rejected.length > 0) await this.#write(() => this.#rejected.current(), rejected);
    }
    this.#flushing = undefined;
  }

  async #write(fileOf: () => JournalFile, group: readonly Waiting[]): Promise<void> {
    try {
      const file = fileOf();
      const records = group.map(({ record }) => record);
      let places = file.append(records);
      if (this.#sync) {
        await file.sync();
        // Others can do anything to the file meanwhile.
        if (file.isLost(places)) {
          places = file.append(records);
          await file.sync();
        }
      }
      file.commit(places);
      for (const [index, { record, resolve }] of group.entries()) resolve(this.#kept(record, places[index]!));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  #kept(record: StoreRecord, place: RecordPlace): Kept {
    const id = record.kind === 'capture' ? record.capture.id : undefined;
    return { load: async () => (id === undefined ? undefined : loadPlace(this.#folder, id, place)) };
  }
}

function isRejected(record: StoreRecord): boolean {
  return record.kind === 'capture' && wasRejected(record.capture);
}

/** Journals of rejected messages, which anyone can send: the oldest are removed beyond this size, in bytes. */
const REJECTED_QUOTA = 64 * 1024 * 1024;
/** The size at which another journal begins, in bytes. */
const REJECTED_FILE_BYTES = 8 * 1024 * 1024;

/** The quota is one for the folder, whoever writes to it. */
class RejectedFiles {
  readonly #folder: string;
  readonly #options: WriterOptions;
  #file: JournalFile | undefined;

  constructor(folder: string, options: WriterOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  current(): JournalFile {
    if (this.#file && this.#file.bytes < REJECTED_FILE_BYTES) return this.#file;
    this.close();
    this.#removeOldest(REJECTED_QUOTA - REJECTED_FILE_BYTES);
    this.#file = new JournalFile(this.#folder, { ...this.#options, suffix: REJECTED_SUFFIX });
    return this.#file;
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** Their names begin with the time. */
  #removeOldest(allowedBytes: number): void {
    const paths = journalsIn(this.#folder).filter(isOfRejected).sort().reverse();
    let bytes = 0;
    for (const path of paths) {
      bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      if (bytes > allowedBytes) rmSync(path, { force: true });
    }
  }
}
