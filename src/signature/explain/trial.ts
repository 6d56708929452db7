import { createHmac } from 'node:crypto';
import type { SearchPlan } from './plans.ts';
import type { Change, Reading } from './reading.ts';
import type { SignatureReadings } from './signatures.ts';

/** What makes a signature match, changed all together. */
export interface SignatureMatch {
  readonly changes: readonly Change[];
  /** Which of the secrets, counted from 0. */
  readonly secretIndex: number;
  /** Which entry of the signature header, counted from 1. */
  readonly entry: number;
  /** The time that was signed, in whole seconds; undefined when no header tells. */
  readonly seconds: number | undefined;
  /** How long the body is that was signed, in bytes. */
  readonly signedBytes: number;
}

/** A hash that a signature may have been made with. */
export interface Hash {
  readonly name: string;
  readonly changes: readonly Change[];
}

const right: Hash = { name: 'sha256', changes: [] };
const others: readonly (readonly [length: number, name: string])[] = [
  [20, 'sha1'],
  [64, 'sha512'],
  [48, 'sha384'],
  [16, 'md5'],
];

/** The hashes whose digests are as long as one of the signatures. */
export function hashesFor({ lengths }: SignatureReadings): Hash[] {
  return [
    right,
    ...others
      .filter(([length]) => lengths.has(length))
      .map(([, name]): Hash => ({ name, changes: [{ code: 'other_hash', details: { hash: name } }] })),
  ];
}

/** Signs one combination, and compares with what the signature header may hold. */
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
