/** Commands as whole processes, compared with `node -e 0`; for all 52 events, with an undici pool that signs them. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { bin, compare, here, interleave, timeOf } from './table.mjs';

export const title =
  'Whole processes, compared with node -e 0 (52 messages: compared with undici Pool.request in a new process)';

export async function measure({ rounds }) {
  const server = createServer((request, response) =>
    request.resume().on('end', () => response.writeHead(201).end()),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${server.address().port}/webhook`;
  const pool = (concurrency) => ({
    name: `undici Pool.request, 52 signed, ${concurrency} in parallel`,
    args: [join(here, 'pool.mjs'), url, 52, concurrency],
  });
  const works = [
    { name: 'node -e 0', args: ['-e', '0'] },
    { name: '--version', goal: ['<=', 1.2], args: [bin, '--version'] },
    { name: '--help', goal: ['<=', 1.4], args: [bin, '--help'] },
    { name: 'events', goal: ['<=', 1.4], args: [bin, 'events'] },
    { name: 'secret', goal: ['<=', 1.4], args: [bin, 'secret'] },
    { name: 'completion bash', goal: ['<=', 1.4], args: [bin, 'completion', 'bash'] },
    { name: 'send user.created', goal: ['<=', 3.8], args: [bin, 'send', 'user.created', '--to', url] },
    pool(1),
    {
      name: 'send --all',
      against: pool(1).name,
      goal: ['<=', 1.5],
      args: [bin, 'send', '--all', '--to', url],
    },
    { name: 'demo', against: pool(1).name, goal: ['<=', 1.5], args: [bin, 'demo'] },
  ];
  const samples = await interleave(works, rounds, ({ args }) => timeOf(args));
  server.close();
  server.closeAllConnections();
  return compare('start-up', works, samples, 'ms');
}
