import { ID_HEADER, type Message, SIGNATURE_HEADER, TIMESTAMP_HEADER } from '../message.ts';
import type { Secret } from './secret.ts';
import { sign } from './sign.ts';

/**
 * Other names for a signature that verifiers look for first (svix 1.x prefers its own to webhook-*): beside a new
 * signature an old one would be believed.
 */
const foreign = ['svix-id', 'svix-timestamp', 'svix-signature'];

const signed = [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER];

/**
 * A message signed anew, as a real retry is: same body, and the same headers in the same places but for the id,
 * timestamp (whole seconds) and signature. Written as a loop, since a replay of many spends its time here.
 */
export function resign(
  { headers, body }: Message,
  { id, timestamp }: { readonly id: string; readonly timestamp: number },
  secrets: readonly Secret[],
): Message {
  const content = { id, timestamp, body };
  const fresh = [id, String(timestamp), secrets.map((secret) => sign(content, secret)).join(' ')];
  const isThere = [false, false, false];
  const renewed: (readonly [string, string])[] = [];
  for (const header of headers) {
    const lower = header[0].toLowerCase();
    const place = signed.indexOf(lower);
    if (place === -1) {
      if (!foreign.includes(lower)) renewed.push(header);
    } else if (!isThere[place]) {
      renewed.push([header[0], fresh[place]!]);
      isThere[place] = true; // A repeat is left out: no verifier takes one.
    }
  }
  for (const [place, name] of signed.entries()) if (!isThere[place]) renewed.push([name, fresh[place]!]);
  return { headers: renewed, body };
}
