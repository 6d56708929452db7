// One of the handlers of mistakes.mjs, by its name in MISTAKE.
import { serve } from '@hono/node-server';
import { handlers } from './mistakes.mjs';

const fetch = handlers[process.env.MISTAKE];
serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(`listening on ${port}`));
