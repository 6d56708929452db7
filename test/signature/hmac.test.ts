import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HmacSha256 } from '../../src/signature/hmac.ts';

/** Bytes of all values, other ones for each seed. */
function bytes(length: number, seed = 1): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 31 + seed * 7 + (index >> 8)) % 256));
}

function digestOf(key: Uint8Array, before: string, chunks: readonly Uint8Array[]): string {
  const hmac = new HmacSha256(key).update(before);
  for (const chunk of chunks) hmac.update(chunk);
  return hmac.digest('base64');
}

/** The same by node:crypto. */
function expected(key: Uint8Array, before: string, body: Uint8Array): string {
  return createHmac('sha256', key).update(before, 'latin1').update(body).digest('base64');
}

const key = bytes(24);
const before = 'msg_2o3NaedIm6pL62OQ544VzM1cIYo.1700000000.';

describe('HmacSha256', () => {
  it('computes test case 2 of RFC 4231', () => {
    const digest = digestOf(Buffer.from('Jefe'), 'what do ya want ', [Buffer.from('for nothing?')]);
    expect(Buffer.from(digest, 'base64').toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it.each([0, 1, 24, 63, 64, 65, 200, 1000])('agrees with node:crypto for a key of %i bytes', (length) => {
    const body = bytes(500);
    expect(digestOf(bytes(length), before, [body])).toBe(expected(bytes(length), before, body));
  });

  it.each([0, 1, 12, 20, 21, 1000, 16_275, 16_276, 16_277, 16_278, 20_000, 1_000_000])(
    'agrees with node:crypto for a body of %i bytes',
    (length) => {
      expect(digestOf(key, before, [bytes(length)])).toBe(expected(key, before, bytes(length)));
    },
  );

  it.each([
    ['no chunk', []],
    ['an empty chunk first', [0, 300]],
    ['an empty chunk last', [300, 0]],
    ['two chunks', [300, 700]],
    ['chunks of one byte', [1, 1, 1]],
    ['a long chunk and a short one', [70_000, 5]],
  ])('agrees with node:crypto for %s', (_, lengths) => {
    const chunks = lengths.map((length, index) => bytes(length, index));
    expect(digestOf(key, before, chunks)).toBe(expected(key, before, Buffer.concat(chunks)));
  });

  it('takes the text before the body as latin1, also a long one', () => {
    for (const text of ['msg_\u00e9\u00ff.1.', 'x'.repeat(20_000)])
      expect(digestOf(key, text, [bytes(9)])).toBe(expected(key, text, bytes(9)));
  });

  it('keeps messages apart that are hashed beside each other', () => {
    const [one, other] = [new HmacSha256(key).update('a'), new HmacSha256(bytes(24, 2)).update('b')];
    one.update(bytes(100));
    other.update(bytes(90, 2));
    const digests = [one.digest('base64'), other.digest('base64')];
    expect(digests).toEqual([expected(key, 'a', bytes(100)), expected(bytes(24, 2), 'b', bytes(90, 2))]);
  });
});
