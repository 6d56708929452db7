/** Baseline: undici's Pool.request with the same number of connections; each message is signed and has new ids. */
import { createHmac, createSecretKey, randomUUID } from 'node:crypto';
import { Pool } from 'undici';

const [url, count, concurrency] = [
  new URL(process.argv[2]),
  Number(process.argv[3]),
  Number(process.argv[4]),
];
const key = createSecretKey(Buffer.alloc(24, 7));
const pool = new Pool(url.origin, { connections: concurrency });
const data = {
  email: 'ada.lovelace@example.com',
  organizationId: 'org_129714657852526873',
  userId: 'usr_106496706360376844',
};
let next = 0;

async function work() {
  while (next < count) {
    next += 1;
    const [id, timestamp] = [`msg_${randomUUID()}`, Math.floor(Date.now() / 1000)];
    const event = {
      data,
      display_name: 'User Created',
      environment_id: 'env_119146538111453418',
      id: `evt_${next}`,
      object: 'User',
    };
    const body = JSON.stringify({
      ...event,
      occurred_at: new Date().toISOString(),
      spec_version: '1',
      type: 'user.created',
    });
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': `v1,${signature}`,
    };
    const answer = await pool.request({ path: url.pathname, method: 'POST', headers, body });
    await answer.body.dump();
  }
}

await Promise.all(Array.from({ length: concurrency }, work));
await pool.close();
