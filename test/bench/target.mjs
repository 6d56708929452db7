/** Takes any request, answers 201 at once, and says its port: what both sides of a benchmark send to. */
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(201, { 'content-length': 0 }).end());
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
