import type { Change } from './reading.ts';

/** A hash function that may have made a signature. */
export interface Hash {
  readonly name: 'sha256' | 'sha1' | 'sha512' | 'sha384' | 'md5';
  readonly changes: readonly Change[];
}

const right: Hash = { name: 'sha256', changes: [] };
const otherHashes: readonly (readonly [digestBytes: number, name: Hash['name']])[] = [
  [20, 'sha1'],
  [64, 'sha512'],
  [48, 'sha384'],
  [16, 'md5'],
];

/** SHA-256, and the hashes whose digests have one of these lengths in bytes. */
export function hashesFor(lengths: readonly number[]): Hash[] {
  return [
    right,
    ...otherHashes
      .filter(([digestBytes]) => lengths.includes(digestBytes))
      .map(([, name]): Hash => ({ name, changes: [{ code: 'other_hash', details: { hash: name } }] })),
  ];
}
