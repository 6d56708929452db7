import { Scalekit } from '@scalekit-sdk/node';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { faults, findFault } from '../../src/checks/faults.ts';
import { readSecret, type Secret } from '../../src/signature/secret.ts';
import { signMessage } from '../../src/signature/sign.ts';
import { verify } from '../../src/signature/verify.ts';
import { testSecret } from '../support/memory-io.ts';

const secret = readSecret(testSecret) as Secret;
const content = {
  id: 'msg_2o3NaedIm6pL62OQ544VzM1cIYo',
  timestamp: Math.floor(Date.now() / 1000),
  body: Buffer.from('{"type":"user.created","id":"evt_123456789012345678"}'),
};
const ingredients = { content, secrets: [secret] as [Secret], headers: [] };
const scalekit = new Scalekit('https://example.scalekit.dev', 'client_id', 'client_secret');

const verifiers: Record<string, (headers: Record<string, string>, body: string) => unknown> = {
  '@scalekit-sdk/node': (headers, body) => scalekit.verifyWebhookPayload(testSecret, headers, body),
  standardwebhooks: (headers, body) => new StandardWebhook(testSecret).verify(body, headers),
  svix: (headers, body) => new SvixWebhook(testSecret).verify(body, headers),
};

/** The reason for which our own verifier must reject each fault. */
const reasons: Record<string, string> = {
  'no-headers': 'missing_header',
  'no-id': 'missing_header',
  'no-timestamp': 'missing_header',
  'no-signature': 'missing_header',
  'wrong-secret': 'signature_mismatch',
  'tampered-body': 'signature_mismatch',
  'tampered-id': 'signature_mismatch',
  'tampered-timestamp': 'signature_mismatch',
  stale: 'too_old',
  future: 'too_new',
  'malformed-timestamp': 'malformed_timestamp',
  'unknown-version': 'unknown_signature_version',
  'empty-signature': 'malformed_signature',
  'truncated-signature': 'malformed_signature',
  'lower-case-signature': 'signature_mismatch',
  'hex-signature': 'malformed_signature',
  'empty-key': 'signature_mismatch',
  'secret-as-text': 'signature_mismatch',
  'body-only': 'signature_mismatch',
};

it('the table lists every fault and nothing else', () => {
  expect(faults.map(({ name }) => name).sort()).toEqual(Object.keys(reasons).sort());
});

describe.each(faults)('$name', ({ name, makeMessage }) => {
  it('our verifier rejects it for the right reason', () => {
    expect(verify(makeMessage(ingredients), [secret], Date.now())).toMatchObject({
      verified: false,
      reason: reasons[name],
    });
  });

  it.each(Object.entries(verifiers))('%s rejects it and accepts the correct message', (_verifier, accept) => {
    const message = makeMessage(ingredients);
    expect(() => accept(Object.fromEntries(message.headers), Buffer.from(message.body).toString())).toThrow();
    const sound = signMessage(content, [secret]);
    expect(() => accept(Object.fromEntries(sound.headers), Buffer.from(sound.body).toString())).not.toThrow();
  });

  it('keeps added headers, and works with an empty body and one without digits', () => {
    for (const body of ['', '{"a":"b"}']) {
      const message = makeMessage({
        ...ingredients,
        content: { ...content, body: Buffer.from(body) },
        headers: [['x-a', '1']],
      });
      expect(message.headers).toContainEqual(['x-a', '1']);
      expect(verify(message, [secret], Date.now()).verified).toBe(false);
    }
  });
});

it('a tampered body is still JSON, with different content', () => {
  const { body } = findFault('tampered-body').makeMessage(ingredients);
  expect(JSON.parse(Buffer.from(body).toString())).not.toEqual(JSON.parse(content.body.toString()));
});

it('an unknown fault: an error with the nearest name', () => {
  expect(() => findFault('wrong-secert')).toThrow(
    expect.objectContaining({
      code: 'unknown_fault',
      message: expect.stringContaining('"wrong-secert"'),
      detail: expect.stringContaining('wrong-secret'),
      fix: expect.stringMatching(/no-headers.*wrong-secret.*body-only/),
    }),
  );
});
