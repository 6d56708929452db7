import type { Capture, CaptureHead, CaptureOutcome } from './record.ts';

/**
 * Keeps what it is given. Its duty, held by the contract test: what `keep` resolved for is there for every reader from
 * then on, whatever becomes of this process; what it rejected is not there, and spoils nothing that comes after.
 */
export interface CaptureWriter {
  /** Resolves once the record is written. Rejects with the system's error when there is no room, or no right. */
  keep(record: StoreRecord): Promise<void>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

/** What a writer keeps: a Capture, or an Outcome that became known later. */
export type StoreRecord =
  | { readonly kind: 'capture'; readonly capture: Capture }
  | { readonly kind: 'outcome'; readonly outcome: CaptureOutcome };

/**
 * Reads what had been kept when it was opened: what is kept meanwhile is left to the next reader, so that replaying
 * captures to the listener that captures them comes to an end. Records that are damaged are left out and counted.
 */
export interface CaptureReader {
  /** Records of all writers, latest first. An entry is good until the next one is asked for. */
  newestFirst(): Iterable<Entry>;
  /** The same, earliest first. */
  oldestFirst(): Iterable<Entry>;
  /** Outcomes alone, in no order between writers; much quicker. Throws HooksError for a record of a later version. */
  outcomes(): Iterable<CaptureOutcome>;
  /** How far `oldestFirst` has come, from 0 to 1; 0 until `outcomes` has been read once. */
  readonly progress: number;
  readonly damage: Damage;
}

export type Entry =
  | {
      readonly kind: 'capture';
      readonly head: CaptureHead;
      /** All of it; undefined when the rest of the record is damaged, which is counted. */
      load(): Capture | undefined;
    }
  | { readonly kind: 'outcome'; readonly outcome: CaptureOutcome };

/** Records that could not be read so far. */
export interface Damage {
  readonly count: number;
  /** Where the first of them is: a file and a line, in words. */
  readonly first: string | undefined;
}
