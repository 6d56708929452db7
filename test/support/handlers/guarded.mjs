// A right handler behind what refuses before it does: each at /webhook/<name>.
import express from 'express';
import { verify } from './verifiers.mjs';

const app = express();
const asked = new Map();
let present = 0;

/** Lets so many through, and then none for a while. */
function limit(most, seconds) {
  return (request, response, next) => {
    const { count, until } = asked.get(request.path) ?? { count: 0, until: 0 };
    const isNew = Date.now() > until;
    const now = { count: isNew ? 1 : count + 1, until: isNew ? Date.now() + seconds * 1000 : until };
    asked.set(request.path, now);
    if (now.count <= most) return next();
    response.status(429).set('retry-after', String(seconds)).send('Too many requests');
  };
}

const guards = {
  none: (_request, _response, next) => next(),
  login: (_request, response) => response.redirect(302, '/login'),
  csrf: (_request, response) => response.status(403).send('Invalid CSRF token'),
  slash: (request, response) => response.redirect(308, `${request.path}/`),
  'basic-auth': (_request, response) =>
    response.status(401).set('www-authenticate', 'Basic').send('Login required'),
  proxy: (_request, response) => response.status(502).send('Bad gateway'),
  challenge: (_request, response) => response.status(401).set('www-authenticate', 'Basic').end(),
  'window-limit': limit(80, 1),
  /** 25 at the same time, each for long enough that half of a burst of 50 overlaps even on a busy machine. */
  async 'burst-limit'(_request, response, next) {
    present += 1;
    response.on('close', () => {
      present -= 1;
    });
    if (present > 25) return response.status(429).send('Too many requests');
    await new Promise((resolve) => setTimeout(resolve, 60));
    next();
  },
  'no-limit': (_request, response) =>
    response.status(429).set('retry-after', '3600').send('Too many requests'),
};

app.all(
  '/webhook/:guard',
  (request, response, next) => guards[request.params.guard](request, response, next),
  express.raw({ type: 'application/json' }),
  (request, response) => {
    if (request.method === 'GET') return response.send('<p>webhooks go here</p>');
    try {
      const { type } = verify(request.body.toString(), request.headers);
      response.status(201).json({ received: type });
    } catch {
      response.status(401).json({ error: 'Invalid signature' });
    }
  },
);
// In place of the page with a stack trace that Express has for errors.
app.use((error, _request, response, _next) =>
  response.status(error.status ?? 500).json({ error: error.message }),
);

const server = app.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
