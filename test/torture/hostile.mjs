/**
 * Valid events beside one connection that sends unsigned bodies of 10 MB: what they wait, compared with what they wait
 * beside unsigned bodies of a few bytes, and what the listener needs. Its heap is limited to 256 MB.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { eventOf, inFolder, post, startListener } from './harness.mjs';

export const title = 'valid events beside unsigned bodies of 10 MB';
/** Milliseconds per shape. */
export const sizes = { short: 1500, long: 10_000 };

const megabyte = 1024 * 1024;
const shapes = {
  'control characters': () => Buffer.alloc(10 * megabyte, 1),
  'deep arrays': () => Buffer.from('['.repeat(5 * megabyte) + ']'.repeat(5 * megabyte)),
  'many keys': () =>
    Buffer.from(`{${Array.from({ length: 600_000 }, (_, index) => `"k${index}":${index}`).join(',')}}`),
  'empty objects': () => Buffer.from(`[${'{},'.repeat(3 * megabyte)}{}]`),
};
const unsigned = {
  'webhook-id': 'msg_x',
  'webhook-signature': `v1,${Buffer.alloc(32, 1).toString('base64')}`,
};

export async function torture(milliseconds) {
  const beside = (body) => inFolder((cwd) => measure(cwd, body, milliseconds));
  const small = await beside(Buffer.from('{"type":"a","data":{}}'));
  const rows = [{ name: 'p99 beside bodies of 22 bytes, ms', value: round(small.p99) }];
  let [peak, refused, died] = [small.peak ?? 0, small.refused, small.died];
  for (const [name, make] of Object.entries(shapes)) {
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

async function measure(cwd, body, milliseconds) {
  const node = [process.execPath, '--max-old-space-size=256'];
  const listener = await startListener(cwd, [], node);
  const [good, bad] = [
    new Pool(listener.url, { connections: 20 }),
    new Pool(listener.url, { connections: 1 }),
  ];
  const until = performance.now() + milliseconds;
  const attack = async () => {
    while (performance.now() < until) {
      const headers = { ...unsigned, 'webhook-timestamp': String(Math.floor(Date.now() / 1000)) };
      const answer = await bad.request({ path: '/', method: 'POST', headers, body }).catch(() => undefined);
      await answer?.body.dump();
    }
  };
  const waits = [];
  let refused = 0;
  const send = async () => {
    const started = performance.now();
    if ((await post(good, eventOf(100)).catch(() => 0)) !== 201) refused += 1;
    waits.push(performance.now() - started);
  };
  const attacking = attack();
  const sent = [];
  while (performance.now() < until) {
    sent.push(send());
    await pause(20);
  }
  await Promise.all([...sent, attacking]);
  const peak = listener.peak();
  const died = listener.child.exitCode === null ? 0 : 1;
  await Promise.all([good.destroy(), bad.destroy()]);
  listener.child.kill('SIGKILL');
  await listener.ended;
  waits.sort((a, b) => a - b);
  return { p99: waits[Math.floor(waits.length * 0.99)], peak, refused, died };
}
