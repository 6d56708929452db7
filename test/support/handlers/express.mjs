// Express with the raw body.
import express from 'express';
import { verify } from './verifiers.mjs';

const app = express();

app.post('/webhook', express.raw({ type: 'application/json', limit: '1mb' }), (request, response) => {
  try {
    const event = verify(request.body.toString(), request.headers);
    response.status(201).json({ received: event.type });
  } catch {
    response.status(401).json({ error: 'Invalid signature' });
  }
});

const server = app.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
