/** An interceptor with Scalekit's SDK, as its documents have it: a forged request is answered DENY. Answers what ANSWER says. */
import { Scalekit } from '@scalekit-sdk/node';
import express from 'express';

const scalekit = new Scalekit('https://example.scalekit.dev', 'client_id', 'client_secret');
const app = express();

app.post('/interceptor', express.raw({ type: 'application/json' }), (request, response) => {
  try {
    scalekit.verifyInterceptorPayload(
      process.env.SCALEKIT_INTERCEPTOR_SECRET,
      request.headers,
      request.body.toString(),
    );
  } catch {
    return response.json({ decision: 'DENY', error: { message: 'Unauthorized request' } });
  }
  const { trigger_point: trigger } = JSON.parse(request.body);
  if (process.env.ANSWER) return response.type('json').send(process.env.ANSWER);
  if (trigger !== 'PRE_SESSION_CREATION') return response.json({ decision: 'ALLOW' });
  response.json({ decision: 'ALLOW', response: { claims: { tier: 'gold' } } });
});

const server = app.listen(process.env.PORT ?? 0, '127.0.0.1', () =>
  console.log(`listening on ${server.address().port}`),
);
