import { durationOf, LONGEST_AGE_MS, LONGEST_TIMER_MS } from '../duration.ts';
import { HooksError } from '../errors.ts';

/** Parses `500ms`, `10s`, `1.5m`, `2h` or `1d` into milliseconds: above 0, at most 24 days. */
export function parseDuration(flag: string, text: string): number {
  return readDuration(flag, text, LONGEST_TIMER_MS, `a positive ${durationForm} (at most 24d)`);
}

/** Parses a duration of at most 100 years into milliseconds; a minus sign makes it negative. */
export function parseAge(flag: string, text: string): number {
  const expected = `a ${durationForm} (at most 36500d), negative for the future`;
  const read = (duration: string) => readDuration(flag, duration, LONGEST_AGE_MS, expected);
  return text.startsWith('-') ? -read(text.slice(1)) : read(text);
}

/** Parses a duration of at most 100 years into milliseconds. */
export function parsePeriod(flag: string, text: string): number {
  return readDuration(flag, text, LONGEST_AGE_MS, `a positive ${durationForm}, or a number of captures`);
}

const durationForm = 'duration with a unit: ms, s, m, h or d';

function readDuration(flag: string, text: string, maxMs: number, expected: string): number {
  const duration = durationOf(text, maxMs);
  if (duration !== undefined) return duration;
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected,
    example: `${flag} 10s`,
  });
}

/**
 * Parses a time into milliseconds since 1970: `now`, an age (`10m`, `2d`; `-10m` is in the future), seconds since 1970,
 * or ISO 8601 with or without a time of day. Times without a zone are local, as `captures` prints them.
 */
export function parseTime(flag: string, text: string, now: number): number {
  if (text === 'now') return now;
  if (/^-?[0-9.]+[a-z]+$/.test(text)) return now - parseAge(flag, text);
  if (/^(0|[1-9][0-9]{0,10})$/.test(text)) return Number(text) * 1000;
  const time = isoTime(text);
  if (time !== undefined && time >= 0) return time;
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected:
      'now, an age (30m, 1h, 7d), an ISO 8601 date with or without a time, or a Unix timestamp in seconds',
    example: `${flag} 1h, ${flag} '2026-11-22 14:00', ${flag} 1795360000`,
  });
}

/** Milliseconds since 1970; undefined for anything but ISO 8601, such as February 30 or a timestamp in milliseconds. */
function isoTime(text: string): number | undefined {
  const local = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?$/.exec(text);
  const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text);
  if (!local && !zoned) return undefined;
  const time = Date.parse(local ? `${local[1]}T${local[2] ?? '00:00'}` : text);
  return Number.isNaN(time) ? undefined : time;
}
