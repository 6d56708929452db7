import { HooksError } from '../../errors.ts';
import { matchesPattern, nearestNames } from '../../names.ts';

/** A kind of event that can be sent: its name, the group it is listed in, and where it is documented. */
export interface CatalogEntry {
  readonly name: string;
  readonly category: string;
  readonly source: string;
}

/** The types of Scalekit's events page: all others are of the API reference ("webhooks"). */
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

/** Where a type that the package ships a fixture for is documented. */
export function documentedIn(name: string): string {
  if (name === 'organization.directory.user_created') return 'API reference, webhooks overview';
  return eventsPage.has(name) ? 'events page' : 'API reference';
}

/**
 * The types that names and patterns mean, in the order asked for. Throws HooksError for a name that is not there
 * (with the nearest) and for a pattern that matches nothing.
 */
export function selectTypes<T extends CatalogEntry>(requests: readonly string[], types: readonly T[]): T[] {
  return requests.flatMap((request) => {
    const text = request.trim();
    const found = types.filter(({ name }) => matchesPattern(name, text));
    if (found.length > 0) return found;
    const count = types.length;
    if (text.includes('*')) throw new HooksError('unmatched_pattern', { pattern: text, count });
    const names = types.map(({ name }) => name);
    throw new HooksError('unknown_event_type', { type: text, nearest: nearestNames(text, names), count });
  });
}
