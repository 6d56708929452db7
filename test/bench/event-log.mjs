/** Scalekit's event log with a number of events, 100 per page, newest first: `node event-log.mjs <count>`. */
import { createServer } from 'node:http';

const count = Number(process.argv[2]);

const eventOf = (number) => ({
  data: { email: 'ada.lovelace@example.com', note: 'x'.repeat(500), number },
  display_name: 'User Created',
  environment_id: 'env_119146538111453418',
  id: `evt_${number}`,
  object: 'User',
  occurred_at: new Date(Date.UTC(2026, 5, 1) + number).toISOString(),
  spec_version: '1',
  type: 'user.created',
});

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const { pathname, searchParams } = new URL(request.url, 'http://log');
    response.setHeader('content-type', 'application/json');
    if (pathname === '/oauth/token') return response.end('{"access_token":"t","expires_in":86399}');
    const from = Number(searchParams.get('page_token') ?? 0);
    const events = Array.from({ length: Math.min(100, count - from) }, (_, index) =>
      eventOf(count - from - index),
    );
    const next = from + 100 < count ? String(from + 100) : '';
    return response.end(JSON.stringify({ events, next_page_token: next, prev_page_token: '' }));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
