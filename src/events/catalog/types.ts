import { HooksError } from '../../errors.ts';
import { matchesPattern, nearestTypes } from '../../names.ts';

/** An event type: its name, the category it is listed in, and where it is documented. */
export interface CatalogEntry {
  readonly name: string;
  readonly category: string;
  readonly source: string;
}

/** Types on Scalekit's events page; all others are in the API reference ("webhooks"). */
const eventsPage = new Set([
  'user.authenticated',
  'user.authentication_failed',
  'user.created',
  'user.updated',
  'user.deleted',
  'session.created',
  'session.expired',
  'connection.created',
  'connection.enabled',
  'scim.user_provisioned',
  'scim.user_deprovisioned',
]);

/** Where a type with a shipped fixture is documented. */
export function documentedIn(name: string): string {
  if (name === 'organization.directory.user_created') return 'API reference, webhooks overview';
  return eventsPage.has(name) ? 'events page' : 'API reference';
}

/**
 * The types that names, patterns and categories select, in the given order. Throws HooksError for an unknown name (with the nearest
 * names) and for a pattern without matches.
 */
export function selectTypes<T extends CatalogEntry>(requests: readonly string[], types: readonly T[]): T[] {
  return requests.flatMap((request) => {
    const text = request.trim();
    const found = types.filter(({ name }) => matchesPattern(name, text));
    if (found.length > 0) return found;
    const inCategory = types.filter(({ category }) => category === text);
    if (inCategory.length > 0) return inCategory;
    const count = types.length;
    if (text.includes('*')) throw new HooksError('unmatched_pattern', { pattern: text, count });
    const names = types.map(({ name }) => name);
    throw new HooksError('unknown_event_type', { type: text, nearest: nearestTypes(text, names), count });
  });
}
