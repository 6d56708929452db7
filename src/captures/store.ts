import type { Capture, CaptureHead, CaptureOutcome, ListenerChange } from './record.ts';

/** Where captures are stored: a folder of journals, or streams of a Redis server. */
export interface CaptureStore {
  /** For people. */
  readonly name: string;
  /**
   * Whether verdicts can be believed, because only the listener may write them. Otherwise whoever re-signs a Capture
   * verifies it again.
   */
  readonly isTrusted: boolean;
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
  /** Ends connections. Readers and followers of the store are unusable then; writers are closed on their own. */
  close(): Promise<void>;
}

/** How much a shared store holds of what verified: the newest, by age or number. */
export type Retention =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'count'; readonly count: number };

export interface WriterOptions {
  /** Syncs each group of records to disk before `keep` resolves, to survive power loss. A server decides itself. */
  readonly sync: boolean;
  /** For a shared store only, by default a week; a folder is cleared by its user. */
  readonly retention?: Retention | undefined;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface OpenedWriter {
  readonly writer: CaptureWriter;
  /** Warnings about the store, for the user. */
  readonly notes: readonly string[];
  /** A sentence on what survives a crash of the server; undefined for a folder. */
  readonly promise?: string;
}

/** The number of captures and bytes that were removed, or would be. */
export interface Cleared {
  readonly captures: number;
  readonly bytes: number;
}

/**
 * Writes records to a store. The contract test checks this guarantee: once `keep` resolves, every new reader finds the
 * record, even if this process crashes. If `keep` rejects, later records are unaffected, and the record is
 * not stored; if a connection was lost meanwhile, it may be, under the same webhook-id.
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
  /**
   * Only Outcomes, unordered across writers; much faster. With the name of a follower, at least its own and those of
   * listeners. Throws HooksError for a record of a later version.
   */
  outcomes(follower?: string): AsyncIterable<readonly CaptureOutcome[]>;
  /** The newest Capture with exactly this id, for each id, from an index, which may lack some. Absent without an index. */
  find?(ids: readonly string[]): Promise<readonly (FoundEntry | undefined)[]>;
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

export interface FoundEntry {
  readonly entry: Extract<Entry, { kind: 'capture' }>;
  /** Its place in the order of arrival: time, and number within it. */
  readonly order: readonly [number, number];
}

/** New records, in the order of their times. */
export interface FollowedBatch {
  readonly entries: readonly Entry[];
  /** Where to go on after this batch, also in another process. */
  readonly cursor: string;
  /** Whether records were removed before they could be read. */
  readonly hasGap: boolean;
  /** That the store could not be reached, in a batch without entries, or can be again. */
  readonly link?: 'lost' | 'restored';
  /** Why it cannot be reached. */
  readonly reason?: string;
  /** The number of records that could not be read. */
  readonly damaged?: number;
  /** Files that cannot be read, and why. Each is named once, and read as soon as that is possible. */
  readonly unread?: Damage['unread'];
}

/** Damaged records in the current pass. */
export interface Damage {
  readonly count: number;
  /** Location of the first, for people: a file and a line number or offset. */
  readonly first: string | undefined;
  /** Files that could not be read, or not to their end, and why. */
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
}

/** Oldest or newest first. */
export type Direction = 'forward' | 'backward';

/** When an entry was recorded, in ms since 1970. */
export function timeOf(entry: Entry): number {
  if (entry.kind === 'capture') return entry.head.time;
  return entry.kind === 'outcome' ? entry.outcome.time : entry.change.time;
}

/** Whether the listener rejected it. With --accept-unverified, unverified messages are accepted. */
export function wasRejected({ verified, status }: Pick<CaptureHead, 'verified' | 'status'>): boolean {
  return !verified && status === 401;
}
