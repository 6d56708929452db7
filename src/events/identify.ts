import { parseJson } from '../json.ts';

/** What a body says that it is. It may be anything: a signature vouches for its bytes, not for its form. */
export function identifyEvent(body: Uint8Array): { type: string | null; id: string | null } {
  const event = parseJson(body);
  if (typeof event !== 'object' || event === null) return { type: null, id: null };
  const text = (name: string) => {
    const value = Object.hasOwn(event, name) && (event as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : null;
  };
  return { type: text('type'), id: text('id') };
}
