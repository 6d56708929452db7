import { parseJson } from '../json.ts';

/** What a body says of itself; null where it says nothing. */
export interface EventIdentity {
  readonly type: string | null;
  readonly id: string | null;
  readonly organizationId: string | null;
}

/** What a body says that it is. It may be anything: a signature vouches for its bytes, not for its form. */
export function identifyEvent(body: Uint8Array): EventIdentity {
  const event = parseJson(body);
  if (typeof event !== 'object' || event === null) return { type: null, id: null, organizationId: null };
  const text = (name: string) => {
    const value = Object.hasOwn(event, name) && (event as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : null;
  };
  return { type: text('type'), id: text('id'), organizationId: text('organization_id') };
}
