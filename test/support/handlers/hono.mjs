// Hono, which reads the body as text.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { verify } from './verifiers.mjs';

const app = new Hono();

app.post('/webhook', async (context) => {
  const body = await context.req.text();
  try {
    const event = verify(body, context.req.header());
    return context.json({ received: event.type }, 201);
  } catch {
    return context.json({ error: 'Invalid signature' }, 401);
  }
});

serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  console.log(`listening on ${port}`),
);
