// Express with the raw body and Scalekit's SDK, as the SDK's own documentation shows it.
import { Scalekit } from '@scalekit-sdk/node';
import express from 'express';

const scalekit = new Scalekit('https://example.scalekit.dev', 'client_id', 'client_secret');
const app = express();

app.post('/webhook', express.raw({ type: 'application/json' }), (request, response) => {
  try {
    scalekit.verifyWebhookPayload(
      process.env.SCALEKIT_WEBHOOK_SECRET,
      request.headers,
      request.body.toString(),
    );
  } catch {
    return response.status(401).json({ error: 'Invalid signature' });
  }
  response.status(201).json({ received: JSON.parse(request.body).type });
});

const server = app.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
