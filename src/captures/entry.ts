import { HooksError } from '../errors.ts';
import { readRecord } from './read-record.ts';
import type { Entry } from './store.ts';

/** Where a line stands, and who counts it when it is damaged. */
export interface LinePlace {
  /** The file or pipe, for the sentences. */
  readonly path: string;
  countDamage(): void;
}

/**
 * What a line gives a reader; undefined for none of its records. `line` is undefined for one that is longer than any
 * record. Throws HooksError for a record of a later version.
 */
export function readEntry(line: Buffer | undefined, { path, countDamage }: LinePlace): Entry | undefined {
  const record = line ? readRecord(line) : ({ kind: 'damaged' } as const);
  switch (record.kind) {
    case 'newer':
      throw new HooksError('newer_captures', { path, version: record.version });
    case 'damaged':
      countDamage();
      return undefined;
    case 'other':
      return undefined;
    case 'outcome':
      return record;
    case 'capture':
      return {
        ...record,
        load() {
          const capture = record.load();
          if (!capture) countDamage();
          return capture;
        },
      };
  }
}
