import type { Capture, CaptureHead, CaptureOutcome } from './record.ts';

/**
 * Writes records to a store. The contract test checks this guarantee: once `keep` resolves, every new reader finds the
 * record, even if this process crashes. If `keep` rejects, the record is not stored and later records are unaffected.
 */
export interface CaptureWriter {
  /** Resolves once the record is written. Rejects with the system error, such as a full disk or missing permission. */
  keep(record: StoreRecord): Promise<void>;
  /** Waits for pending writes. */
  close(): Promise<void>;
}

/** A Capture, or an Outcome that is recorded later. */
export type StoreRecord =
  | { readonly kind: 'capture'; readonly capture: Capture }
  | { readonly kind: 'outcome'; readonly outcome: CaptureOutcome };

/**
 * Reads the records that existed when it was opened. Later records are left to the next reader, so that replaying
 * captures to the listener that stores them terminates. Damaged records are skipped and counted.
 */
export interface CaptureReader {
  /** Records of all writers, newest first. An entry is valid until the next one is read. */
  newestFirst(): Iterable<Entry>;
  /** The same, oldest first. */
  oldestFirst(): Iterable<Entry>;
  /** Only Outcomes, unordered across writers; much faster. Throws HooksError for a record of a later version. */
  outcomes(): Iterable<CaptureOutcome>;
  /** Progress of the current pass, from 0 to 1; 0 until `outcomes` has been read once. */
  readonly progress: number;
  readonly damage: Damage;
}

export type Entry =
  | {
      readonly kind: 'capture';
      readonly head: CaptureHead;
      /** Loads headers and body; undefined, and counted, if they are damaged. */
      load(): Capture | undefined;
    }
  | { readonly kind: 'outcome'; readonly outcome: CaptureOutcome };

/** Damaged records in the current pass. */
export interface Damage {
  readonly count: number;
  /** Location of the first, for people: a file and a line number. */
  readonly first: string | undefined;
}
