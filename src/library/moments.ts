/** A moment: a date, or milliseconds since 1970 as Date.now() gives them. */
export type Moment = Date | number;

/** Milliseconds since 1970. Throws TypeError for what is no moment. */
export function toMilliseconds(moment: Moment): number {
  const milliseconds = Number(moment);
  if (Number.isFinite(milliseconds)) return milliseconds;
  throw new TypeError('a moment is a Date, or milliseconds since 1970');
}

/** Whole seconds since 1970. Throws TypeError for what is no moment. */
export function toSeconds(moment: Moment): number {
  return Math.floor(toMilliseconds(moment) / 1000);
}
