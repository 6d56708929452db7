/** A target for benchmarks that answers 201 to every request immediately. Prints its port. */
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(201, { 'content-length': 0 }).end());
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
