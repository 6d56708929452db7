import { createHmac } from 'node:crypto';
import type { SearchPlan } from './plans.ts';
import type { Change, Reading } from './reading.ts';
import type { SignatureReadings } from './signatures.ts';

/** A set of changes that together make a signature match. */
export interface SignatureMatch {
  readonly changes: readonly Change[];
  /** Index of the matching secret. */
  readonly secretIndex: number;
  /** Number of the matching entry in the signature header, starting at 1. */
  readonly entry: number;
  /** The signed timestamp in whole seconds; undefined if no header has one. */
  readonly seconds: number | undefined;
  readonly signedBytes: number;
  /** The body that the signature is for. */
  readonly signedBody: Uint8Array;
}

/** A hash function that may have made a signature. */
export interface Hash {
  readonly name: string;
  readonly changes: readonly Change[];
}

const right: Hash = { name: 'sha256', changes: [] };
const otherHashes: readonly (readonly [length: number, name: string])[] = [
  [20, 'sha1'],
  [64, 'sha512'],
  [48, 'sha384'],
  [16, 'md5'],
];

/** SHA-256, and the hashes whose digest length matches one of the signatures. */
export function hashesFor({ lengths }: SignatureReadings): Hash[] {
  return [
    right,
    ...otherHashes
      .filter(([length]) => lengths.has(length))
      .map(([, name]): Hash => ({ name, changes: [{ code: 'other_hash', details: { hash: name } }] })),
  ];
}

/** Signs one combination and compares the result with every reading of the signature header. */
export function* tryOut(
  { stamp, key, text }: SearchPlan,
  body: Reading<Uint8Array>,
  hash: Hash,
): Generator<SignatureMatch> {
  const { signatures, time } = stamp.value;
  const digest = digestOf({ stamp, key, text }, body.value, hash.name);
  const changes = [...stamp.changes, ...hash.changes, ...text.changes, ...key.changes, ...body.changes];
  const finding = (entry: number, own: readonly Change[]) => ({
    changes: [...own, ...changes],
    secretIndex: key.value.secretIndex,
    entry,
    seconds: time?.seconds,
    signedBytes: body.value.length,
    signedBody: body.value,
  });
  const exact = signatures.digests.get(digest.toString('latin1'));
  if (exact) yield finding(exact.value, exact.changes);
  if (signatures.damaged.length === 0) return;
  const base64 = digest.toString('base64');
  for (const { value: isLike, changes: own } of signatures.damaged) if (isLike(base64)) yield finding(1, own);
}

function digestOf({ stamp, key, text }: SearchPlan, body: Uint8Array, hash: string): Buffer {
  const { id = '', time } = stamp.value;
  const hmac = createHmac(hash, key.value.key);
  const parts = { id, timestamp: time?.text ?? '' };
  let before = '';
  for (const [index, part] of text.value.parts.entries()) {
    if (index > 0) before += text.value.joiner;
    if (part === 'body') {
      hmac.update(before, 'latin1').update(body);
      before = '';
    } else before += parts[part];
  }
  return hmac.update(before, 'latin1').digest();
}
