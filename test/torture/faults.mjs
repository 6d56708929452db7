/**
 * Makes each file system call of each command fail in turn, with each of several errors: the n-th call, for all n. No
 * command may report a bug, nothing acknowledged may be lost, and the next start must work.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Pool } from 'undici';
import {
  bin,
  env,
  eventOf,
  inFolder,
  lostOf,
  post,
  randomOf,
  readJournals,
  startListener,
} from './harness.mjs';

export const title = 'a fault at every file system call';
/** Faults per command. */
export const sizes = { short: 6, long: 10_000 };

const preload = join(import.meta.dirname, 'faults-preload.cjs');
const codes = ['EIO', 'EMFILE', 'ENOSPC', 'EINTR'];

/** Each works on a copy of a folder with captures. */
const commands = [
  ['captures'],
  ['captures', 'show', 'last'],
  ['captures', 'save', 'last', 'event.json'],
  ['captures', 'clear', '--before', '2020-01-01', '--yes'],
  ['captures', 'clear', '--yes'],
  ['replay', '--all', '--to', 'TARGET'],
  ['replay', '--failed', '--to', 'TARGET'],
  ['replay', 'last', '--dry-run'],
  ['captures', 'export', 'flow.json'],
  ['captures', '--follow', '--since', '1d', '--limit', '3', '--name', 'desk'],
  ['replay', '--follow', '--since', '1d', '--limit', '3', '--to', 'TARGET'],
  ['verify', 'last'],
  ['verify', 'message.json'],
  ['send', 'user.created', '--to', 'TARGET'],
  ['send', './event.json', '--dry-run'],
  ['events', 'user.created'],
  ['events'],
  ['check', '--list'],
];

export const torture = (size, seed) =>
  inFolder(async (root) => {
    const random = randomOf(seed);
    const target = await openHandler();
    const sample = join(root, 'sample');
    await fill(sample, root);
    const totals = { faults: 0, bugs: [], hangs: 0, lost: 0, broken: 0 };
    for (const command of commands) {
      const args = command.map((word) => (word === 'TARGET' ? target.url : word));
      const { calls } = await inCopy(sample, root, (cwd) => run(args, cwd, '0:EIO'));
      const all = Array.from({ length: calls }, (_, index) => index + 1).flatMap((n) =>
        codes.map((code) => `${n}:${code}`),
      );
      for (const fault of pick(all, size, random)) {
        totals.faults += 1;
        await inCopy(sample, root, async (cwd) => {
          const { exitCode, stderr } = await run(args, cwd, fault);
          if (exitCode === 4 || /\bat .*:\d+:\d+/.test(stderr))
            totals.bugs.push(`${args.join(' ')} ${fault}`);
          if (exitCode === 'SIGKILL') totals.hangs += 1;
          if (command[1] === 'clear' && command.includes('2020-01-01'))
            totals.lost += lostOf(await idsIn(sample), await idsIn(cwd));
          if ((await run(['captures'], cwd, '0:EIO')).exitCode !== 0) totals.broken += 1;
        });
      }
    }
    await target.close();
    const listened = await listenWithFaults(root, size, random);
    return [
      { name: 'faults', value: totals.faults + listened.faults, goal: ['>=', commands.length] },
      { name: 'reported as a bug', value: totals.bugs.length + listened.bugs, goal: ['<=', 0] },
      ...totals.bugs.slice(0, 5).map((name) => ({ name: `  ${name}`, value: 1 })),
      { name: 'did not end', value: totals.hangs, goal: ['<=', 0] },
      { name: 'captures lost by a clear that spares them', value: totals.lost, goal: ['<=', 0] },
      { name: 'folders that the next command cannot use', value: totals.broken, goal: ['<=', 0] },
      { name: 'acknowledged by a listener', value: listened.acknowledged, goal: ['>=', 1] },
      { name: 'acknowledged and lost', value: listened.lost, goal: ['<=', 0] },
    ];
  });

/** A random selection; all of them if `size` allows. */
function pick(all, size, random) {
  const left = [...all];
  const picked = [];
  while (picked.length < size && left.length > 0)
    picked.push(...left.splice(Math.floor(random() * left.length), 1));
  return picked;
}

async function inCopy(sample, root, work) {
  const cwd = mkdtempSync(join(root, 'copy-'));
  cpSync(sample, cwd, { recursive: true });
  try {
    return await work(cwd);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

const idsIn = async (cwd) => (await readJournals(cwd)).kept;

/** A folder with three captures, an event file and a message. */
async function fill(cwd, root) {
  cpSync(mkdtempSync(join(root, 'empty-')), cwd, { recursive: true });
  const listener = await startListener(cwd);
  const pool = new Pool(listener.url);
  for (let index = 0; index < 3; index += 1) await post(pool, eventOf(200));
  await pool.destroy();
  listener.child.kill('SIGTERM');
  await listener.ended;
  writeFileSync(join(cwd, 'event.json'), '{"type":"user.created","data":{}}');
  writeFileSync(
    join(cwd, 'message.json'),
    JSON.stringify({
      headers: { 'webhook-id': 'msg_1', 'webhook-timestamp': '1', 'webhook-signature': 'v1,x' },
      body: '{}',
    }),
  );
}

/** Runs a command with a fault, for at most 20 s. */
async function run(args, cwd, fault) {
  const log = join(cwd, '..', `log-${Math.random()}`);
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: {
      ...env,
      XDG_STATE_HOME: join(cwd, 'state'),
      NODE_OPTIONS: `--require ${preload}`,
      FAULT: fault,
      FAULT_LOG: log,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  const calls = signal ? 0 : Number(readFileSync(log, 'utf8').split(' ')[0]);
  rmSync(log, { force: true });
  return { exitCode: code ?? signal, stderr, calls };
}

/** A listener with one fault: what it acknowledges is stored, or it does not start, which is no bug either. */
async function listenWithFaults(root, size, random) {
  const result = { faults: 0, bugs: 0, acknowledged: 0, lost: 0 };
  for (let index = 0; index < size; index += 1) {
    const cwd = mkdtempSync(join(root, 'listen-'));
    const fault = `${1 + Math.floor(random() * 60)}:${codes[index % codes.length]}`;
    const variables = [
      `NODE_OPTIONS=--require ${preload}`,
      `FAULT=${fault}`,
      `FAULT_LOG=${join(cwd, 'log')}`,
    ];
    const listener = await startListener(cwd, ['--sync'], ['env', ...variables, process.execPath]);
    const acknowledged = new Set();
    if (listener.url) {
      const pool = new Pool(listener.url, { connections: 2 });
      for (let count = 0; count < 20; count += 1) {
        const event = eventOf(300);
        if ((await post(pool, event).catch(() => 0)) === 201) acknowledged.add(event.id);
      }
      await pool.destroy();
      listener.child.kill('SIGTERM');
    }
    const code = await listener.ended;
    result.faults += 1;
    if (code === 4 || /\bat .*:\d+:\d+/.test(listener.stderr())) result.bugs += 1;
    result.acknowledged += acknowledged.size;
    if (acknowledged.size > 0) result.lost += lostOf(acknowledged, await idsIn(cwd));
    rmSync(cwd, { recursive: true, force: true });
    if (index >= 240) break;
  }
  return result;
}

/** A handler that accepts everything. */
async function openHandler() {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(201).end());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/webhook`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
