/** Baseline of pull: fetches all pages, then signs and delivers oldest first over one connection. */
import { createHmac, createSecretKey } from 'node:crypto';
import { Pool } from 'undici';

const [api, to] = [new URL(process.argv[2]), new URL(process.argv[3])];
const [log, target] = [new Pool(api.origin, { connections: 1 }), new Pool(to.origin, { connections: 1 })];
const key = createSecretKey(Buffer.alloc(24, 7));
const headers = { 'content-type': 'application/json', authorization: 'Bearer t' };

const events = [];
for (let token = ''; ; ) {
  const path = `/api/v1/events/paginated?page_size=100${token && `&page_token=${token}`}`;
  const answer = await log.request({ path, method: 'POST', headers, body: '{}' });
  const page = await answer.body.json();
  events.push(...page.events);
  token = page.next_page_token;
  if (token === '') break;
}
for (const event of events.reverse()) {
  const [id, timestamp, body] = [`msg_${event.id}`, Math.floor(Date.now() / 1000), JSON.stringify(event)];
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  const signed = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
  const answer = await target.request({ path: to.pathname, method: 'POST', headers: signed, body });
  await answer.body.dump();
}
await Promise.all([log.close(), target.close()]);
