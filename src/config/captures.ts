import { resolve } from 'node:path';
import type { Filter } from '../captures/find.ts';
import { parseAge, readPatterns } from '../cli/values.ts';
import { HooksError } from '../errors.ts';
import type { Io } from '../io.ts';

/** The flag of every command that reads or writes captures. */
export interface CapturesFlags {
  readonly captures?: string;
}

const usualFolder = '.scalekit-hooks/captures';

/** Where captures are kept: as it is named, and its whole path. */
export interface CapturesFolder {
  readonly name: string;
  readonly path: string;
}

/** Where captures are kept: `--captures`, else a folder of the working directory. */
export function findCapturesFolder({ cwd }: Pick<Io, 'cwd'>, { captures }: CapturesFlags): CapturesFolder {
  if (captures?.trim() === '') {
    throw new HooksError('invalid_value', {
      flag: '--captures',
      value: captures,
      expected: 'a folder',
      example: `--captures ${usualFolder}`,
    });
  }
  const name = captures ?? usualFolder;
  return { name, path: resolve(cwd, name) };
}

/**
 * Reads a moment in the past into milliseconds since 1970: so long ago (`1h`), or a date with or without a time, in
 * local time unless it says another, as `captures` prints it. Throws HooksError.
 */
export function parseMoment(flag: string, text: string, now: number): number {
  if (/^[0-9.]+[a-z]+$/.test(text)) return now - parseAge(flag, text);
  const local = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?$/.exec(text);
  const moment = local ? Date.parse(`${local[1]}T${local[2] ?? '00:00'}`) : Date.parse(text);
  const isDate = local || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text);
  if (isDate && !Number.isNaN(moment)) return moment;
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected: 'so long ago (30m, 1h, 7d), or a date, with or without a time',
    example: `${flag} 1h, ${flag} '2026-11-22 14:00'`,
  });
}

/** The flags of every command that picks captures. */
export interface FilterFlags {
  readonly type?: readonly string[];
  readonly since?: string;
}

/** Reads the flags of a filter. Throws HooksError. */
export function readFilter({ type, since }: FilterFlags, now: number): Filter {
  return {
    patterns: readPatterns(type),
    since: since === undefined ? Number.NEGATIVE_INFINITY : parseMoment('--since', since, now),
  };
}
