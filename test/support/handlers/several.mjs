// Handlers with several mistakes, and handlers whose responses are easily misread: each at /webhook/<name>.
import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Scalekit } from '@scalekit-sdk/node';
import express from 'express';
import fastify from 'fastify';
import { Webhook } from 'standardwebhooks';

const secret = process.env.SCALEKIT_WEBHOOK_SECRET;
const scalekit = new Scalekit('https://example.scalekit.dev', 'client_id', 'client_secret');
const raw = express.raw({ type: '*/*', limit: '1mb' });

/** A right verifier but for `mistakes`; throws. */
function verifyBy(request, body, mistakes = {}) {
  const { key = Buffer.from(secret.slice(6), 'base64'), prefix = 'webhook-', per = 1, ahead = 0 } = mistakes;
  const { within = 300, textOf, read = (value) => value.split(' '), write } = mistakes;
  const [id, time, list] = ['id', 'timestamp', 'signature'].map((name) => request.headers[prefix + name]);
  if (!id || !/^\d+$/.test(time ?? '') || !list) throw new Error('headers');
  if (Math.abs(Date.now() / 1000 + ahead - Number(time) / per) > within) throw new Error('time');
  const text = textOf ? textOf(id, time, body) : `${id}.${time}.${body}`;
  const hmac = createHmac('sha256', key).update(text);
  if (!read(list).includes(write ? write(hmac) : `v1,${hmac.digest('base64')}`)) throw new Error('signature');
}

const reject = (response) => response.status(401).json({ error: 'unauthorized' });
const accept = (response) => response.status(201).json({ ok: true });

/** A handler with mistakes in its verifier, and in what it makes of the body. */
const verifying = (mistakes, view = (body) => body.toString()) =>
  handling((request) => verifyBy(request, view(request.body), mistakes), accept, reject);

/** A handler of three steps. */
function handling(verify, onValid, onInvalid) {
  return async (request, response) => {
    try {
      await verify(request);
      JSON.parse(request.body);
    } catch (error) {
      return onInvalid(response, error);
    }
    return onValid(response, request);
  };
}

/** As `json.dumps` of Python writes an event. */
function dumps(value) {
  if (Array.isArray(value)) return `[${value.map(dumps).join(', ')}]`;
  if (value === null || typeof value !== 'object')
    return JSON.stringify(value).replace(
      /[^ -~]/g,
      (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return `{${Object.entries(value)
    .map(([name, item]) => `${dumps(name)}: ${dumps(item)}`)
    .join(', ')}}`;
}

const inHex = { write: (hmac) => hmac.digest('hex'), read: (value) => [value] };
const asText = { key: secret };
const asDumped = (body) => dumps(JSON.parse(body));
const bodyOnly = { textOf: (_id, _time, body) => body };
const onlyFor =
  (types, verify, onInvalid = reject) =>
  async (request, response) => {
    if (!types.includes(JSON.parse(request.body).type))
      return response.status(400).json({ error: 'Unhandled event type' });
    return handling(verify, accept, onInvalid)(request, response);
  };

/** A handler that looks for its signature, over the body alone, in one header. */
const reading =
  (name, answer, viewOf = (body) => body) =>
  (request, response) => {
    const given = request.headers[name];
    if (given === undefined) return answer(response);
    const expected = createHmac('sha256', secret).update(viewOf(request.body)).digest('hex');
    return given === expected ? accept(response) : reject(response);
  };
const naming =
  (text, status = 400) =>
  (response) =>
    response.status(status).json({ error: text });
const thrown = (response, error) => response.status(400).json({ error: error.message });

const handlers = {
  // Two mistakes in the verifier, or three
  'key as text, milliseconds': verifying({ ...asText, per: 1000 }),
  'key as text, dumped': verifying(asText, asDumped),
  'key as text, hex': verifying({ ...asText, ...inHex, write: (hmac) => `v1,${hmac.digest('hex')}` }),
  'key as text, hex, body only': verifying({ ...asText, ...inHex, ...bodyOnly }),
  'key as text, sha256=, body only': verifying({
    ...asText,
    ...inHex,
    ...bodyOnly,
    write: (hmac) => `sha256=${hmac.digest('hex')}`,
  }),
  'key as text, dumped, body only': verifying({ ...asText, ...bodyOnly }, asDumped),
  'svix headers, key as text': verifying({ ...asText, prefix: 'svix-' }),
  'svix headers, milliseconds': verifying({ prefix: 'svix-', per: 1000 }),
  'parsed, milliseconds': verifying({ per: 1000 }, () => '[object Object]'),
  'indented, with a newline': verifying({}, (body) => `${JSON.stringify(JSON.parse(body), null, 2)}\n`),
  'one minute ahead, tolerates 30 s': verifying({ ahead: 60, within: 30 }),
  'unknown type first, key as text': onlyFor(['user.created', 'user.updated'], (request) =>
    verifyBy(request, request.body.toString(), asText),
  ),
  'x-acme-signature, dumped': reading(
    'x-acme-signature',
    naming('Missing X-Acme-Signature header'),
    asDumped,
  ),
  'x-acme-signature': reading('x-acme-signature', naming('Missing X-Acme-Signature header')),
  'a header that it does not name': reading('x-acme-signature', naming('Missing signature', 401)),
  'whsec without _': verifying({ key: Buffer.from(secret.slice(5), 'base64') }),
  'one character too many': verifying({ key: Buffer.from(secret.slice(7), 'base64') }),
  'strips characters': verifying({ key: Buffer.from(secret.replace(/^[whsec_]+/, ''), 'base64') }),
  // What the SDKs get
  'bytes as Uint8Array': handling(
    (request) => scalekit.verifyWebhookPayload(secret, request.headers, new Uint8Array(request.body)),
    accept,
    reject,
  ),
  'a promise': handling(
    (request) => {
      const body = new Request('http://localhost', { method: 'POST', body: request.body }).text();
      scalekit.verifyWebhookPayload(secret, request.headers, body);
    },
    accept,
    reject,
  ),
  'reads twice': handling(
    async (request) => {
      const again = new Request('http://localhost', { method: 'POST', body: request.body });
      await again.json();
      scalekit.verifyWebhookPayload(secret, request.headers, await again.text());
    },
    accept,
    thrown,
  ),
  'has no secret': handling(
    (request) => scalekit.verifyWebhookPayload(undefined, request.headers, request.body.toString()),
    accept,
    thrown,
  ),
  'gives standardwebhooks no secret': handling(
    (request) => new Webhook(undefined).verify(request.body, request.headers),
    accept,
    thrown,
  ),
  'gives standardwebhooks no body': handling(
    (request) => new Webhook(secret).verify(request.rawBody, request.headers),
    accept,
    thrown,
  ),
  'passes no headers': handling(
    (request) => scalekit.verifyWebhookPayload(secret, request.fields, request.body.toString()),
    accept,
    thrown,
  ),
  // 2xx for everything
  'rejects with 200': handling(
    (request) => verifyBy(request, request.body),
    accept,
    (response) => response.json({ success: false, error: 'Invalid signature' }),
  ),
  'rejects with 200 unless headers are missing': (request, response) =>
    request.headers['webhook-signature']
      ? handlers['rejects with 200'](request, response)
      : response.status(400).json({ error: 'bad request' }),
  'accepts with no error': (_request, response) => response.json({ ok: true, error: null }),
  'answers as GraphQL': (_request, response) => response.json({ errors: [{ message: 'no key was given' }] }),
  'answers 202 first': async (request, response) => {
    response.status(202).end();
    await handling(
      (given) => verifyBy(given, given.body),
      () => {},
      () => {},
    )(request, response);
  },
  // Verifies, and then
  'redirects afterwards': handling(
    (request) => verifyBy(request, request.body),
    (response) => response.redirect(303, '/thanks'),
    reject,
  ),
  'hangs afterwards': handling(
    (request) => verifyBy(request, request.body),
    () => {},
    reject,
  ),
  // Before it verifies
  'knows no organization': (_request, response) =>
    response.status(404).json({ error: 'Organization not found' }),
  'requires a field': (_request, response) =>
    response
      .status(400)
      .json({ error: { name: 'ZodError', issues: [{ code: 'invalid_type', path: ['event'] }] } }),
  'does not know the type': (_request, response) =>
    response.status(400).json({ error: 'Unknown event type' }),
  'wants a form': (_request, response) =>
    response.status(400).json({ error: 'Content-Type must be application/x-www-form-urlencoded' }),
  'answers with gzip': (_request, response) =>
    response
      .status(400)
      .set('content-encoding', 'gzip')
      .end(gzipSync('{"error":"Missing required headers"}')),
  'prints a warning of PHP': (_request, response) =>
    response
      .status(401)
      .send(
        '<br />\n<b>Warning</b>:  Undefined array key "HTTP_X_ACME_SIGNATURE" in <b>/srv/webhook.php</b> on line <b>12</b><br />\nunauthorized',
      ),
};

const app = express();
// Characters that are split between two chunks are lost.
app.post('/webhook/:name', (request, response, next) => {
  if (request.params.name !== 'joins strings') return next();
  let text = '';
  request.on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', () => {
    request.body = text;
    handling((given) => verifyBy(given, given.body), accept, reject)(request, response);
  });
});
app.post('/webhook/:name', raw, (request, response) => handlers[request.params.name](request, response));

// What real code, libraries and services answer: the text is in the path.
app.post('/says/:status/:text', raw, (request, response) =>
  response.status(Number(request.params.status)).json({ error: request.params.text }),
);

const api = fastify();
const signed = { type: 'object', required: ['x-acme-signature'] };
api.post('/fastify/headers', { schema: { headers: signed } }, async () => ({}));
api.post('/fastify/body', { schema: { body: { type: 'object', required: ['event'] } } }, async () => ({}));
api.post('/fastify/throws', async (request) => {
  scalekit.verifyWebhookPayload(
    'whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB',
    request.headers,
    JSON.stringify(request.body),
  );
});
await api.ready();
app.use((request, response) => api.routing(request, response));

const server = app.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
