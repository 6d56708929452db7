import type { Capture } from '../captures/record.ts';
import type { Secret } from '../signature/secret.ts';
import { verify } from '../signature/verify.ts';

/**
 * Whether a Capture's own signature matches one of the secrets, as of its receipt. Whoever can write to a folder can
 * write `"verified":true` into it, and a record that is re-signed looks like a real event.
 */
export function isGenuine(capture: Capture, secrets: readonly Secret[]): boolean {
  return !capture.truncated && verify(capture, secrets, capture.time, Number.POSITIVE_INFINITY).verified;
}
