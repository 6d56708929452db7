/** Baseline for listeners: bare node:http that reads the whole body and answers. Prints its URL. */
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.stringify({ received: Buffer.concat(chunks).length > 0 });
    response
      .writeHead(201, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body);
  });
});
server.listen(0, '127.0.0.1', () => console.error(`ready on http://127.0.0.1:${server.address().port}`));
