/** Malformed requests over many connections: invalid heads, lengths, encodings and bodies. */
import { closed, inFolder, randomOf, signed, socketTo, startListener, stillWorks } from './harness.mjs';

export const title = 'malformed requests to the listener';
export const sizes = { short: 2000, long: 1_000_000 };

const AT_ONCE = 40;
const heads = [
  'POST / HTTP/1.1\r\n',
  'POST /x HTTP/1.0\r\n',
  'GET / HTTP/1.1\r\nhost: x\r\n',
  'PUT * HTTP/1.1\r\nhost:\r\n',
  'POST //evil/x HTTP/1.1\r\nhost: a b\r\n',
  'POST http://evil/x HTTP/1.1\r\nhost: [::1\r\n',
  'POST /%00#x HTTP/1.1\r\nhost: x\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'OPTIONS / HTTP/1.1\r\nhost: x\r\n',
  'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n',
  '\x16\x03\x01\x00\xc8\x01',
  '',
  '\r\n\r\n',
  `POST /${'x'.repeat(9000)} HTTP/1.1\r\nhost: x\r\n`,
];
const lines = [
  'host: x\r\n',
  'content-length: 9\r\n',
  'content-length: -1\r\n',
  'content-length: 99999999999999999999\r\n',
  'content-length: 0x10\r\n',
  'transfer-encoding: chunked\r\n',
  'transfer-encoding: gzip, chunked\r\n',
  'content-encoding: gzip\r\n',
  'connection: upgrade\r\nupgrade: websocket\r\n',
  'expect: 100-continue\r\n',
  'expect: much\r\n',
  'x\r\n',
  ': y\r\n',
  'webhook-id: a\r\n',
  'webhook-id: \xff\xfe\r\n',
  'webhook-timestamp: 1e9\r\n',
  'webhook-signature: v1,\r\n',
  `x: ${'y'.repeat(20_000)}\r\n`,
  ' folded\r\n',
  '\r\n',
  '\0',
  '5\r\nhello\r\n',
  'ffffffff\r\n',
  '0\r\n\r\n',
];

export const torture = (requests, seed) =>
  inFolder(async (cwd) => {
    const random = randomOf(seed);
    const pick = (list) => list[Math.floor(random() * list.length)];
    const listener = await startListener(cwd, ['--no-capture']);
    let [serverErrors, answers] = [0, 0];
    // The first fifth is a warm-up. Memory growth after it counts as a leak.
    let [before, sent] = [0, 0];
    while (sent < requests) {
      const count = Math.min(AT_ONCE, requests - sent);
      await Promise.all(
        Array.from({ length: count }, async () => {
          const answer = await junk(listener.url, makeJunk(random, pick));
          if (answer !== '') answers += 1;
          if (/^HTTP\/1\.1 5/m.test(answer)) serverErrors += 1;
        }),
      );
      sent += count;
      if (before === 0 && sent >= requests / 5) before = listener.now() ?? 0;
    }
    const works = await stillWorks(listener.url);
    const after = listener.now() ?? 0;
    listener.child.kill('SIGTERM');
    const code = await listener.ended;
    return [
      { name: 'requests', value: requests },
      { name: 'answered', value: answers, goal: ['>=', requests / 10] },
      { name: '5xx responses', value: serverErrors, goal: ['<=', 0] },
      { name: 'valid event not accepted afterwards', value: works ? 0 : 1, goal: ['<=', 0] },
      { name: 'exit code other than 143', value: code === 143 ? 0 : 1, goal: ['<=', 0] },
      { name: 'stack traces', value: (listener.stderr().match(/\n {4}at /g) ?? []).length, goal: ['<=', 0] },
      { name: 'memory growth, MB', value: Math.round(after - before), goal: ['<=', 50] },
    ];
  });

function makeJunk(random, pick) {
  const body = Buffer.from(
    Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * 256)),
  );
  // One in five is complete and correctly signed, so that only the body is invalid.
  if (random() < 0.2) {
    const head = Object.entries(signed('msg_junk', body)).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.concat([
      Buffer.from(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n${head.join('')}\r\n`),
      body,
    ]);
  }
  const text = pick(heads) + Array.from({ length: Math.floor(random() * 8) }, () => pick(lines)).join('');
  return Buffer.concat([Buffer.from(text, 'latin1'), body]);
}

async function junk(url, bytes) {
  const socket = socketTo(url);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.end(bytes);
  await closed(socket);
  return answer;
}
