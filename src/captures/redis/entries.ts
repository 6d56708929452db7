import { HooksError } from '../../errors.ts';
import { readEntry } from '../record-format.ts';
import type { Entry } from '../store.ts';
import type { StoreKeys, StreamRecord } from './streams.ts';

/**
 * Reads a record as its stream may hold it: a Capture, an Outcome or a listener's change. Anything else is damage, because
 * a follower can write what it likes to its stream of Outcomes. Whose Outcome it is, the stream says. Throws HooksError
 * for a Capture of a later version.
 */
export function entryIn(
  key: string,
  { line }: StreamRecord,
  keys: StoreKeys,
  countDamage: () => void,
): Entry | undefined {
  const entry = readOrDamage(key, line, keys, countDamage);
  if (!entry) return undefined;
  if (entry.kind !== keys.kindIn(key)) {
    countDamage();
    return undefined;
  }
  if (entry.kind !== 'outcome') return entry;
  return { kind: 'outcome', outcome: { ...entry.outcome, follower: keys.followerOf(key) } };
}

/** A later version of the program on one laptop must not stop the others. */
function readOrDamage(
  key: string,
  line: Buffer,
  keys: StoreKeys,
  countDamage: () => void,
): Entry | undefined {
  try {
    return readEntry(line, { path: key, countDamage });
  } catch (error) {
    if (!(error instanceof HooksError) || keys.kindIn(key) === 'capture') throw error;
    countDamage();
    return undefined;
  }
}
