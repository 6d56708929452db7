const unitsMs = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** Node.js fires a timer with a longer delay immediately. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** A hundred years: ages beyond it are typing mistakes. */
export const LONGEST_AGE_MS = 36_500 * unitsMs.d;

/** The milliseconds of `500ms`, `10s`, `1.5m`, `2h` or `1d`, from 1 to `maxMs`; undefined for other texts. */
export function durationOf(text: string, maxMs: number): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s|min|m|h|d)$/.exec(text);
  const duration = match ? Math.round(Number(match[1]) * unitsMs[match[2] as keyof typeof unitsMs]) : 0;
  return duration >= 1 && duration <= maxMs ? duration : undefined;
}
