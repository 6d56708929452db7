/** As express.mjs, on a given port, and says which messages it took, and the sha256 of each body. */
import { createHash } from 'node:crypto';
import { Scalekit } from '@scalekit-sdk/node';
import express from 'express';

const scalekit = new Scalekit('https://example.scalekit.dev', 'client_id', 'client_secret');
const app = express();

app.post('/webhook', express.raw({ type: () => true, limit: '10mb' }), (request, response) => {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  try {
    scalekit.verifyWebhookPayload(process.env.SCALEKIT_WEBHOOK_SECRET, request.headers, body.toString());
  } catch {
    return response.status(401).json({ error: 'invalid signature' });
  }
  const sha256 = createHash('sha256').update(body).digest('hex');
  console.log(`took ${request.headers['webhook-id']} ${sha256}`);
  response.status(201).json({ received: true });
});

app.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
