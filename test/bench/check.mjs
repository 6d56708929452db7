/**
 * The full battery of `check`, and 500 generated events, against a correct handler in a separate process, each compared
 * with the same messages over a bare undici pool of the same concurrency. All are whole processes.
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

/** The number of messages that `check` sends in parallel. */
const CONCURRENCY = 10;
export const title = 'Whole processes: all checks, and generated events, against a correct handler';

const runs = {
  check: [],
  'check --fuzz 500': ['--only', 'plain', '--only', 'fuzz', '--fuzz', '500', '--seed', '1'],
};

export async function measure({ rounds }) {
  const handler = await startTarget('../support/handlers/plain.mjs', {
    ...environment,
    LIBRARY: 'standardwebhooks',
  });
  const rows = [];
  for (const [name, flags] of Object.entries(runs)) {
    const file = join(folder(), `messages-${flags.length}.json`);
    const count = await record(file, flags);
    const works = [
      {
        name: `the same ${count} messages, undici Pool.request`,
        args: [join(here, 'recorded.mjs'), handler.url, file, CONCURRENCY],
      },
      { name, goal: ['<=', 1.5], args: [bin, 'check', handler.url, ...flags] },
    ];
    const samples = await interleave(works, rounds, ({ args }) => timeOf(args));
    rows.push(...compare('check', works, samples, 'ms'));
  }
  handler.stop();
  return rows;
}

/** Records the messages that `check` sends. */
async function record(file, flags) {
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
  await timeOf([bin, 'check', `http://127.0.0.1:${server.address().port}/webhook`, ...flags]);
  server.close();
  server.closeAllConnections();
  writeFileSync(file, JSON.stringify(messages));
  return messages.length;
}
