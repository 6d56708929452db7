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

describe('the ladder of refusals', () => {
  const head = (method: string, target: string, headers: [string, string][] = []) => ({
    method,
    target,
    headers,
  });

  it.each([
    ['a POST to any path', head('POST', '/x?y=1'), undefined, 'admitted'],
    ['a POST to the path', head('POST', '/webhook?y=1'), '/webhook', 'admitted'],
    ['another path', head('POST', '/other'), '/webhook', 404],
    ['a path that only begins alike', head('POST', '/webhookx'), '/webhook', 404],
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
      'a body just within',
      head('POST', '/', [['Content-Length', String(BODY_LIMIT)]]),
      undefined,
      'admitted',
    ],
  ])('%s', (_name, request, path, expected) => {
    const admission = admit(request, { secrets, path });
    expect(admission.isAdmitted ? 'admitted' : admission.answer.status).toBe(expected);
  });

  it('says which method to use', () => {
    const admission = admit(head('PUT', '/'), { secrets });
    expect(!admission.isAdmitted && admission.answer.headers.allow).toBe('POST');
  });
});

describe('receive', () => {
  it('answers 201 to what verifies, and reads what the event says of itself', () => {
    const reception = receive(signed('{"type":"user.created","id":"evt_1"}'), { secrets }, now);
    expect(reception).toMatchObject({
      verdict: { verified: true },
      webhookId: 'msg_1',
      eventType: 'user.created',
      eventId: 'evt_1',
      answer: { status: 201 },
    });
  });

  it('answers 401 with the code of the reason only: no signature, no secret', () => {
    const { verdict, answer } = receive({ ...signed('{}'), body: Buffer.from('{ }') }, { secrets }, now);
    expect(verdict).toMatchObject({ verified: false, reason: 'signature_mismatch' });
    expect(answer).toMatchObject({ status: 401, body: '{"error":"signature_mismatch"}' });
  });

  it.each(['', 'not json', '[]', 'null', '7', '{"type":7,"id":{}}', '{"__proto__":{"type":"x"}}'])(
    'takes a signed body that says nothing of itself: %j',
    (body) => {
      const reception = receive(signed(body), { secrets }, now);
      expect(reception.answer.status).toBe(201);
      expect([reception.eventType, reception.eventId]).toEqual([null, null]);
    },
  );
});
