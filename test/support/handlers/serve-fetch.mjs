// What Next.js does around a route handler: the path, and 405 for a method that it does not export.
import { serve } from '@hono/node-server';

/** Serves the functions of a route, by method, at /webhook on a free port. */
export function serveFetch(methods) {
  const fetch = (request) => {
    if (new URL(request.url).pathname !== '/webhook') return new Response('Not Found', { status: 404 });
    const handle = methods[request.method];
    return handle ? handle(request) : new Response(null, { status: 405 });
  };
  serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(`listening on ${port}`));
}
