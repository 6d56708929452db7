import { ID_HEADER, type Message, SIGNATURE_HEADER, TIMESTAMP_HEADER } from '../message.ts';
import type { Secret } from './secret.ts';
import { sign } from './sign.ts';

/**
 * Other names for a signature that verifiers look for first (svix 1.x prefers its own to webhook-*): beside a new
 * signature an old one would be believed.
 */
const foreign = new Set(['svix-id', 'svix-timestamp', 'svix-signature']);

/**
 * A message signed anew, as a real retry is: same body, and the same headers in the same places but for the id,
 * timestamp (whole seconds) and signature. Written as a loop, since a replay of many spends its time here.
 */
export function resign(
  { headers, body }: Message,
  { id, timestamp }: { readonly id: string; readonly timestamp: number },
  secrets: readonly Secret[],
): Message {
  const fresh: Record<string, string | undefined> = {
    [ID_HEADER]: id,
    [TIMESTAMP_HEADER]: String(timestamp),
    [SIGNATURE_HEADER]: secrets.map((secret) => sign({ id, timestamp, body }, secret)).join(' '),
  };
  const renewed: [string, string][] = [];
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (!Object.hasOwn(fresh, lower)) {
      if (!foreign.has(lower)) renewed.push([name, value]);
    } else if (fresh[lower] !== undefined) {
      renewed.push([name, fresh[lower]]);
      fresh[lower] = undefined; // A repeat is left out: no verifier takes one.
    }
  }
  for (const [name, value] of Object.entries(fresh)) if (value !== undefined) renewed.push([name, value]);
  return { headers: renewed, body };
}
