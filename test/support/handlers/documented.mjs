/**
 * Samples as pages of Scalekit's documents, and others after them, have them: none can work, or none should. Each at
 * /webhook/<name>. Written anew after what those pages do, not copied.
 */
import { createHmac } from 'node:crypto';
import { Scalekit } from '@scalekit-sdk/node';
import express from 'express';

const scalekit = new Scalekit('https://example.scalekit.dev', 'client_id', 'client_secret');
const secret = process.env.SCALEKIT_WEBHOOK_SECRET;

const samples = {
  /** The webhooks overview, and the SCIM quickstart: the parsed body goes to the verifier. */
  async overview(request, response) {
    try {
      const isValid = await scalekit.verifyWebhookPayload(secret, request.headers, request.body);
      if (!isValid) return response.status(401).json({ error: 'Invalid signature' });
      response.status(201).json({ received: true });
    } catch {
      response.status(500).json({ error: 'Webhook processing failed' });
    }
  },
  /** Implement webhooks: a header and a method that do not exist. */
  async 'implement-webhooks'(request, response) {
    try {
      const signature = request.headers['scalekit-signature'];
      const isValid = await scalekit.webhooks.verifySignature(
        JSON.stringify(request.body),
        signature,
        secret,
      );
      if (!isValid) return response.status(401).json({ error: 'Invalid signature' });
      response.status(201).json({ received: true });
    } catch (error) {
      response.status(400).json({ error: error.message });
    }
  },
  /** The same, with an answer that tells nothing. */
  async 'implement-webhooks-silent'(request, response) {
    try {
      await scalekit.webhooks.verifySignature(request.body, request.headers['scalekit-signature'], secret);
      response.status(201).json({ received: true });
    } catch {
      response.status(401).json({ error: 'Unauthorized' });
    }
  },
  /** Best practices, checked by hand: t=…,v1=… in hex, the secret as text. */
  'best-practices'(request, response) {
    const header = request.headers['scalekit-signature'] ?? '';
    const { t, v1 } = Object.fromEntries(header.split(',').map((part) => part.split('=')));
    const expected = createHmac('sha256', secret)
      .update(`${t}.${JSON.stringify(request.body)}`)
      .digest('hex');
    if (v1 !== expected) return response.status(401).json({ error: 'Invalid signature' });
    response.status(200).json({ received: true });
  },
  /** The official sample for Next.js: parsed, written again, and verified. */
  nextjs(request, response) {
    try {
      scalekit.verifyWebhookPayload(secret, request.headers, JSON.stringify(request.body));
      response.status(200).json({ received: true });
    } catch {
      response.status(400).json({ error: 'Invalid webhook' });
    }
  },
  /** The SCIM quickstart in Python: json.dumps puts blanks behind colons and commas. */
  'scim-python'(request, response) {
    const spaced = JSON.stringify(request.body, null, 1).replaceAll(/,\n */g, ', ').replaceAll(/\n */g, '');
    try {
      scalekit.verifyWebhookPayload(secret, request.headers, spaced);
      response.status(201).json({ received: true });
    } catch {
      response.status(401).json({ error: 'Invalid signature' });
    }
  },
  /** External ids: a header of one's own, and hex over the body. */
  'external-id'(request, response) {
    const expected = createHmac('sha256', secret).update(JSON.stringify(request.body)).digest('hex');
    if (request.headers['x-signature'] !== expected) return response.status(401).end('Unauthorized');
    response.status(200).end('OK');
  },
  /** The seat limit cookbook: acts without verifying. */
  'seat-limit'(request, response) {
    response.status(200).json({ received: request.body?.type ?? null });
  },
  /** Best practices in Java: what does not verify is answered 200, with a word. */
  'java-error'(request, response) {
    try {
      scalekit.verifyWebhookPayload(secret, request.headers, JSON.stringify(request.body));
      response.status(200).send('success');
    } catch {
      response.status(200).send('error');
    }
  },
};

const app = express();
app.use(express.json({ limit: '1mb' }));
app.post('/webhook/:sample', (request, response) => samples[request.params.sample](request, response));
// Without it Express would answer what it cannot parse with a stack trace, which is another mistake.
app.use((_error, _request, response, _next) => response.status(400).json({ error: 'Bad request' }));
const server = app.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
