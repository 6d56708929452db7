/** Sends to targets that close or reset connections although they announced keep-alive. */
import { inFolder, openTarget, randomOf, runToEnd } from './harness.mjs';

export const title = 'sends to targets that close or reset keep-alive connections';
export const sizes = { short: 1000, long: 20_000 };

const response =
  'HTTP/1.1 201 Created\r\nconnection: keep-alive\r\nkeep-alive: timeout=60\r\ncontent-length: 2\r\n\r\n{}';

const behaviors = {
  'close after the response': (socket) => socket.write(response, () => setImmediate(() => socket.end())),
  'reset after the response': (socket) =>
    socket.write(response, () => setImmediate(() => socket.resetAndDestroy())),
  'reset at the next request': (socket) => {
    if (socket.served > 3) socket.resetAndDestroy();
    else socket.write(response);
  },
  'close at the next request': (socket) => {
    if (socket.served > 3) socket.end();
    else socket.write(response);
  },
  'close after a short delay': (socket, random) =>
    socket.write(response, () => setTimeout(() => socket.end(), random() * 3)),
};

export const torture = (sends, seed) =>
  inFolder(async (cwd) => {
    const random = randomOf(seed);
    const rows = [];
    for (const [name, act] of Object.entries(behaviors)) {
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

/** Calls `act` once per complete request. */
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
