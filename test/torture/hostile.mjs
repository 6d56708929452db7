/**
 * Valid events beside one connection that sends unsigned bodies of 10 MB, or one in chunks of one byte: what they wait,
 * compared with what they wait beside unsigned bodies of a few bytes, and what the listener needs. Its heap is limited to
 * 256 MB.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { eventOf, inFolder, post, startListener } from './harness.mjs';

export const title = 'valid events beside unsigned bodies of 10 MB, and chunks of one byte';
/** Milliseconds per shape. */
export const sizes = { short: 1500, long: 10_000 };

const megabyte = 1024 * 1024;
const bodies = {
  'control characters': () => Buffer.alloc(10 * megabyte, 1),
  'deep arrays': () => Buffer.from('['.repeat(5 * megabyte) + ']'.repeat(5 * megabyte)),
  'many keys': () =>
    Buffer.from(`{${Array.from({ length: 600_000 }, (_, index) => `"k${index}":${index}`).join(',')}}`),
  'empty objects': () => Buffer.from(`[${'{},'.repeat(3 * megabyte)}{}]`),
};
const headers = () => ({
  'webhook-id': 'msg_x',
  'webhook-signature': `v1,${Buffer.alloc(32, 1).toString('base64')}`,
  'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
});
const isOver = (until) => performance.now() >= until;

/** Sends a body again and again. */
function bodiesOf(body) {
  return async (url, until) => {
    const pool = new Pool(url, { connections: 1 });
    while (!isOver(until)) {
      const sent = pool.request({ path: '/', method: 'POST', headers: headers(), body });
      await (await sent.catch(() => undefined))?.body.dump();
    }
    await pool.destroy();
  };
}

/** Sends one body in chunks of one byte, as fast as they are read. */
async function chunksOfOneByte(url, until) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  const lines = Object.entries(headers()).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${lines.join('')}transfer-encoding: chunked\r\n\r\n`);
  const chunks = Buffer.from('1\r\n[\r\n'.repeat(10_000));
  setTimeout(() => socket.destroy(), until - performance.now());
  while (!socket.destroyed)
    if (!socket.write(chunks)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
}

export async function torture(milliseconds) {
  const beside = (attack) => inFolder((cwd) => measure(cwd, attack, milliseconds));
  const small = await beside(bodiesOf(Buffer.from('{"type":"a","data":{}}')));
  const rows = [{ name: 'p99 beside bodies of 22 bytes, ms', value: round(small.p99) }];
  let [peak, refused, died] = [small.peak ?? 0, small.refused, small.died];
  const shapes = Object.entries(bodies).map(([name, make]) => [name, () => bodiesOf(make())]);
  for (const [name, make] of [...shapes, ['chunks of one byte', () => chunksOfOneByte]]) {
    const found = await beside(make());
    peak = Math.max(peak, found.peak ?? 0);
    refused += found.refused;
    died += found.died;
    rows.push({
      name: `p99 of valid events beside ${name}, times that`,
      value: round(found.p99 / small.p99),
      goal: ['<=', 3],
    });
  }
  return [
    ...rows,
    { name: 'valid events refused', value: refused, goal: ['<=', 0] },
    { name: 'listeners that ended', value: died, goal: ['<=', 0] },
    { name: 'memory, MB', value: Math.round(peak), goal: ['<=', 250] },
  ];
}

const round = (value) => Math.round(value * 10) / 10;

async function measure(cwd, attack, milliseconds) {
  const node = [process.execPath, '--max-old-space-size=256'];
  const listener = await startListener(cwd, [], node);
  const good = new Pool(listener.url, { connections: 20 });
  const until = performance.now() + milliseconds;
  const waits = [];
  let refused = 0;
  const send = async () => {
    const started = performance.now();
    if ((await post(good, eventOf(100)).catch(() => 0)) !== 201) refused += 1;
    waits.push(performance.now() - started);
  };
  const attacking = attack(listener.url, until);
  const sent = [];
  while (!isOver(until)) {
    sent.push(send());
    await pause(20);
  }
  await Promise.all([...sent, attacking]);
  const peak = listener.peak();
  const died = listener.child.exitCode === null ? 0 : 1;
  await good.destroy();
  listener.child.kill('SIGKILL');
  await listener.ended;
  waits.sort((a, b) => a - b);
  return { p99: waits[Math.floor(waits.length * 0.99)], peak, refused, died };
}
