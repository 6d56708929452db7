/** A thousand sends to targets that close or reset connections which they had promised to keep. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { inFolder, randomOf, runToEnd } from './harness.mjs';

export const title = 'sends to targets that close or reset kept-alive connections';
export const sizes = { short: 1000, long: 20_000 };

const answer =
  'HTTP/1.1 201 Created\r\nconnection: keep-alive\r\nkeep-alive: timeout=60\r\ncontent-length: 2\r\n\r\n{}';

const ways = {
  'close after the answer': (socket) => socket.write(answer, () => setImmediate(() => socket.end())),
  'reset after the answer': (socket) =>
    socket.write(answer, () => setImmediate(() => socket.resetAndDestroy())),
  'reset at the next request': (socket) => {
    if (socket.served > 3) socket.resetAndDestroy();
    else socket.write(answer);
  },
  'close at the next request': (socket) => {
    if (socket.served > 3) socket.end();
    else socket.write(answer);
  },
  'close after a while': (socket, random) =>
    socket.write(answer, () => setTimeout(() => socket.end(), random() * 3)),
};

export const torture = (sends, seed) =>
  inFolder(async (cwd) => {
    const random = randomOf(seed);
    const rows = [];
    for (const [name, act] of Object.entries(ways)) {
      const { url, close } = await target((socket) => act(socket, random));
      const ran = await runToEnd(
        ['send', 'user.created', '--count', String(sends), '--concurrency', '4', '--json', '--to', url],
        cwd,
      );
      await close();
      const { total = 0, accepted = 0 } = JSON.parse(ran.stdout.trim().split('\n').at(-1));
      rows.push({ name: `${name}: failures of ${total}`, value: sends - accepted, goal: ['<=', 0] });
    }
    return rows;
  });

async function target(act) {
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const end = received.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
      if (end === -1 || received.length < end + 4 + length) return;
      received = '';
      socket.served = (socket.served ?? 0) + 1;
      act(socket);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/webhook`,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
