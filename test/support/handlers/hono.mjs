// Hono with Scalekit's SDK. The SDK wants a plain object of headers.
import { serve } from '@hono/node-server';
import { Scalekit } from '@scalekit-sdk/node';
import { Hono } from 'hono';

const scalekit = new Scalekit('https://example.scalekit.dev', 'client_id', 'client_secret');
const app = new Hono();

app.post('/webhook', async (context) => {
  const body = await context.req.text();
  try {
    scalekit.verifyWebhookPayload(process.env.SCALEKIT_WEBHOOK_SECRET, context.req.header(), body);
  } catch {
    return context.json({ error: 'Invalid signature' }, 401);
  }
  return context.json({ received: JSON.parse(body).type }, 201);
});

serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  console.log(`listening on ${port}`),
);
