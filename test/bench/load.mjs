/** A worker that sends signed messages over a raw undici pool and posts back the duration in ms. */
import { createHmac } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { Pool } from 'undici';

const { url, secret, count, connections } = workerData;
const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
const event = {
  type: 'user.created',
  id: 'evt_108936425146852450',
  data: { email: 'ada.lovelace@example.com', note: 'x'.repeat(800) },
};
const timestamp = String(Math.floor(Date.now() / 1000));
const messages = Array.from({ length: 2000 }, (_, index) => {
  const body = JSON.stringify({ ...event, n: index });
  const id = `msg_${index}`;
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
  return { body, headers };
});

const pool = new Pool(url, { connections });
let next = 0;
async function work(limit) {
  while (next < limit) {
    const { body, headers } = messages[next % messages.length];
    next += 1;
    const answer = await pool.request({ path: '/webhook', method: 'POST', headers, body });
    if (answer.statusCode !== 201) throw new Error(`answered ${answer.statusCode}`);
    await answer.body.dump();
  }
}
async function run(limit) {
  next = 0;
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, () => work(limit)));
  return performance.now() - started;
}
await run(Math.min(count, 2000)); // Warms up both sides.
const milliseconds = await run(count);
await pool.close();
parentPort.postMessage(milliseconds);
