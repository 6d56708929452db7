// The three libraries that verify Scalekit's webhooks on Node.js, called alike: gives the event, or throws.
import { Scalekit } from '@scalekit-sdk/node';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';

const secret = process.env.SCALEKIT_WEBHOOK_SECRET;

const verifiers = {
  scalekit(body, headers) {
    const scalekit = new Scalekit('https://example.scalekit.dev', 'client_id', 'client_secret');
    scalekit.verifyWebhookPayload(secret, headers, body);
    return JSON.parse(body);
  },
  standardwebhooks: (body, headers) => new StandardWebhook(secret).verify(body, headers),
  svix: (body, headers) => new SvixWebhook(secret).verify(body, headers),
};

/** Takes the text of a body and a plain object of headers with names in lower case. */
export const verify = verifiers[process.env.LIBRARY ?? 'scalekit'];
