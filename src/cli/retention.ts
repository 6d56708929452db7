import type { Retention } from '../captures/store.ts';
import type { Parse } from './flags.ts';
import { parsePeriod } from './times.ts';
import { count } from './values.ts';

/** A duration, such as 7d, or a number of captures. */
export const parseRetention: Parse<Retention> = (flag, text, now) =>
  /^\d+$/.test(text)
    ? { kind: 'count', count: count(100_000_000)(flag, text, now) }
    : { kind: 'time', ms: parsePeriod(flag, text) };
