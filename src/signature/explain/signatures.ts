import type { Change, Reading } from './reading.ts';
import { type Damaged, damagedReadings, digestsOf } from './signature-digests.ts';
import { entriesOf, spellings } from './signature-entries.ts';

/** What a signature header may mean: digests to be compared with, and texts that are only like one. */
export interface SignatureReadings {
  /** By its bytes (one character each), the reading of it that changes least. */
  readonly digests: ReadonlyMap<string, Reading<number>>;
  /** Lengths of those digests, in bytes. */
  readonly lengths: ReadonlySet<number>;
  /** Base64 that was cut, or lost its capitals: compared as text. */
  readonly damaged: readonly Damaged[];
}

/**
 * Reads a signature header in every way in which signatures have been written. `value` of a reading is the number of
 * its entry in the header, counted from 1.
 */
export function readSignatures(header: string): SignatureReadings {
  const digests = new Map<string, Reading<number>>();
  const damaged: Damaged[] = [];
  const keep = (digest: Buffer, value: number, changes: readonly Change[]) => {
    const name = digest.toString('latin1');
    const known = digests.get(name);
    if (!known || known.changes.length > changes.length) digests.set(name, { value, changes });
  };
  const all = spellings(header);
  for (const { text, lost } of all) {
    for (const [index, entry] of entriesOf(text).entries()) {
      const outer = [...lost, ...entry.changes];
      for (const { value, changes } of digestsOf(entry.token)) {
        // Where a character broke it, what is left of it is no spelling of its own.
        if (entry.isWhole || changes.length === 0) keep(value, index + 1, [...outer, ...changes]);
      }
      // What was decoded once too often is in pieces: none of them was cut.
      if (entry.isWhole && all.length === 1) damaged.push(...damagedReadings(entry.token, outer));
    }
  }
  return { digests, lengths: new Set([...digests.keys()].map(({ length }) => length)), damaged };
}
