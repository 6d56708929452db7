/** A time: a Date, or milliseconds since 1970 as Date.now() returns. */
export type TimeInput = Date | number;

/** In 1973. A smaller number is most likely in seconds. */
const MIN_MS = 1e11;
/** The latest time that a Date can represent. */
const MAX_MS = 8.64e15;

/**
 * Converts to ms since 1970; now by default. Throws TypeError for an invalid time or one in seconds. The clock is not
 * checked, because fake timers can set it to 1970.
 */
export function toMilliseconds(time?: TimeInput): number {
  if (time === undefined) return Date.now();
  const milliseconds = Number(time);
  if (milliseconds >= MIN_MS && milliseconds <= MAX_MS) return milliseconds;
  const hint = milliseconds > 0 && milliseconds < MIN_MS ? '; this looks like seconds' : '';
  throw new TypeError(`a time must be a Date or milliseconds since 1970${hint}`);
}

/** Converts to whole seconds since 1970; now by default. */
export function toSeconds(time?: TimeInput): number {
  return Math.floor(toMilliseconds(time) / 1000);
}

/** Checks a duration in ms for use in a timer. Throws TypeError with the option's `name`. */
export function toSpan(name: string, durationMs: number): number {
  if (Number.isFinite(durationMs) && durationMs > 0 && durationMs < 2 ** 31) return durationMs;
  throw new TypeError(`${name} must be a number of milliseconds greater than 0 and at most 24 days`);
}
