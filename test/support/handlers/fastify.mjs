// Fastify, whose own parser would give away the bytes.
import fastify from 'fastify';
import { verify } from './verifiers.mjs';

const app = fastify({ bodyLimit: 1024 * 1024 });

app.removeContentTypeParser('application/json');
app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
  done(null, body),
);

app.post('/webhook', async (request, reply) => {
  try {
    const event = verify(request.body, request.headers);
    return reply.code(200).send({ received: event.type });
  } catch {
    return reply.code(400).send({ error: 'Invalid signature' });
  }
});

await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`listening on ${app.server.address().port}`);
