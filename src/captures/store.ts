import type { Capture, CaptureHead, CaptureOutcome, ListenerChange } from './record.ts';

/** Where captures are stored: a folder of journals. Nothing in it is trusted: whoever re-signs a Capture verifies it again. */
export interface CaptureStore {
  /** For people. */
  readonly name: string;
  /** About others who can write to it, for the user. */
  notes(): Promise<readonly string[]>;
  /** Throws HooksError if nothing can be written. */
  openWriter(options: WriterOptions): Promise<OpenedWriter>;
  /** Opens the records that exist now. Throws HooksError. */
  openReader(): Promise<CaptureReader>;
  /**
   * Yields new records of all writers without end, until `stop` aborts, within a second of their writing. Begins after
   * `after`, or at the end of what exists now. Throws HooksError.
   */
  follow(after: string | undefined, stop: AbortSignal): AsyncIterable<FollowedBatch>;
  /**
   * When the last listener ended, in ms since 1970; null if there was none, or one is running. `isRunning` says whether
   * a process of this machine is.
   */
  idleSince(isRunning: (pid: number) => boolean): Promise<number | null>;
  /** Removes the records before a time in ms since 1970; only counts them unless `isMeant`. Throws HooksError. */
  clear(before: number, isMeant: boolean): Promise<Cleared>;
}

export interface WriterOptions {
  /** Syncs each group of records to disk before `keep` resolves, to survive power loss. */
  readonly sync: boolean;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface OpenedWriter {
  readonly writer: CaptureWriter;
  /** About the store, for the user. */
  readonly notes: readonly string[];
}

/** The number of captures and bytes that were removed, or would be. */
export interface Cleared {
  readonly captures: number;
  readonly bytes: number;
}

/**
 * Writes records to a store. The contract test checks this guarantee: once `keep` resolves, every new reader finds the
 * record, even if this process crashes. If `keep` rejects, the record is not stored and later records are unaffected.
 * Rejected messages have a quota: the oldest are removed, never at the cost of others.
 */
export interface CaptureWriter {
  /** Resolves once the record is written. Rejects with the system error, such as a full disk or missing permission. */
  keep(record: StoreRecord): Promise<Kept>;
  /** Waits for pending writes. */
  close(): Promise<void>;
}

/** A record that was written. */
export interface Kept {
  /** Reads a Capture back, so that nobody has to hold its body; undefined if it was cleared. */
  load(): Promise<Capture | undefined>;
}

/** A Capture, an Outcome that is recorded later, or that a listener starts or stops. */
export type StoreRecord =
  | { readonly kind: 'capture'; readonly capture: Capture }
  | { readonly kind: 'outcome'; readonly outcome: CaptureOutcome }
  | { readonly kind: 'listener'; readonly change: ListenerChange };

/**
 * Reads the records that existed when it was opened, in batches. Later records are left to the next reader, so that
 * replaying captures to the listener that stores them terminates. Damaged records are skipped and counted.
 */
export interface CaptureReader {
  /** Records of all writers, newest first. */
  newestFirst(): AsyncIterable<readonly Entry[]>;
  /** The same, oldest first. */
  oldestFirst(): AsyncIterable<readonly Entry[]>;
  /** Only Outcomes, unordered across writers; much faster. Throws HooksError for a record of a later version. */
  outcomes(): AsyncIterable<readonly CaptureOutcome[]>;
  /** Progress of the current pass, from 0 to 1; 0 until `outcomes` has been read once. */
  readonly progress: number;
  readonly damage: Damage;
}

export type Entry =
  | {
      readonly kind: 'capture';
      readonly head: CaptureHead;
      /** Loads headers and body; undefined, and counted, if they are damaged. Only until the next batch is read. */
      load(): Capture | undefined;
    }
  | { readonly kind: 'outcome'; readonly outcome: CaptureOutcome }
  | { readonly kind: 'listener'; readonly change: ListenerChange };

/** New records, in the order of their times. */
export interface FollowedBatch {
  readonly entries: readonly Entry[];
  /** Where to go on after this batch, also in another process. */
  readonly cursor: string;
  /** Whether records were removed before they could be read. */
  readonly hasGap: boolean;
}

/** Damaged records in the current pass. */
export interface Damage {
  readonly count: number;
  /** Location of the first, for people: a file and a line number or offset. */
  readonly first: string | undefined;
  /** Files that could not be read, or not to their end, and why. */
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
}

/** When an entry was recorded, in ms since 1970. */
export function timeOf(entry: Entry): number {
  if (entry.kind === 'capture') return entry.head.time;
  return entry.kind === 'outcome' ? entry.outcome.time : entry.change.time;
}

/** Whether the listener rejected it. With --accept-unverified, unverified messages are accepted. */
export function wasRejected({ verified, status }: Pick<CaptureHead, 'verified' | 'status'>): boolean {
  return !verified && status === 401;
}
