import { matchesPattern } from '../events/catalogue.ts';
import type { CaptureHead } from './record.ts';

/** What captures are picked by. */
export interface Filter {
  /** Of the event's type; one that fits is enough. */
  readonly patterns: readonly string[];
  /** In milliseconds since 1970. */
  readonly since: number;
}

/** Whether a Capture is of a type and time that was asked for. */
export function isPicked({ eventType, time }: CaptureHead, { patterns, since }: Filter): boolean {
  return time >= since && patterns.some((pattern) => matchesPattern(eventType ?? '', pattern));
}
