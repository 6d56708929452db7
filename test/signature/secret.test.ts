import { describe, expect, it } from 'vitest';
import { isCommonKeyLength, maskSecret, readSecret, type Secret } from '../../src/signature/secret.ts';

const key = 'C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

describe('readSecret', () => {
  it.each([`whsec_${key}`, `insec_${key}`, ` whsec_${key}\r\n`])('reads %j', (text) => {
    const secret = readSecret(text) as Secret;
    expect(secret.text).toBe(text.trim());
    expect(Buffer.from(secret.key).toString('base64')).toBe(key);
  });

  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    [`whsec_${key.slice(0, 4)}\u200b${key.slice(4)}`, 'invisible'],
    [`whsec_${key.slice(0, 4)}\u00a0${key.slice(4)}`, 'invisible'],
    [`$\{OTHER_SECRET}`, 'reference'],
    ['$OTHER_SECRET', 'reference'],
    [Buffer.from(`whsec_${key}`).toString('base64'), 'encoded'],
    [`"whsec_${key}"`, 'quoted'],
    [`whsec_${key}'`, 'quoted'],
    [`v1,whsec_${key}`, 'signature_prefix'],
    [`whpk_${key}`, 'public_key'],
    [`test_${key}`, 'client_secret'],
    [`prd_skc_${key}`, 'client_secret'],
    [key, 'no_prefix'],
    [`foo_${key}`, 'no_prefix'],
    [`WHSEC_${key}`, 'no_prefix'],
    ['whsec_', 'empty_key'],
    ['whsec_====', 'empty_key'],
    [`whsec_test_${key}`, 'second_underscore'],
    ['whsec_test-secret', 'base64url'],
    ['whsec_!!!!', 'not_base64'],
    [`whsec_${key} ${key}`, 'not_base64'],
    [`whsec_${key}\n${key}`, 'not_base64'],
    ['whsec_QUJDRA', 'padding'],
    ['whsec_QUJDRA=', 'padding'],
    [`whsec_${key}a`, 'padding'],
  ])('rejects %j: %s', (text, problem) => {
    expect(readSecret(text)).toBe(problem);
  });

  it.each(['whsec_', 'a', '"', '$'])('rejects a very long text of %j at once', (text) => {
    expect(readSecret(text.repeat(300_000))).toBe('too_long');
  });

  it('recognizes common key lengths', () => {
    const withBytes = (count: number) =>
      readSecret(`whsec_${Buffer.alloc(count, 7).toString('base64')}`) as Secret;
    expect([23, 24, 64, 65].map((count) => isCommonKeyLength(withBytes(count)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

describe('maskSecret', () => {
  it.each([
    [`whsec_${key}`, 'whsec_C2…'],
    ['whsec_a', 'whsec_a…'],
    [key, '…'],
  ])('masks %s as %s', (text, masked) => {
    expect(maskSecret(text)).toBe(masked);
  });
});
