import { expect, it } from 'vitest';
import { forwardedHeaders } from '../src/delivery/forwarded-headers.ts';
import { isCredential } from '../src/message.ts';

it.each([
  'Authorization',
  'proxy-authorization',
  'Cookie',
  'set-cookie',
  'x-api-key',
  'x-auth-token',
  'cf-access-jwt-assertion',
  'cf-access-client-secret',
  'x-vercel-protection-bypass',
  'x-amz-security-token',
  'x-forwarded-access-token',
])('%s holds credentials', (name) => {
  expect(isCredential(name)).toBe(true);
});

it.each(['webhook-id', 'webhook-signature', 'webhook-timestamp', 'content-type', 'user-agent', 'x-keyboard'])(
  '%s holds none',
  (name) => {
    expect(isCredential(name)).toBe(false);
  },
);

it('a connection header cannot take away what was verified', () => {
  const headers = [
    ['Connection', 'webhook-signature, Webhook-Id, x-gone'],
    ['webhook-id', 'msg_1'],
    ['Webhook-Signature', 'v1,x'],
    ['x-gone', '1'],
  ] as const;
  expect(forwardedHeaders(headers)).toEqual([
    ['webhook-id', 'msg_1'],
    ['Webhook-Signature', 'v1,x'],
  ]);
});
