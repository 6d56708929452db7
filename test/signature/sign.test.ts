import { describe, expect, it } from 'vitest';
import { readSecret, type Secret } from '../../src/signature/secret.ts';
import { sign, signMessage } from '../../src/signature/sign.ts';
import { vectors } from '../support/vectors.ts';

describe('sign', () => {
  it.each(vectors)('matches the known signature of $name', ({ secret, signature, ...content }) => {
    expect(sign(content, readSecret(secret) as Secret)).toBe(signature);
  });

  it('has at least six test vectors', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(6);
  });
});

describe('signMessage', () => {
  const [first, second] = vectors;
  const content = { id: second!.id, timestamp: second!.timestamp, body: second!.body };
  const secrets = [readSecret(second!.secret), readSecret(first!.secret)] as Secret[];

  it('writes lower-case header names, and keeps the body object', () => {
    const message = signMessage(content, secrets.slice(0, 1));
    expect(message.body).toBe(content.body);
    expect(message.headers).toEqual([
      ['content-type', 'application/json'],
      ['user-agent', 'scalekit-hooks'],
      ['webhook-id', second!.id],
      ['webhook-timestamp', '1700000000'],
      ['webhook-signature', second!.signature],
    ]);
  });

  it('signs with each secret, in order', () => {
    const { headers } = signMessage(content, secrets);
    const signatures = headers.at(-1)![1].split(' ');
    expect(signatures[0]).toBe(second!.signature);
    expect(signatures).toHaveLength(2);
    expect(signatures[1]).not.toBe(signatures[0]);
  });

  it('replaces headers of the same name with extra headers', () => {
    const { headers } = signMessage(content, secrets, [
      ['Content-Type', 'application/json; charset=utf-8'],
      ['x-tenant', 'a'],
      ['x-tenant', 'b'],
    ]);
    expect(headers.filter(([name]) => name.toLowerCase() === 'content-type')).toEqual([
      ['Content-Type', 'application/json; charset=utf-8'],
    ]);
    expect(headers.filter(([name]) => name === 'x-tenant').map(([, value]) => value)).toEqual(['a', 'b']);
  });
});
