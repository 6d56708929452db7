import type { RetryPolicy } from '../delivery/retry.ts';
import { type ScheduleName, schedules } from '../delivery/schedules.ts';
import { HooksError } from '../errors.ts';
import { parseCount, parseFactor } from './values.ts';

/** The flags that say whether and when a delivery is tried again. */
export interface RetryFlags {
  readonly retry?: boolean;
  readonly retrySchedule?: string;
  readonly retryScale?: string;
}

/** The flags that say how often and how fast. */
export interface PaceFlags extends RetryFlags {
  readonly count?: string;
  readonly concurrency?: string;
  readonly rate?: string;
}

export interface PaceSetting {
  /** How often each event is sent. */
  readonly count: number;
  readonly concurrency: number;
  /** Begun per second, at most; undefined for as fast as it goes. */
  readonly perSecond: number | undefined;
  /** Undefined for one attempt only. */
  readonly retry: RetryPolicy | undefined;
}

/** Reads the flags of pace. Throws HooksError. */
export function readPace(given: PaceFlags): PaceSetting {
  return {
    count: given.count === undefined ? 1 : parseCount('--count', given.count, 100_000_000),
    concurrency: given.concurrency === undefined ? 1 : parseCount('--concurrency', given.concurrency, 1000),
    perSecond: given.rate === undefined ? undefined : parseFactor('--rate', given.rate, 1_000_000),
    retry: readRetry(given),
  };
}

/** Reads the flags of retries; undefined for one attempt only. Throws HooksError. */
export function readRetry({ retry, retrySchedule, retryScale }: RetryFlags): RetryPolicy | undefined {
  if (!retry && retrySchedule === undefined && retryScale === undefined) return undefined;
  const name = retrySchedule ?? 'overview';
  if (!Object.hasOwn(schedules, name)) {
    throw new HooksError('invalid_value', {
      flag: '--retry-schedule',
      value: name,
      expected: `one of ${Object.keys(schedules).join(', ')}`,
      example: '--retry-schedule overview',
    });
  }
  const scale = retryScale === undefined ? 1 : parseFactor('--retry-scale', retryScale, 100);
  return { waits: schedules[name as ScheduleName], scale };
}
