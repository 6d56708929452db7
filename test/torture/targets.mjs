/** Misbehaving targets: each delivery must end in time and report the right failure. */
import { inFolder, openTarget, runToEnd } from './harness.mjs';

export const title = 'targets that hang, reset, answer slowly, send invalid lengths, redirect or flood';
export const sizes = { short: 1, long: 10 };

const LIMIT_MS = 1000;
const head = (length) => `HTTP/1.1 201 Created\r\ncontent-length: ${length}\r\n\r\n`;

/** What a target does with a socket when a request arrives, and the expected status or failure. */
const behaviors = {
  hangs: { act: () => {}, failure: 'timeout' },
  resets: { act: (socket) => socket.resetAndDestroy(), failure: 'reset' },
  closes: { act: (socket) => socket.end(), failure: 'reset' },
  'half a head': { act: (socket) => socket.end('HTTP/1.1 20'), failure: 'reset' },
  'half a body': { act: (socket) => socket.end(`${head(100)}x`), status: 201 },
  'resets during the response': {
    act: (socket) => socket.write(`${head(100)}x`, () => setTimeout(() => socket.resetAndDestroy(), 20)),
    status: 201,
  },
  'sends its head slowly': {
    act: (socket) => drip(socket, 'HTTP/1.1 201 Created\r\nx: yyyyyyyyyyyyyyyyyyyyyyyyyy\r\n'),
    failure: 'timeout',
  },
  'sends its body slowly': {
    act: (socket) => drip(socket, 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', head(1000)),
    status: 201,
  },
  'is not HTTP': { act: (socket) => socket.end('SSH-2.0-OpenSSH\r\n'), failure: 'not_http' },
  'sends an invalid length': {
    act: (socket) => socket.end('HTTP/1.1 201 Created\r\ncontent-length: -5\r\n\r\n'),
    failure: 'not_http',
  },
  redirects: {
    act: (socket) =>
      socket.end('HTTP/1.1 307 T\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n'),
    status: 307,
  },
  'floods its body': { act: (socket) => flood(socket, 'HTTP/1.1 201 Created\r\n\r\n'), status: 201 },
  'floods its head': { act: (socket) => flood(socket, 'HTTP/1.1 201 Created\r\n'), failure: 'not_http' },
};

export const torture = (rounds) =>
  inFolder(async (cwd) => {
    let [wrong, late, peak, runs] = [[], 0, 0, 0];
    // The start-up time of a process does not count toward the limit.
    const { milliseconds: start } = await runToEnd(['send', 'user.created', '--dry-run'], cwd);
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, { act, failure = null, status = null }] of Object.entries(behaviors)) {
        const { url, close } = await openTarget((socket) => socket.once('data', () => act(socket)));
        const ran = await runToEnd(
          ['send', 'user.created', '--json', '--timeout', `${LIMIT_MS}ms`, '--to', url],
          cwd,
        );
        await close();
        runs += 1;
        peak = Math.max(peak, ran.peak);
        late = Math.max(late, ran.milliseconds - start - LIMIT_MS);
        const fact = JSON.parse(ran.stdout.split('\n')[0] || '{}');
        const isRight = status === null ? fact.failure === failure : fact.status === status;
        if (!isRight || /\n {4}at /.test(ran.stderr)) wrong.push(`${name}: ${fact.status} ${fact.failure}`);
      }
    }
    return [
      { name: 'deliveries', value: runs },
      {
        name: `wrong results${wrong.length > 0 ? ` (${wrong.join(', ')})` : ''}`,
        value: wrong.length,
        goal: ['<=', 0],
      },
      { name: 'time beyond the limit, ms', value: Math.max(0, Math.round(late)), goal: ['<=', 500] },
      { name: 'memory, MB', value: Math.round(peak), goal: ['<=', 150] },
    ];
  });

/** Writes one byte every 100 ms, so that an idle timeout never triggers. */
function drip(socket, text, before = '') {
  socket.write(before);
  let at = 0;
  const timer = setInterval(() => socket.write(text[at++ % text.length]), 100);
  socket.on('close', () => clearInterval(timer));
}

function flood(socket, before) {
  const junk = before.endsWith('\r\n\r\n')
    ? Buffer.alloc(65_536, 'x')
    : Buffer.from(`x: ${'y'.repeat(1000)}\r\n`.repeat(60));
  socket.write(before);
  const write = () => {
    while (!socket.destroyed && socket.write(junk));
  };
  socket.on('drain', write);
  write();
}
