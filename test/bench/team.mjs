/**
 * A store on a Redis server that syncs each write: storing with 64 in flight, compared with the same commands pipelined
 * by the bare client; how soon a follower gets a capture; and the newest 20 of many captures. Without a server: no rows.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createClient } from '@redis/client';
import { captureOf } from './captures.mjs';
import { bin, built, compare, folder, interleave, median, option, timeOf } from './table.mjs';

const [count, inFlight] = [option('kept-records', 20_000), 64];
export const title = `A Redis store (appendfsync always), captures of 1 KB: ${inFlight} in flight; newest 20 as whole processes`;

export async function measure({ rounds }) {
  if (spawnSync('redis-server', ['--version']).error) {
    console.log('skipped: redis-server is not installed; sudo apt-get install redis-server');
    return [];
  }
  const server = await startServer();
  const { openStore } = await built('src/captures/open.ts');
  const place = (name) => ({ name, path: name, server: { url: new URL(server.url), name, namespace: name } });
  try {
    return [
      ...(await compareKeep(await openStore(place('keep')), server.url, rounds)),
      ...(await compareFollow(await openStore(place('follow')), rounds)),
      ...(await compareNewest(openStore, place, server.url, rounds)),
    ];
  } finally {
    server.stop();
  }
}

async function startServer() {
  const port = await freePort();
  const settings = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--dir', folder()];
  const child = spawn('redis-server', ['--bind', '127.0.0.1', '--port', String(port), ...settings]);
  for await (const text of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false }))
    if (text.includes('Ready to accept')) break;
  return { url: `redis://127.0.0.1:${port}`, stop: () => child.kill() };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

const record = (index) => {
  const { v: _v, record: _record, capture: id, body, time, ...head } = captureOf(index);
  const named = {
    eventType: head.event_type,
    eventId: head.event_id,
    webhookId: head.webhook_id,
    organizationId: null,
  };
  const rest = { verified: true, reason: null, reasonHeaders: [], age: 0, status: 201, forwardTo: null };
  const whole = { truncated: false, bodyBytes: null, bodySha256: null, method: 'POST', path: '/webhook' };
  const capture = {
    id,
    time: Date.parse(time),
    source: 'listen',
    ...named,
    ...rest,
    ...whole,
    headers: head.headers,
  };
  return { kind: 'capture', capture: { ...capture, body: Buffer.from(body) } };
};

async function compareKeep(store, url, rounds) {
  const { writer } = await store.openWriter({ sync: false, now: Date.now });
  const client = await createClient({ url, RESP: 2 }).connect();
  const lines = Array.from({ length: 1000 }, (_, index) => Buffer.from(JSON.stringify(captureOf(index))));
  const bare = async (index) => {
    const { capture, event_id, webhook_id } = captureOf(index);
    const ids = [capture, '1-1', event_id, '1-1', webhook_id, '1-1'];
    const add = [
      'XADD',
      'bare:captures',
      'MINID',
      '~',
      String(Date.now() - 6e8),
      '*',
      'r',
      lines[index % 1000],
    ];
    await Promise.all([client.sendCommand(add), client.sendCommand(['HSET', 'bare:ids', ...ids])]);
  };
  const rateOf = async ({ keep }) => {
    let next = 0;
    const lane = async () => {
      for (let index = next++; index < count; index = next++) await keep(index);
    };
    const started = performance.now();
    await Promise.all(Array.from({ length: inFlight }, lane));
    return count / ((performance.now() - started) / 1000);
  };
  const works = [
    { name: 'the same commands, bare client', keep: bare },
    { name: 'keep', goal: ['>=', 0.6], keep: (index) => writer.keep(record(index)) },
  ];
  const rows = compare('team', works, await interleave(works, rounds, rateOf), 'per_second');
  await writer.close();
  client.destroy();
  return rows;
}

/** The time from the call of `keep` to the follower's batch, compared with the time until `keep` resolves. */
async function compareFollow(store, rounds) {
  const { writer } = await store.openWriter({ sync: false, now: Date.now });
  const stop = new AbortController();
  const seen = new Map();
  const following = (async () => {
    for await (const { entries } of store.follow(undefined, stop.signal))
      for (const entry of entries) if (entry.kind === 'capture') seen.get(entry.head.id)?.(performance.now());
  })();
  const works = [{ name: 'keep, one at a time' }, { name: 'follow', limits: { p95_ms: ['<=', 50] } }];
  let number = 5_000_000;
  const samples = await interleave(works, rounds, async ({ limits }) => {
    const times = [];
    for (let index = 0; index < 300; index += 1) {
      const kept = record(number++);
      const started = performance.now();
      const arrived = new Promise((resolve) => seen.set(kept.capture.id, resolve));
      await writer.keep(kept);
      times.push((limits ? await arrived : performance.now()) - started);
    }
    times.sort((a, b) => a - b);
    return { value: median(times), p95_ms: times[Math.floor(times.length * 0.95)] };
  });
  stop.abort();
  await following;
  await writer.close();
  return compare('team', works, samples, 'ms');
}

async function compareNewest(openStore, place, url, rounds) {
  const [few, many] = [1000, option('stored', 100_000)];
  for (const total of [few, many]) {
    const { writer } = await (await openStore(place(`of-${total}`))).openWriter({
      sync: false,
      now: Date.now,
    });
    for (let from = 0; from < total; from += 1000)
      await Promise.all(Array.from({ length: 1000 }, (_, index) => writer.keep(record(from + index))));
    await writer.close();
  }
  const works = [few, many].map((total) => ({
    name: `captures, newest 20 of ${total}`,
    goal: total === many ? ['<=', 1.5] : undefined,
    args: [bin, 'captures', '--captures', `${url}/0?namespace=of-${total}`],
  }));
  return compare('team', works, await interleave(works, rounds, ({ args }) => timeOf(args)), 'ms');
}
