// The sample of Scalekit's webhooks overview: it verifies the parsed body, which can never work.
import { Scalekit } from '@scalekit-sdk/node';
import express from 'express';

const scalekit = new Scalekit('https://example.scalekit.dev', 'client_id', 'client_secret');
const app = express();

app.use(express.json());
app.post('/webhook', async (request, response) => {
  try {
    const event = request.body;
    const isValid = await scalekit.verifyWebhookPayload(
      process.env.SCALEKIT_WEBHOOK_SECRET,
      request.headers,
      event,
    );
    if (!isValid) return response.status(401).json({ error: 'Invalid signature' });
    response.status(200).json({ received: true });
  } catch {
    response.status(500).json({ error: 'Internal server error' });
  }
});

const server = app.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
