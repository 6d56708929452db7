// Plain Node.js with standardwebhooks.
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env.SCALEKIT_WEBHOOK_SECRET);

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    const event = webhook.verify(Buffer.concat(chunks), request.headers);
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ received: event.type }));
  } catch (error) {
    response.writeHead(400).end(error.message);
  }
});

server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
