import { createHmac } from 'node:crypto';
import { HmacSha256 } from '../hmac.ts';
import type { Hash } from './hashes.ts';
import type { SearchPlan } from './plans.ts';
import type { Change, Reading } from './reading.ts';
import type { SignedText } from './signed-texts.ts';
import type { Stamp } from './stamps.ts';

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

const none: readonly SignatureMatch[] = [];

/** Signs one combination and compares the result with every reading of the signature header. */
export function tryOut(plan: SearchPlan, body: Reading<Uint8Array>, hash: Hash): readonly SignatureMatch[] {
  const { digests, damaged } = plan.stamp.value.signatures;
  const digest = digestOf(plan, body.value, hash.name);
  const exact = digests.get(digest);
  if (!exact && damaged.length === 0) return none;
  const base64 = Buffer.from(digest, 'latin1').toString('base64');
  return [
    ...(exact ? [exact] : []),
    ...damaged.filter(({ value: isLike }) => isLike(base64)).map(({ changes }) => ({ value: 1, changes })),
  ].map(({ value: entry, changes }) => matchOf({ entry, changes }, plan, body, hash));
}

function matchOf(
  signature: { readonly entry: number; readonly changes: readonly Change[] },
  { stamp, key, text }: SearchPlan,
  body: Reading<Uint8Array>,
  hash: Hash,
): SignatureMatch {
  const parts = [signature, stamp, hash, text, key, body];
  return {
    changes: parts.flatMap(({ changes }) => changes),
    secretIndex: key.value.secretIndex,
    entry: signature.entry,
    seconds: stamp.value.time?.seconds,
    signedBytes: body.value.length,
    signedBody: body.value,
  };
}

/** The digest as latin1. */
function digestOf({ stamp, key, text }: SearchPlan, body: Uint8Array, hash: Hash['name']): string {
  const [before, after] = aroundBody(text.value, stamp.value);
  if (hash === 'sha256')
    return new HmacSha256(key.value.key).update(before).update(body).update(after).digest('binary');
  const hmac = createHmac(hash, key.value.key).update(before, 'latin1').update(body);
  return hmac.update(after, 'latin1').digest('binary');
}

/** The text before and after the body. */
function aroundBody({ parts, joiner }: SignedText, { id = '', time }: Stamp): [string, string] {
  const texts: [string, string] = ['', ''];
  let side = 0;
  for (const [index, part] of parts.entries()) {
    if (index > 0) texts[side] += joiner;
    if (part === 'body') side = 1;
    else texts[side] += part === 'id' ? id : (time?.text ?? '');
  }
  return texts;
}
