// All handlers of mistakes.mjs, each at a path of its own: /webhook/<name>.
import { serve } from '@hono/node-server';
import { handlers } from './mistakes.mjs';

const fetch = (request) => {
  const name = decodeURIComponent(new URL(request.url).pathname.slice('/webhook/'.length));
  return handlers[name](request);
};
serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(`listening on ${port}`));
