// An app with a database, on PORT, whose state is at /state. MODE names what it does right, or wrong. The state is in the
// SQLite file DATABASE, except where the mode says that it is in memory.
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { Scalekit } from '@scalekit-sdk/node';
import express from 'express';

const { PORT, MODE = 'right', DATABASE, SCALEKIT_WEBHOOK_SECRET: secret } = process.env;
const scalekit = new Scalekit('https://example.scalekit.dev', 'client_id', 'client_secret');
const require = createRequire(import.meta.url);

/** Both have prepare, run, get, all and exec. */
async function open(path) {
  const { DatabaseSync } = await import('node:sqlite').catch(() => ({}));
  return DatabaseSync ? new DatabaseSync(path) : new (require('better-sqlite3'))(path);
}

const db = await open(MODE === 'right-map' ? ':memory:' : DATABASE);
db.exec(`
  create table if not exists seen (id text primary key);
  create table if not exists users (id text, name text);
  create table if not exists people (id text primary key, name text);
  create table if not exists log (webhook text primary key, type text);
  create table if not exists jobs (id integer primary key, webhook text unique, body text);
  create table if not exists mails (address text);
  create table if not exists counter (n integer);
`);
if (!db.prepare('select n from counter').get()) db.exec('insert into counter values (0)');

const run = (sql, ...values) => db.prepare(sql).run(...values);
const get = (sql, ...values) => db.prepare(sql).get(...values);

function transaction(work) {
  db.exec('begin immediate');
  try {
    work();
    db.exec('commit');
  } catch (error) {
    db.exec('rollback');
    throw error;
  }
}

const kindOf = (type) => type.slice(type.lastIndexOf('_') + 1);
const nameOf = ({ data }) => data.name ?? data.display_name ?? '';

/** Creates, updates and deletes users, whatever the order. */
function upsert(event) {
  const { id } = event.data;
  if (kindOf(event.type) === 'deleted') run('delete from people where id = ?', id);
  else
    run(
      'insert into people values (?, ?) on conflict (id) do update set name = excluded.name',
      id,
      nameOf(event),
    );
}

/** Whether the message is new; remembers it in the transaction that calls this. */
const isNew = (id) => run('insert or ignore into seen values (?)', id).changes > 0;

const memory = new Set();
let received = 0;
let worker = true;

/** Each gets the event, its webhook-id and the headers, and acts. */
const modes = {
  right: (event, id) => transaction(() => isNew(id) && upsert(event)),
  'right-map': (event, id) => transaction(() => isNew(id) && upsert(event)),
  'right-log': (event, id) => run('insert or ignore into log values (?, ?)', id, event.type),
  'right-count': (_event, id) => transaction(() => isNew(id) && run('update counter set n = n + 1')),
  'right-slow': async (event, id) => {
    await pause(120);
    transaction(() => isNew(id) && upsert(event));
  },
  'right-queue': (event, id) =>
    run('insert or ignore into jobs (webhook, body) values (?, ?)', id, JSON.stringify(event)),
  'double-insert': (event) => run('insert into users values (?, ?)', event.data.id, nameOf(event)),
  race: async (event, id) => {
    if (get('select 1 from seen where id = ?', id)) return;
    await pause(20);
    run('insert or ignore into seen values (?)', id);
    run('insert into users values (?, ?)', event.data.id, nameOf(event));
  },
  'no-upsert': (event, id) =>
    transaction(() => {
      if (!isNew(id)) return;
      const { id: user } = event.data;
      if (kindOf(event.type) === 'updated')
        run('update people set name = ? where id = ?', nameOf(event), user);
      else upsert(event);
    }),
  'second-record': (event, id) =>
    transaction(() => {
      if (!isNew(id)) return;
      if (kindOf(event.type) === 'deleted') run('delete from users where id = ?', event.data.id);
      else run('insert into users values (?, ?)', event.data.id, nameOf(event));
    }),
  counter: async (_event, id) => {
    if (!isNew(id)) return;
    const { n } = get('select n from counter');
    await pause(10);
    run('update counter set n = ?', n + 1);
  },
  mail: (event, id) => {
    run('insert into mails values (?)', String(event.data.email));
    transaction(() => isNew(id) && upsert(event));
  },
  'acts-late': (event, id) => {
    setTimeout(() => transaction(() => isNew(id) && upsert(event)), 200);
  },
  'memory-of-ids': (event, id) => {
    if (memory.has(id)) return;
    memory.add(id);
    run('insert into users values (?, ?)', event.data.id, nameOf(event));
  },
  'by-signature': (event, _id, headers) =>
    transaction(
      () =>
        isNew(headers['webhook-signature']) &&
        run('insert into users values (?, ?)', event.data.id, nameOf(event)),
    ),
  'remembers-first': (event, id) => {
    if (!isNew(id)) return;
    received += 1;
    if (received % 4 === 0) throw new Error('the database is away');
    upsert(event);
  },
  'strict-deletion': (event, id) =>
    transaction(() => {
      if (!isNew(id)) return;
      if (kindOf(event.type) === 'deleted' && !get('select 1 from people where id = ?', event.data.id))
        throw new Error('unknown user');
      upsert(event);
    }),
  'worker-dies': (event, id) => {
    received += 1;
    if (received > 30) worker = false;
    if (worker) transaction(() => isNew(id) && upsert(event));
  },
};

/** What some modes do before they verify. */
const before = {
  'acts-first': (event) => run('insert into users values (?, ?)', String(event.data?.id), nameOf(event)),
  'acts-on-stale': (event, headers) => {
    const age = Date.now() / 1000 - Number(headers['webhook-timestamp']);
    if (age > 300) run('insert into users values (?, ?)', String(event.data?.id), 'stale');
  },
  'remembers-forged': (_event, headers) => {
    if (!headers['webhook-id']) return;
    if (!isNew(String(headers['webhook-id']))) return 'known';
  },
};
modes['acts-first'] = () => {};
modes['acts-on-stale'] = modes.right;
modes['remembers-forged'] = (event) => upsert(event);

if (MODE === 'right-queue') {
  setInterval(() => {
    for (const { id, body } of db.prepare('select id, body from jobs where body is not null').all())
      transaction(() => {
        upsert(JSON.parse(body));
        run('update jobs set body = null where id = ?', id);
      });
  }, 100);
}

const app = express();
app.post('/webhook', express.raw({ type: () => true, limit: '10mb' }), async (request, response) => {
  const body = Buffer.isBuffer(request.body) ? request.body.toString() : '';
  const { headers } = request;
  try {
    if (before[MODE]?.(JSON.parse(body), headers) === 'known') return response.sendStatus(200);
  } catch {
    // Not an event: rejected below.
  }
  try {
    scalekit.verifyWebhookPayload(secret, headers, body);
  } catch {
    return response.sendStatus(401);
  }
  let event;
  try {
    event = JSON.parse(body);
  } catch {
    return response.sendStatus(400);
  }
  if (!/^organization\.directory\.user_/.test(event.type)) return response.sendStatus(200);
  try {
    await modes[MODE](event, headers['webhook-id'], headers);
    response.sendStatus(200);
  } catch (error) {
    response.status(500).send(String(error));
  }
});

const readings = {
  'right-log': () => String(get('select count(*) as n from log').n),
  'right-count': () => String(get('select n from counter').n),
  counter: () => String(get('select n from counter').n),
  mail: () => String(get('select count(*) as n from mails').n),
  clock: () => `${Date.now()}`,
  heartbeat: () => `${Math.floor(Date.now() / 190)} ${rows()}`,
  'right-page': () => JSON.stringify(db.prepare('select * from people order by rowid limit 12').all()),
};
const rows = () =>
  JSON.stringify([...db.prepare('select * from users').all(), ...db.prepare('select * from people').all()]);
app.get('/state', (_request, response) => response.send((readings[MODE] ?? rows)()));
modes.clock = modes.right;
modes.heartbeat = modes.right;
modes['right-page'] = modes.right;

app.listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
