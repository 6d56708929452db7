import { randomInt } from 'node:crypto';
import type { Filter } from '../../captures/filter.ts';
import { RETRY_AFTER_CAP, readRetryAfter } from '../../delivery/retry.ts';
import { HooksError } from '../../errors.ts';
import { isEventType } from '../../events/shapes/schemas.ts';
import { matchesPattern } from '../../names.ts';
import { pause } from '../../pause.ts';
import type { EventFilter, EventLog, LoggedEvent, PageResult } from '../../scalekit/client.ts';
import type { EventSpool } from '../../scalekit/spool.ts';
import type { Context } from '../context.ts';

/** How the log is read. */
export interface PageReading {
  readonly log: EventLog;
  readonly host: string;
  readonly filter: Filter;
  readonly includesInternal: boolean;
  /** Whether it goes on trying when the API cannot be reached. */
  readonly isPatient: boolean;
  /** The most that are read at once: a log without an end must not fill the disk. */
  readonly maxPages: number;
  /** Types of events that were skipped because they are not webhooks, each of which is named once. */
  readonly skipped: Set<string>;
  readonly context: Context;
}

/** Without --follow, a page is asked for this often; with and without it, a page token is rejected at most this often. */
const MAX_ATTEMPTS = 5;
/** The longest wait between attempts, in ms; the first is at most a second. */
const LONGEST_WAIT_MS = 60_000;

/** What is read into a spool. */
export interface SpoolReading {
  readonly limit?: number | undefined;
  /** The token of the page to begin with; the first page without one. */
  readonly after?: string;
  /** `servedAt` is when the API answered, by its own clock, in ms since 1970. */
  isWanted(event: LoggedEvent, servedAt: number): boolean;
  readonly stop: AbortSignal;
}

/** The filter that the API applies; the rest is done here. */
function apiFilter({ patterns, organizations, since, before }: Filter): EventFilter {
  const isExact = patterns.every((pattern) => !pattern.includes('*'));
  const [organization, ...others] = organizations;
  return {
    ...(isExact && { event_types: patterns }),
    ...(Number.isFinite(since) && { start_time: new Date(since).toISOString() }),
    ...(Number.isFinite(before) && { end_time: new Date(before).toISOString() }),
    ...(organization !== undefined && others.length === 0 && { organization_id: organization }),
  };
}

/**
 * Reads pages, newest first, into a spool until there are no more, or it holds `limit` events that `isWanted`. If there are
 * more pages than `maxPages`, returns the token of the next one, else an empty string. Throws HooksError.
 */
export async function readPages(
  reading: PageReading,
  spool: EventSpool,
  part: SpoolReading,
): Promise<string> {
  const internal = new Set<string>();
  const next = await readInto(spool, reading, part, internal);
  noteSkipped(internal, reading);
  return next;
}

/** Adds the types of events that are not webhooks to `internal`. */
async function readInto(
  spool: EventSpool,
  reading: PageReading,
  { limit, after = '', isWanted, stop }: SpoolReading,
  internal: Set<string>,
): Promise<string> {
  const { filter, includesInternal, maxPages, context } = reading;
  let next = after;
  let restarts = 0;
  for (let pages = 0; !stop.aborted; pages += 1) {
    if (pages === maxPages) return next;
    const result = await readPage(reading, next, stop);
    if (!result) break;
    if (result.kind === 'token_rejected') {
      // The spool holds each event once, so reading from the first page again only takes time.
      restarts += 1;
      if (restarts === MAX_ATTEMPTS)
        throw new HooksError('event_log_rejected', { host: reading.host, reason: result.reason });
      next = '';
      continue;
    }
    const { page } = result;
    const servedAt = page.servedAt ?? context.io.now();
    for (const event of page.events) {
      if (spool.count === limit) return '';
      // Asked for every event, because a follower remembers those that it leaves out too.
      const wanted = isWanted(event, servedAt);
      if (!wanted || !isPicked(event, filter)) continue;
      if (!includesInternal && !isEventType(event.type)) internal.add(event.type);
      else spool.add(event);
    }
    if (page.next === '' || spool.count === limit) break;
    if (page.next === next) {
      context.report.warn('the API returned the same page token twice, so older events cannot be read');
      break;
    }
    next = page.next;
    context.report.progress(0, `${spool.count} events read`);
  }
  return '';
}

function noteSkipped(internal: ReadonlySet<string>, { skipped, context }: PageReading): void {
  const names = [...internal].filter((type) => !skipped.has(type)).sort();
  if (names.length === 0) return;
  for (const name of names) skipped.add(name);
  const more = names.length > 5 ? `, and ${names.length - 5} more` : '';
  context.report.note(
    `skipped logged events that are not webhooks (${names.slice(0, 5).join(', ')}${more}). Use --include-internal to pull them too`,
  );
}

function isPicked(event: LoggedEvent, { patterns, organizations, since, before }: Filter): boolean {
  const time = Date.parse(event.occurred_at);
  const { organization_id: organization } = event;
  return (
    patterns.some((pattern) => matchesPattern(event.type, pattern)) &&
    (organizations.length === 0 || organizations.includes(String(organization))) &&
    (Number.isNaN(time) || (time >= since && time < before))
  );
}

/** Undefined if a stop was asked for. Throws HooksError. */
async function readPage(
  { log, host, filter, isPatient, context }: PageReading,
  after: string,
  stop: AbortSignal,
): Promise<Exclude<PageResult, { kind: 'later' }> | undefined> {
  for (let attempt = 1; !stop.aborted; attempt += 1) {
    const result = await log.list(apiFilter(filter), after, stop);
    if (result.kind !== 'later') return result;
    if (stop.aborted) return undefined;
    const askedMs = readRetryAfter(result.retryAfter, context.io.now());
    if (!isPatient && (attempt === MAX_ATTEMPTS || askedMs > RETRY_AFTER_CAP))
      throw new HooksError('event_log_unreachable', { host, reason: result.reason });
    // An API that asks for no wait at all would be asked without end.
    const waitMs = askedMs || jittered(attempt);
    context.report.note(`${host}: ${result.reason}. Next attempt in ${Math.ceil(waitMs / 1000)} s`);
    await pause(waitMs, stop);
  }
  return undefined;
}

/** Full jitter: a random part of a limit that doubles. */
function jittered(attempt: number): number {
  return randomInt(1, Math.min(LONGEST_WAIT_MS, 1000 * 2 ** Math.min(attempt - 1, 10)) + 1);
}
