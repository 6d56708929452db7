import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { showsSecret, showsSignature, showsStackTrace } from '../../src/checks/leaks.ts';
import type { Exchange } from '../../src/checks/workbench.ts';
import { readSecret, type Secret } from '../../src/signature/secret.ts';
import { testSecret } from '../support/memory-io.ts';

const secret = readSecret(testSecret) as Secret;
const key = Buffer.from(testSecret.split('_')[1]!, 'base64');
const body = Buffer.from('{"type":"x"}');
const digest = (encoding: 'base64' | 'base64url' | 'hex') =>
  createHmac('sha256', key).update('msg_1.1795360000.').update(body).digest(encoding);
const signature = digest('base64');

/** The response to a rejected message that has another signature. */
function answered(text: string, headers: [string, string][] = [], signed = 'v1,AAAA'): Exchange {
  return {
    method: 'POST',
    message: {
      headers: [
        ['webhook-id', 'msg_1'],
        ['webhook-timestamp', '1795360000'],
        ['webhook-signature', signed],
      ],
      body,
    },
    outcome: { answered: true, status: 401, headers, body: Buffer.from(text), isCut: false, milliseconds: 1 },
    part: 'times',
    role: undefined,
    isHostile: true,
  };
}

describe('a stack trace', () => {
  it.each([
    [
      'Node.js',
      'Error: no\n    at verify (/app/src/webhook.js:12:9)\n    at /app/node_modules/express/router.js:3:1',
    ],
    ['Node.js modules', 'Error: no\n    at async file:///app/webhook.mjs:12:9'],
    ['Express in HTML', '<pre>Error: no<br> &nbsp; &nbsp;at verify (/app/webhook.js:12:9)<br></pre>'],
    ['in JSON', '{"stack":"Error: no\\n    at Object.verify (/app/webhook.js:12:9)"}'],
    ['TypeScript', 'Error: no\n    at verify (src/webhook.ts:12:9)'],
    ['Python', 'Traceback (most recent call last):\n  File "/app/app.py", line 3, in hook'],
    ['Java', 'java.lang.IllegalStateException: no\n\tat com.example.Hook.verify(Hook.java:12)'],
    ['Java in JSON', '{"trace":"java.lang.X: no\\n\\tat com.example.Hook.verify(Hook.java:12)\\r\\n"}'],
    ['Kotlin', 'X: no\n\tat com.example.HookKt.verify(Hook.kt:12)'],
    ['Go', 'panic: no\n\ngoroutine 1 [running]:\nmain.main()'],
    ['Ruby', "/app/hook.rb:3:in `verify': no (RuntimeError)"],
    ['PHP', '#0 /app/hook.php(12): verify()'],
    ['.NET', 'System.Exception: no\n   at Hook.Verify() in /app/Hook.cs:line 12'],
  ])('%s: found', (_title, text) => {
    expect(showsStackTrace(answered(text))).toBe(true);
  });

  it.each([
    'invalid signature',
    '{"error":"invalid signature","at":"2026-11-22T16:00:00Z"}',
    'look at https://example.com/docs:80 for more, at 12:30:00',
    'We met at the office (room 12:9)',
    '',
  ])('%j: none', (text) => {
    expect(showsStackTrace(answered(text))).toBe(false);
  });
});

// A search that restarted at every position would take minutes and exceed the time limit of the test.
it.each(['\n', ' ', 'at ', '\n at a', '#1 ', 'a.b', '\\n'])('64 kB of %j are searched quickly', (piece) => {
  expect(showsStackTrace(answered(piece.repeat(65_536 / piece.length)))).toBe(false);
});

describe('the secret', () => {
  it.each([
    ['unchanged', `secret ${testSecret}`],
    ['without its prefix', testSecret.slice(6)],
    ['in hex', key.toString('hex')],
    ['in JSON', JSON.stringify({ secret: testSecret })],
  ])('%s is found', (_title, text) => {
    expect(showsSecret(answered(text), [secret])).toBe(true);
  });

  it('is also found in a header', () => {
    expect(showsSecret(answered('', [['x-debug', testSecret]]), [secret])).toBe(true);
  });

  it('neither another secret nor the masked form counts', () => {
    expect(showsSecret(answered('whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB whsec_C2…'), [secret])).toBe(false);
  });
});

describe('the expected signature', () => {
  it.each([
    ['base64', signature],
    ['with v1,', `v1,${signature}`],
    ['hex', digest('hex')],
    ['base64url', digest('base64url')],
  ])('as %s is found', (_title, text) => {
    expect(showsSignature(answered(`expected ${text}, got AAAA`), [secret])).toBe(true);
  });

  it('an echo of the sent signature is no leak', () => {
    expect(showsSignature(answered(signature, [], `v1,${signature}`), [secret])).toBe(false);
  });

  it('neither is an echo in another form', () => {
    const hex = digest('hex');
    expect(showsSignature(answered(`got ${hex}`, [], `v1,${hex}`), [secret])).toBe(false);
  });

  it('the signature of another message is no leak', () => {
    const other = createHmac('sha256', key).update('msg_2.1795360000.').update(body).digest('base64');
    expect(showsSignature(answered(other), [secret])).toBe(false);
  });
});
