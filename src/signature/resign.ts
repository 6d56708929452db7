import { type Message, SIGNED_HEADERS } from '../message.ts';
import type { Secret } from './secret.ts';
import { sign } from './sign.ts';

/** Removed when re-signing: svix 1.x prefers svix-* to webhook-*, so an old signature would override the new one. */
const svixHeaders = ['svix-id', 'svix-timestamp', 'svix-signature'];

/**
 * Re-signs a message as a real retry does: the body and the header order stay the same; the id, timestamp (whole
 * seconds) and signature are replaced. A loop, because replaying many captures spends its time here.
 */
export function resign(
  { headers, body }: Message,
  { id, timestamp }: { readonly id: string; readonly timestamp: number },
  secrets: readonly Secret[],
): Message {
  const content = { id, timestamp, body };
  const newValues = [id, String(timestamp), secrets.map((secret) => sign(content, secret)).join(' ')];
  const isPresent = [false, false, false];
  const resigned: (readonly [string, string])[] = [];
  for (const header of headers) {
    const lower = header[0].toLowerCase();
    const place = SIGNED_HEADERS.indexOf(lower);
    if (place === -1) {
      if (!svixHeaders.includes(lower)) resigned.push(header);
    } else if (!isPresent[place]) {
      resigned.push([header[0], newValues[place]!]);
      isPresent[place] = true; // Repeats are dropped: no verifier accepts them.
    }
  }
  for (const [place, name] of SIGNED_HEADERS.entries())
    if (!isPresent[place]) resigned.push([name, newValues[place]!]);
  return { headers: resigned, body };
}
