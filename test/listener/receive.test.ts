import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { admit, type ListenerRules, receive } from '../../src/listener/receive.ts';
import { BODY_LIMIT, type Headers } from '../../src/message.ts';
import { readSecret, type Secret } from '../../src/signature/secret.ts';
import { signMessage } from '../../src/signature/sign.ts';
import { testSecret } from '../support/memory-io.ts';

const secrets = [readSecret(testSecret) as Secret];
const now = 1_700_000_000_000;

function signed(body: string | Buffer) {
  const message = signMessage({ id: 'msg_1', timestamp: now / 1000, body: Buffer.from(body) }, secrets);
  return { method: 'POST', target: '/webhook', ...message };
}

describe('admission by method, path and size', () => {
  const head = (method: string, target: string, headers: [string, string][] = []) => ({
    method,
    target,
    headers,
  });

  it.each([
    ['a POST to any path', head('POST', '/x?y=1'), undefined, 'admitted'],
    ['a POST to the path', head('POST', '/webhook?y=1'), '/webhook', 'admitted'],
    ['another path', head('POST', '/other'), '/webhook', 404],
    ['a longer path with the same beginning', head('POST', '/webhookx'), '/webhook', 404],
    ['GET', head('GET', '/webhook'), undefined, 405],
    ['HEAD', head('HEAD', '/'), undefined, 405],
    ['OPTIONS', head('OPTIONS', '*'), undefined, 400],
    ['a fragment', head('POST', '/x#y'), undefined, 400],
    ['a backslash', head('POST', '/x\\y'), undefined, 400],
    ['two slashes', head('POST', '//evil/x'), undefined, 400],
    ['absolute form', head('POST', 'http://evil/x'), undefined, 400],
    [
      'a body that is too large',
      head('POST', '/', [['Content-Length', String(BODY_LIMIT + 1)]]),
      undefined,
      413,
    ],
    [
      'a body of exactly the maximum size',
      head('POST', '/', [['Content-Length', String(BODY_LIMIT)]]),
      undefined,
      'admitted',
    ],
  ])('%s', (_name, request, path, expected) => {
    const admission = admit(request, { secrets, path });
    expect(admission.isAdmitted ? 'admitted' : admission.answer.status).toBe(expected);
  });

  it('names the allowed method', () => {
    const admission = admit(head('PUT', '/'), { secrets });
    expect(!admission.isAdmitted && admission.answer.headers.allow).toBe('POST');
  });
});

/** Judges a request whose body comes in two chunks. */
function receiveChunks({ body, ...head }: ReturnType<typeof signed>, rules: ListenerRules = { secrets }) {
  const admission = admit(head, rules);
  if (!admission.isAdmitted) throw new Error('not admitted');
  const half = Math.ceil(body.length / 2);
  for (const chunk of [body.subarray(0, half), body.subarray(half)]) admission.body.add(chunk);
  return receive({ ...head, body: admission.body }, rules, now);
}

describe('receive', () => {
  it('responds to a verified message with 201, and reads the type and id of the event', () => {
    const { reception } = receiveChunks(signed('{"type":"user.created","id":"evt_1"}'));
    expect(reception).toMatchObject({
      verdict: { verified: true },
      webhookId: 'msg_1',
      eventType: 'user.created',
      eventId: 'evt_1',
      answer: { status: 201 },
    });
  });

  it('responds with 401 and nothing but the reason code: no signature, no secret', () => {
    const { verdict, answer } = receiveChunks({ ...signed('{}'), body: Buffer.from('{ }') }).reception;
    expect(verdict).toMatchObject({ verified: false, reason: 'signature_mismatch' });
    expect(answer).toMatchObject({ status: 401, body: '{"error":"signature_mismatch"}' });
  });

  it.each(['', 'not json', '[]', 'null', '7', '{"type":7,"id":{}}', '{"__proto__":{"type":"x"}}'])(
    'accepts a signed body without a type and id: %j',
    (body) => {
      const { reception } = receiveChunks(signed(body));
      expect(reception.answer.status).toBe(201);
      expect([reception.eventType, reception.eventId]).toEqual([null, null]);
    },
  );

  const large = Buffer.from(JSON.stringify({ type: 'user.created', data: 'x'.repeat(300_000) }));

  it('keeps all of a large body that verifies', () => {
    const { request, reception } = receiveChunks(signed(large));
    expect(reception).toMatchObject({ verdict: { verified: true }, eventType: 'user.created' });
    expect(Buffer.from(request.body).equals(large)).toBe(true);
    expect(request.truncation).toBeUndefined();
  });

  it.each([
    ['a wrong signature', (headers: Headers) => headers, 'signature_mismatch'],
    ['no signature', (headers: Headers) => headers.slice(0, -1), 'missing_header'],
  ])('keeps the beginning of a large body with %s, its length and its hash', (_name, change, reason) => {
    const { headers, ...rest } = signed('{}');
    const { request, reception } = receiveChunks({ ...rest, headers: change(headers), body: large });
    expect(reception).toMatchObject({ verdict: { verified: false, reason }, eventType: null });
    expect(Buffer.from(request.body).equals(large.subarray(0, 65_536))).toBe(true);
    const sha256 = createHash('sha256').update(large).digest('hex');
    expect(request.truncation).toEqual({ bytes: large.length, sha256 });
  });

  it('keeps a rejected body whole up to 256 kB, and longer ones if they are accepted', () => {
    const short = Buffer.alloc(262_144, 'x');
    expect(receiveChunks({ ...signed('{}'), body: short }).request.body).toHaveLength(262_144);
    const accepting = { secrets, acceptsUnverified: true };
    const { request, reception } = receiveChunks({ ...signed('{}'), body: large }, accepting);
    expect(Buffer.from(request.body).equals(large)).toBe(true);
    expect(reception.eventType).toBe('user.created');
  });

  it('parses a rejected body only if it is short', () => {
    const named = (length: number) => Buffer.from(JSON.stringify({ type: 'a.b', x: 'x'.repeat(length) }));
    const typeOf = (body: Buffer) => receiveChunks({ ...signed('{}'), body }).reception.eventType;
    expect([typeOf(named(10)), typeOf(named(70_000))]).toEqual(['a.b', null]);
  });
});
