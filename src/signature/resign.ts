import { type Headers, ID_HEADER, type Message, SIGNATURE_HEADER, TIMESTAMP_HEADER } from '../message.ts';
import type { Secret } from './secret.ts';
import { sign } from './sign.ts';

/**
 * The same names for a signature that other verifiers look for first (svix 1.x prefers its own to webhook-*): beside a
 * new signature an old one would be believed.
 */
const foreign = new Set(['svix-id', 'svix-timestamp', 'svix-signature']);

/**
 * A message signed anew, as a real retry is: same body, and the same headers in the same places but for the id,
 * timestamp (whole seconds) and signature.
 */
export function resign(
  { headers, body }: Message,
  { id, timestamp }: { readonly id: string; readonly timestamp: number },
  secrets: readonly Secret[],
): Message {
  const fresh = new Map([
    [ID_HEADER, id],
    [TIMESTAMP_HEADER, String(timestamp)],
    [SIGNATURE_HEADER, secrets.map((secret) => sign({ id, timestamp, body }, secret)).join(' ')],
  ]);
  const names = new Set(fresh.keys());
  const kept: Headers = headers.flatMap(([name, value]) => {
    const lower = name.toLowerCase();
    if (!names.has(lower)) return foreign.has(lower) ? [] : [[name, value] as const];
    const renewed = fresh.get(lower);
    fresh.delete(lower); // A repeat is left out: no verifier takes one.
    return renewed === undefined ? [] : [[name, renewed] as const];
  });
  return { headers: [...kept, ...fresh], body };
}
