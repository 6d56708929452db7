import { Scalekit } from '@scalekit-sdk/node';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { createSecret, signedRequest } from '../../src/index.ts';
import { testSecret } from '../support/memory-io.ts';

const secret = testSecret;

const scalekit = new Scalekit('https://example.scalekit.dev', 'id', 'secret');

describe('signedRequest', () => {
  it('a Fetch handler accepts it, here in Hono with the SDK', async () => {
    const app = new Hono().post('/webhook', async (context) => {
      scalekit.verifyWebhookPayload(secret, context.req.header(), await context.req.text());
      return context.json({ ok: true }, 201);
    });
    const request = signedRequest('user.created', {
      secret,
      overrides: { data: { email: 'x@example.com' } },
    });
    expect(request).toMatchObject({ method: 'POST', url: 'http://localhost:3000/webhook' });
    expect(await request.clone().json()).toMatchObject({
      type: 'user.created',
      data: { email: 'x@example.com' },
    });
    expect((await app.request(request)).status).toBe(201);
    expect((await app.request(signedRequest('user.created', { secret: createSecret() }))).status).toBe(500);
  });

  it('takes a URL, an id and a timestamp', () => {
    const request = signedRequest('user.created', {
      secret,
      url: 'https://example.com/hooks',
      id: 'msg_1',
      timestamp: 1795360000000,
    });
    expect(request.url).toBe('https://example.com/hooks');
    expect(request.headers.get('webhook-timestamp')).toBe('1795360000');
  });
});
