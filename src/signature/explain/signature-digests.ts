import type { Change, Reading } from './reading.ts';

/** Of MD5, SHA-1, SHA-256, SHA-384 and SHA-512, in bytes. */
const hashLengths = [16, 20, 32, 48, 64];

/** The digests that a token can be, by how it is written. */
export function digestsOf(token: string): Reading<Buffer>[] {
  return [standard, hex, base64url, unpadded, hexInBase64].flatMap((read) => read(token));
}

/** Standard padded base64, as it has to be; one that has stray bits at its end is not. */
function standard(token: string): Reading<Buffer>[] {
  return decoded(token, 'base64', (digest) => digest.toString('base64') === token, []);
}

/** Hexadecimal digits. */
export function hex(token: string): Reading<Buffer>[] {
  if (!/^[0-9a-f]+$/i.test(token)) return [];
  // A number has no zero before it: one that was made of the digest lost it.
  const digits = token.length % 2 === 1 ? `0${token}` : token;
  return decoded(digits, 'hex', () => true, [{ code: 'signature_hex' }]);
}

/** The alphabet of URLs, in which + and / are - and _. */
export function base64url(token: string): Reading<Buffer>[] {
  const isCanonical = (digest: Buffer) =>
    /[-_]/.test(token) && digest.toString('base64url') === token.replace(/=+$/, '');
  return decoded(token, 'base64url', isCanonical, [{ code: 'signature_base64url' }]);
}

/** Standard base64 without its padding. */
export function unpadded(token: string): Reading<Buffer>[] {
  const isCanonical = (digest: Buffer) =>
    !token.endsWith('=') && digest.toString('base64').replace(/=+$/, '') === token;
  return decoded(token, 'base64', isCanonical, digestPads(token) ? [{ code: 'signature_unpadded' }] : []);
}

/** Base64 of the hexadecimal digits in place of base64 of the bytes. */
export function hexInBase64(token: string): Reading<Buffer>[] {
  // What a shell prints ends in a line end.
  const text = Buffer.from(token, 'base64').toString('latin1').trimEnd();
  return /^[0-9a-f]+$/i.test(text)
    ? decoded(text, 'hex', () => true, [{ code: 'signature_hex_in_base64' }])
    : [];
}

function digestPads(token: string): boolean {
  return token.length % 4 !== 0;
}

function decoded(
  text: string,
  encoding: 'base64' | 'base64url' | 'hex',
  isCanonical: (digest: Buffer) => boolean,
  changes: readonly Change[],
): Reading<Buffer>[] {
  const digest = Buffer.from(text, encoding);
  return hashLengths.includes(digest.length) && isCanonical(digest) ? [{ value: digest, changes }] : [];
}

/** A reading of base64 that was damaged: whether it can be the rest of what is expected. */
export type Damaged = Reading<(expected: string) => boolean>;

/** Of a signature that was cut, as much must be left that no other begins so. */
const SHORTEST_CUT = 12;

/** What a token may be the rest of. */
export function damagedReadings(token: string, outer: readonly Change[]): Damaged[] {
  return [...lowerCased(token), ...cut(token)].map(({ value, changes }) => ({
    value,
    changes: [...outer, ...changes],
  }));
}

/** All capitals became small. */
export function lowerCased(token: string): Damaged[] {
  const isLike = /^[a-z0-9+/]{43}=$/.test(token) && /[a-z]/.test(token);
  return isLike
    ? [
        {
          value: (expected) => expected !== token && expected.toLowerCase() === token,
          changes: [{ code: 'signature_lower_case' }],
        },
      ]
    : [];
}

/** The end is missing. */
export function cut(token: string): Damaged[] {
  const isShort = token.length >= SHORTEST_CUT && token.length < 43 && /^[A-Za-z0-9+/]+$/.test(token);
  return isShort
    ? [
        {
          value: (expected) => expected.startsWith(token),
          changes: [{ code: 'signature_cut', details: { length: token.length } }],
        },
      ]
    : [];
}
