import { matchesPattern } from '../names.ts';
import type { CaptureHead } from './record.ts';

/** Selects Captures by event type, organization and time. */
export interface Filter {
  /** Patterns for the event type; one match is enough. */
  readonly patterns: readonly string[];
  /** Organization ids; one match is enough, and an empty list matches all. */
  readonly organizations: readonly string[];
  /** In ms since 1970; `before` is excluded. */
  readonly since: number;
  readonly before: number;
}

/** Whether a filter selects a Capture. */
export function isPicked(
  { eventType, organizationId, time }: CaptureHead,
  { patterns, organizations, since, before }: Filter,
): boolean {
  return (
    time >= since &&
    time < before &&
    patterns.some((pattern) => matchesPattern(eventType ?? '', pattern)) &&
    (organizations.length === 0 || organizations.includes(organizationId ?? ''))
  );
}
