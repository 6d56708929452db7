/** A moment: a date, or milliseconds since 1970 as Date.now() gives them. */
export type TimeInput = Date | number;

/** In 1973: what is below was given in seconds. */
const EARLIEST = 1e11;
const LATEST = 8.64e15;

/** Milliseconds since 1970. Throws TypeError for what is no moment, and for seconds. */
export function toMilliseconds(moment: TimeInput): number {
  const milliseconds = Number(moment);
  if (milliseconds >= EARLIEST && milliseconds <= LATEST) return milliseconds;
  const hint = milliseconds > 0 && milliseconds < EARLIEST ? ': this looks like seconds' : '';
  throw new TypeError(`a moment is a Date, or milliseconds since 1970${hint}`);
}

/** Whole seconds since 1970. Throws TypeError as toMilliseconds. */
export function toSeconds(moment: TimeInput): number {
  return Math.floor(toMilliseconds(moment) / 1000);
}

/** A span in milliseconds that a timer can wait. Throws TypeError for another; `name` says what it is. */
export function toSpan(name: string, span: number): number {
  if (Number.isFinite(span) && span > 0 && span < 2 ** 31) return span;
  throw new TypeError(`${name} is a number of milliseconds above 0, at most 24 days`);
}
