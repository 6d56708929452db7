import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Headers, Message } from '../../src/message.ts';
import { readSecret, type Secret } from '../../src/signature/secret.ts';
import { signMessage } from '../../src/signature/sign.ts';
import { verify } from '../../src/signature/verify.ts';
import { vectors } from '../support/vectors.ts';

const published = vectors[0]!;
const secret = readSecret(published.secret) as Secret;
const other = readSecret(vectors[1]!.secret) as Secret;
const now = published.timestamp * 1000;

const right: Record<string, string> = {
  'webhook-id': published.id,
  'webhook-timestamp': String(published.timestamp),
  'webhook-signature': published.signature,
};

/** Verifies the published message with some headers changed, or removed when undefined. */
function judge(changes: Record<string, string | undefined> = {}, body = published.body, at = now) {
  const headers = Object.entries({ ...right, ...changes }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return verify({ headers, body }, [secret], at);
}

describe('verify', () => {
  it.each(vectors)(
    'accepts the known signature of $name',
    ({ secret: text, id, timestamp, signature, body }) => {
      const headers: Headers = [
        ['webhook-id', id],
        ['webhook-timestamp', String(timestamp)],
        ['webhook-signature', signature],
      ];
      const verdict = verify({ headers, body }, [readSecret(text) as Secret], timestamp * 1000);
      expect(verdict).toEqual({ verified: true, secretIndex: 0, age: 0 });
    },
  );

  it('reports which of several secrets matches', () => {
    const headers = Object.entries(right);
    expect(verify({ headers, body: published.body }, [other, secret], now)).toMatchObject({
      verified: true,
      secretIndex: 1,
    });
  });

  it('reads header names in any case', () => {
    const headers = Object.entries(right).map(([name, value]) => [name.toUpperCase(), value] as const);
    expect(verify({ headers, body: published.body }, [secret], now).verified).toBe(true);
  });

  it.each([
    ['other versions before it', `v2,abc v1a,${'A'.repeat(86)}== ${published.signature}`],
    ['a wrong signature before it', `v1,${'A'.repeat(43)}= ${published.signature}`],
    ['a truncated signature before it', `v1,g0hM ${published.signature}`],
    ['a bare v1 before it', `v1 v1, ${published.signature}`],
    ['two spaces', `v2,x  ${published.signature}`],
  ])('finds the right signature with %s', (_name, signatures) => {
    expect(judge({ 'webhook-signature': signatures }).verified).toBe(true);
  });

  it.each([
    ['no id', { 'webhook-id': undefined }, 'missing_header'],
    ['an empty id', { 'webhook-id': '' }, 'missing_header'],
    ['no timestamp', { 'webhook-timestamp': undefined }, 'missing_header'],
    ['no signature', { 'webhook-signature': undefined }, 'missing_header'],
    ['a timestamp with a fraction', { 'webhook-timestamp': '1614265330.5' }, 'malformed_timestamp'],
    ['a timestamp with letters after it', { 'webhook-timestamp': '1614265330abc' }, 'malformed_timestamp'],
    ['a timestamp with a sign', { 'webhook-timestamp': '+1614265330' }, 'malformed_timestamp'],
    ['a timestamp with a leading zero', { 'webhook-timestamp': '01614265330' }, 'malformed_timestamp'],
    ['a timestamp with a space', { 'webhook-timestamp': ' 1614265330' }, 'malformed_timestamp'],
    ['two timestamps joined', { 'webhook-timestamp': '1614265330, 1614265330' }, 'malformed_timestamp'],
    ['a timestamp of another second', { 'webhook-timestamp': '1614265331' }, 'signature_mismatch'],
    ['another id', { 'webhook-id': 'msg_other' }, 'signature_mismatch'],
    [
      'a signature in lower case',
      { 'webhook-signature': published.signature.toLowerCase() },
      'signature_mismatch',
    ],
    [
      'a signature without its version',
      { 'webhook-signature': published.signature.slice(3) },
      'malformed_signature',
    ],
    [
      'a signature without padding',
      { 'webhook-signature': published.signature.slice(0, -1) },
      'malformed_signature',
    ],
    ['a signature in hex', { 'webhook-signature': `v1,${'0a'.repeat(32)}` }, 'malformed_signature'],
    [
      'a signature with text after it',
      { 'webhook-signature': `${published.signature},extra` },
      'malformed_signature',
    ],
    [
      'signatures joined by a comma',
      { 'webhook-signature': `${published.signature},${published.signature}` },
      'malformed_signature',
    ],
    [
      'a signature with a tab',
      { 'webhook-signature': `v2,a\t${published.signature}` },
      'unknown_signature_version',
    ],
    [
      'only another version',
      { 'webhook-signature': published.signature.replace('v1', 'v2') },
      'unknown_signature_version',
    ],
    [
      'only v1a',
      { 'webhook-signature': published.signature.replace('v1', 'v1a') },
      'unknown_signature_version',
    ],
  ])('rejects %s', (_name, changes, reason) => {
    expect(judge(changes)).toMatchObject({ verified: false, reason });
  });

  it('names every missing header', () => {
    expect(verify({ headers: [], body: published.body }, [secret], now)).toEqual({
      verified: false,
      reason: 'missing_header',
      headers: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
    });
  });

  it('rejects a header that arrived twice, even with the same value', () => {
    const headers: Headers = [...Object.entries(right), ['Webhook-Timestamp', right['webhook-timestamp']!]];
    expect(verify({ headers, body: published.body }, [secret], now)).toMatchObject({
      reason: 'repeated_header',
      headers: ['webhook-timestamp'],
    });
  });

  it('tells apart two bodies that decode to the same text', () => {
    const content = { id: 'msg_1', timestamp: 1, body: Buffer.from([0xff]) };
    const message = signMessage(content, [secret]);
    expect(verify(message, [secret], 1000).verified).toBe(true);
    expect(verify({ ...message, body: Buffer.from([0xfe]) }, [secret], 1000)).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it.each([
    [300, true, undefined],
    [301, false, 'too_old'],
    [-300, true, undefined],
    [-301, false, 'too_new'],
  ])('with an age of %i s: %s', (age, verified, reason) => {
    expect(judge({}, published.body, now + age * 1000)).toMatchObject({
      verified,
      age,
      ...(reason && { reason }),
    });
  });

  it('reports too_old only for a correctly signed message', () => {
    expect(judge({}, Buffer.from('{}'), now + 9_000_000)).toMatchObject({
      reason: 'signature_mismatch',
      age: 9000,
    });
  });

  it('accepts anything that was signed, and rejects it with any one bit changed', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.stringMatching(/^[!-~]{1,40}$/),
        fc.integer({ min: 0, max: 4e9 }),
        fc.constantFrom('body', 'webhook-id', 'webhook-timestamp', 'webhook-signature'),
        fc.nat(),
        (body, id, timestamp, place, position) => {
          const message = signMessage({ id, timestamp, body }, [secret]);
          const isVerified = (changed: Partial<Message>) =>
            verify({ ...message, ...changed }, [secret], timestamp * 1000).verified;
          expect(isVerified({})).toBe(true);
          if (place === 'body') {
            if (body.length > 0) expect(isVerified({ body: flipped(body, position) })).toBe(false);
            return;
          }
          const headers = message.headers.map(([name, value]) => {
            const bytes = flipped(Buffer.from(value, 'latin1'), position);
            return [name, name === place ? Buffer.from(bytes).toString('latin1') : value] as const;
          });
          expect(isVerified({ headers })).toBe(false);
        },
      ),
      { numRuns: 10_000 },
    );
  });

  /** A copy with one bit flipped. */
  function flipped(bytes: Uint8Array, position: number): Uint8Array {
    const changed = Uint8Array.from(bytes);
    changed[position % bytes.length]! ^= 1 << (position % 8);
    return changed;
  }

  it('never throws, whatever the headers and body', () => {
    const header = fc.tuple(
      fc.constantFrom('webhook-id', 'webhook-timestamp', 'webhook-signature', 'x'),
      fc.oneof(fc.string(), fc.constantFrom('v1,', 'v1', ' ', '1614265330', published.signature)),
    );
    fc.assert(
      fc.property(fc.array(header), fc.uint8Array(), (headers, body) => {
        expect(verify({ headers, body }, [secret], now).verified).toBe(false);
      }),
      { numRuns: 10_000 },
    );
  });
});
