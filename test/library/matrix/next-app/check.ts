import { NextRequest } from 'next/server';
import { checkHandler, createSecret } from 'scalekit-hooks';

const secret = createSecret();
process.env.SCALEKIT_WEBHOOK_SECRET = secret;

/** As documented for handlers that take the request of a framework. */
async function main() {
  // Loaded now, because it reads the secret.
  const { POST } = await import('./app/api/webhook/route.js');
  const { ok, text } = await checkHandler(POST, {
    secret,
    makeRequest: (url, init) => new NextRequest(url, init),
    context: { params: Promise.resolve({ tenant: 'acme' }) },
  });
  console.log(ok ? 'ok' : text);
}
void main();
