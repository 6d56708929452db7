// Right handlers behind what refuses before them, and one before which nothing refuses enough; GUARD names it.
import express from 'express';
import { verify } from './verifiers.mjs';

const app = express();
let taken = 0;

const guards = {
  login: (_request, response) => response.redirect(302, '/login'),
  csrf: (_request, response) => response.status(403).send('Invalid CSRF token'),
  slash: (request, response, next) =>
    request.path.endsWith('/') ? next() : response.redirect(308, `${request.path}/`),
  limit(_request, response, next) {
    taken += 1;
    if (taken <= 60) return next();
    response.status(429).set('retry-after', '60').send('Too many requests');
  },
  none: (_request, _response, next) => next(),
};

app.use(guards[process.env.GUARD]);
app.all('/webhook', express.raw({ type: 'application/json' }), (request, response) => {
  if (request.method === 'GET') return response.send('<p>webhooks go here</p>');
  try {
    const { type } = verify(request.body.toString(), request.headers);
    response.status(201).json({ received: type });
  } catch {
    response.status(401).json({ error: 'Invalid signature' });
  }
});
// In place of the page with a stack trace that Express has for errors.
app.use((error, _request, response, _next) =>
  response.status(error.status ?? 500).json({ error: error.message }),
);

const server = app.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
