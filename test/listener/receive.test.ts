import { describe, expect, it } from 'vitest';
import { admit, receive } from '../../src/listener/receive.ts';
import { BODY_LIMIT } from '../../src/message.ts';
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

describe('receive', () => {
  it('responds to a verified message with 201, and reads the type and id of the event', () => {
    const reception = receive(signed('{"type":"user.created","id":"evt_1"}'), { secrets }, now);
    expect(reception).toMatchObject({
      verdict: { verified: true },
      webhookId: 'msg_1',
      eventType: 'user.created',
      eventId: 'evt_1',
      answer: { status: 201 },
    });
  });

  it('responds with 401 and nothing but the reason code: no signature, no secret', () => {
    const { verdict, answer } = receive({ ...signed('{}'), body: Buffer.from('{ }') }, { secrets }, now);
    expect(verdict).toMatchObject({ verified: false, reason: 'signature_mismatch' });
    expect(answer).toMatchObject({ status: 401, body: '{"error":"signature_mismatch"}' });
  });

  it.each(['', 'not json', '[]', 'null', '7', '{"type":7,"id":{}}', '{"__proto__":{"type":"x"}}'])(
    'accepts a signed body without a type and id: %j',
    (body) => {
      const reception = receive(signed(body), { secrets }, now);
      expect(reception.answer.status).toBe(201);
      expect([reception.eventType, reception.eventId]).toEqual([null, null]);
    },
  );
});
