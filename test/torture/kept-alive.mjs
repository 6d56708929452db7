/** A thousand sends to targets that close or reset connections which they had promised to keep. */
import { inFolder, openTarget, randomOf, runToEnd } from './harness.mjs';

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
      const { url, close } = await openTarget((socket) => onRequests(socket, (each) => act(each, random)));
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

/** Acts once for each request that has come whole. */
function onRequests(socket, act) {
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
}
