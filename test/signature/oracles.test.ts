import { Scalekit } from '@scalekit-sdk/node';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { buildEvent, makeTemplate, newWebhookId } from '../../src/events/build.ts';
import { readEventText } from '../../src/events/catalog/event-text.ts';
import { listFixtures } from '../../src/events/catalog/fixtures.ts';
import { readMembers } from '../../src/events/wire-form.ts';
import type { Message } from '../../src/message.ts';
import { readSecret, type Secret } from '../../src/signature/secret.ts';
import { signMessage } from '../../src/signature/sign.ts';
import { verify } from '../../src/signature/verify.ts';
import { testSecret } from '../support/memory-io.ts';
import { repository } from '../support/repository.ts';

const scalekit = new Scalekit('https://example.scalekit.dev', 'client_id', 'client_secret');
const standard = new StandardWebhook(testSecret);
const svix = new SvixWebhook(testSecret);
const secret = readSecret(testSecret) as Secret;

type Headers = Record<string, string>;

/** The verifiers that developers use, called as documented. All of them throw to reject. */
const verifiers: Record<string, (headers: Headers, body: string) => unknown> = {
  '@scalekit-sdk/node': (headers, body) => scalekit.verifyWebhookPayload(testSecret, headers, body),
  '@scalekit-sdk/node, interceptors': (headers, body) =>
    scalekit.verifyInterceptorPayload(testSecret, renamed(headers, 'webhook-', 'interceptor-'), body),
  standardwebhooks: (headers, body) => standard.verify(body, headers),
  svix: (headers, body) => svix.verify(body, headers),
};

function renamed(headers: Headers, from: string, to: string): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.replace(from, to), value]));
}

const types = listFixtures(repository).map(({ name, path }) => ({ name, path }));

function signed(path: string): Message {
  const event = buildEvent(makeTemplate(readMembers(readEventText(path))!), Date.now());
  return signMessage({ id: newWebhookId(), timestamp: Math.floor(Date.now() / 1000), body: event.body }, [
    secret,
  ]);
}

describe.each(Object.entries(verifiers))('%s', (_name, accept) => {
  it.each(types)('accepts $name, and rejects it with one byte changed', ({ path }) => {
    const message = signed(path);
    const headers = Object.fromEntries(message.headers);
    const body = Buffer.from(message.body).toString();
    expect(() => accept(headers, body)).not.toThrow();
    expect(() => accept(headers, body.replace('"spec_version":"1"', '"spec_version":"2"'))).toThrow();
  });
});

/** Signers of other libraries, whose messages must verify here. */
const signers: Record<string, (id: string, time: Date, body: string) => string> = {
  standardwebhooks: (id, time, body) => standard.sign(id, time, body),
  svix: (id, time, body) => svix.sign(id, time, body),
};

describe.each(Object.entries(signers))('a message signed by %s', (_name, signWith) => {
  it('is verified', () => {
    const now = Date.now();
    const [id, body] = ['msg_2o3NaedIm6pL62OQ544VzM1cIYo', '{"type":"user.created","name":"Zoë"}'];
    const headers = [
      ['webhook-id', id],
      ['webhook-timestamp', String(Math.floor(now / 1000))],
      ['webhook-signature', signWith(id, new Date(now), body)],
    ] as const;
    expect(verify({ headers, body: Buffer.from(body) }, [secret], now).verified).toBe(true);
    expect(verify({ headers, body: Buffer.from(`${body} `) }, [secret], now).verified).toBe(false);
  });
});
