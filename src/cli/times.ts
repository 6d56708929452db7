import { HooksError } from '../errors.ts';

const unitsMs = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
/** The longest wait of a Node.js timer: a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const LONGEST_AGE_MS = 36_500 * unitsMs.d;

/** A duration with its unit (`500ms`, `10s`, `1.5m`, `2h`, `1d`) in milliseconds, above 0 and at most 24 days. */
export function parseDuration(flag: string, text: string): number {
  return readDuration(flag, text, LONGEST_TIMER_MS, 'at most 24d');
}

/** A duration of at most 100 years in milliseconds; with a minus sign, below 0. */
export function parseAge(flag: string, text: string): number {
  const read = (duration: string) => readDuration(flag, duration, LONGEST_AGE_MS, 'at most 36500d');
  return text.startsWith('-') ? -read(text.slice(1)) : read(text);
}

function readDuration(flag: string, text: string, most: number, limit: string): number {
  const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s|min|m|h|d)$/.exec(text);
  const duration = match ? Math.round(Number(match[1]) * unitsMs[match[2] as keyof typeof unitsMs]) : 0;
  if (duration >= 1 && duration <= most) return duration;
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected: `a duration above 0 with its unit: ms, s, m, h or d (${limit})`,
    example: `${flag} 10s`,
  });
}

/**
 * A time in milliseconds since 1970: `now`, an age (`10m`, `2d`; `-10m` is ahead), seconds since 1970, or ISO 8601 with or
 * without a time of day, in local time unless it names another zone, as `captures` prints it.
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
    expected: 'now, an age (30m, 1h, 7d), an ISO 8601 date with or without a time, or seconds since 1970',
    example: `${flag} 1h, ${flag} '2026-11-22 14:00', ${flag} 1795360000`,
  });
}

/** Milliseconds since 1970 for ISO 8601; undefined for anything else, such as a 30th of February or milliseconds. */
function isoTime(text: string): number | undefined {
  const local = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?$/.exec(text);
  const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text);
  if (!local && !zoned) return undefined;
  const time = Date.parse(local ? `${local[1]}T${local[2] ?? '00:00'}` : text);
  return Number.isNaN(time) ? undefined : time;
}
