// Plain Node.js.
import { createServer } from 'node:http';
import { verify } from './verifiers.mjs';

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  if (request.method !== 'POST') return response.writeHead(405).end();
  try {
    const { type } = verify(Buffer.concat(chunks).toString(), request.headers);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ received: type }));
  } catch (error) {
    response.writeHead(400).end(error.message);
  }
});

server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
