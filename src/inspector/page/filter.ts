import type { EventRow } from '../protocol.ts';
import { isAccepted } from './accepted.ts';

export const shows = ['all', 'verified', 'rejected', 'failed'] as const;
export type ShownKind = (typeof shows)[number];

/** What the list shows. Empty texts match everything. */
export interface ListFilter {
  readonly show: ShownKind;
  readonly q: string;
  readonly type: string;
  readonly source: string;
  /** Such as `1h`. */
  readonly since: string;
}

export const noFilter: ListFilter = { show: 'all', q: '', type: '', source: '', since: '' };

/** Whether the last handler that got the event did not accept it. A handler that rejects a forgery is right. */
export function isFailed({ verified, attempts }: EventRow): boolean {
  const last = attempts.at(-1);
  if (!verified || !last) return false;
  return !isAccepted(last.status);
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The earliest time that `since` includes. */
export function sinceTime(since: string, now: number): number {
  const parts = /^(\d{1,9})([smhd])$/.exec(since);
  return parts ? now - Number(parts[1]) * units[parts[2]!]! : 0;
}

/** `user.*` matches by pattern, `user` matches a beginning. */
function typePattern(type: string): RegExp {
  const escaped = type.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(type.includes('*') ? `^${escaped}$` : `^${escaped}`, 'i');
}

function isOfKind(row: EventRow, show: ShownKind): boolean {
  if (show === 'verified') return row.verified;
  if (show === 'rejected') return !row.verified;
  return show === 'failed' ? isFailed(row) : true;
}

/** A function that decides about one row; `inBodies` are the captures whose bodies contain the text. */
export function matcher(
  filter: ListFilter,
  inBodies: ReadonlySet<string>,
  now: number,
): (row: EventRow) => boolean {
  const text = filter.q.trim().toLowerCase();
  const from = sinceTime(filter.since, now);
  const type = filter.type ? typePattern(filter.type) : null;
  const contains = (value: string | null) => value?.toLowerCase().includes(text) ?? false;
  return (row) =>
    isOfKind(row, filter.show) &&
    row.time >= from &&
    (!filter.source || row.source === filter.source) &&
    (!type || type.test(row.type ?? '')) &&
    (!text ||
      [row.type, row.id, row.eventId, row.webhookId, row.organization, row.path].some(contains) ||
      inBodies.has(row.id));
}

/** The search field holds `type:`, `source:` and `since:` beside the text, so that each filter can be seen and removed. */
export function filterFromSearch(search: string, show: ShownKind): ListFilter {
  const found: Record<string, string> = {};
  const rest = search.replaceAll(/(?<!\S)(type|source|since):(\S+)/g, (_, name: string, value: string) => {
    found[name] = value;
    return '';
  });
  return { ...noFilter, ...found, show, q: Object.keys(found).length > 0 ? rest.trim() : rest };
}

/** The text of the search field for a filter, except for `show`. */
export function searchFromFilter({ q, type, source, since }: ListFilter): string {
  const parts = [type && `type:${type}`, source && `source:${source}`, since && `since:${since}`, q];
  return parts.filter(Boolean).join(' ');
}

export const tabs = ['overview', 'body', 'headers', 'attempts', 'raw', 'curl'] as const;
export type DetailTab = (typeof tabs)[number];

export const views = ['events', 'compose', 'check'] as const;
export type PageView = (typeof views)[number];

/** What the address of the page keeps; never the token. */
export interface PageAddress {
  readonly view: PageView;
  readonly filter: ListFilter;
  readonly id: string | null;
  readonly tab: DetailTab;
}

/** Reads what formatAddress wrote. What is missing or unknown has its first value. */
export function parseAddress({ pathname, search }: { pathname: string; search: string }): PageAddress {
  const values = new URLSearchParams(search);
  const one = <Name extends string>(names: readonly Name[], value: string | null): Name =>
    names.find((name) => name === value) ?? names[0]!;
  return {
    view: one(views, pathname.slice(1)),
    filter: {
      show: one(shows, values.get('show')),
      q: values.get('q') ?? '',
      type: values.get('type') ?? '',
      source: values.get('source') ?? '',
      since: values.get('since') ?? '',
    },
    id: values.get('id'),
    tab: one(tabs, values.get('tab')),
  };
}

/** The path and query of the page; what has its first value is left out. */
export function formatAddress({ view, filter, id, tab }: PageAddress): string {
  const values = new URLSearchParams();
  if (filter.show !== 'all') values.set('show', filter.show);
  for (const name of ['q', 'type', 'source', 'since'] as const) {
    if (filter[name]) values.set(name, filter[name]);
  }
  if (id) values.set('id', id);
  if (tab !== 'overview') values.set('tab', tab);
  const text = values.toString();
  return text ? `/${view}?${text}` : `/${view}`;
}
