/**
 * The whole battery of `check` against a right handler, and the same messages over a bare undici pool, as many at a time:
 * whole processes, against one handler in a process of its own.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import {
  bin,
  compare,
  environment,
  folder,
  here,
  interleave,
  secret,
  startTarget,
  timeOf,
} from './table.mjs';

/** As many as `check` has on their way at a time. */
const CONCURRENCY = 10;
export const title = 'The whole of check against a right handler: times of whole processes';

export async function measure({ rounds }) {
  const file = join(folder(), 'messages.json');
  const count = await record(file);
  const handler = await startTarget('../support/handlers/plain.mjs', {
    ...environment,
    LIBRARY: 'standardwebhooks',
  });
  const works = [
    {
      name: `its ${count} messages, undici Pool.request`,
      args: [join(here, 'recorded.mjs'), handler.url, file, CONCURRENCY],
    },
    { name: 'check', goal: ['<=', 1.5], args: [bin, 'check', handler.url] },
  ];
  const samples = await interleave(works, rounds, ({ args }) => timeOf(args));
  handler.stop();
  return compare('check', works, samples, 'ms');
}

/** What `check` sends, as a handler sees it. */
async function record(file) {
  const messages = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    messages.push({ method: request.method, headers, body: body.toString('base64') });
    if (request.method !== 'POST') return response.writeHead(405).end();
    try {
      JSON.stringify(new Webhook(secret).verify(body, request.headers).type);
      response.writeHead(201).end();
    } catch {
      response.writeHead(401).end();
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  await timeOf([bin, 'check', `http://127.0.0.1:${server.address().port}/webhook`]);
  server.close();
  server.closeAllConnections();
  writeFileSync(file, JSON.stringify(messages));
  return messages.length;
}
