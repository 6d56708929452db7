import { parseJson } from '../json.ts';

/** Fields of the envelope that identify an event; null if absent. */
export interface EventIdentity {
  readonly type: string | null;
  readonly id: string | null;
  readonly organizationId: string | null;
}

/** Reads the identity from any body. A signed body is not necessarily an event, or JSON. */
export function identifyEvent(body: Uint8Array): EventIdentity {
  const event = parseJson(body);
  if (typeof event !== 'object' || event === null) return { type: null, id: null, organizationId: null };
  const text = (name: string) => {
    const value = Object.hasOwn(event, name) && (event as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : null;
  };
  return { type: text('type'), id: text('id'), organizationId: text('organization_id') };
}
