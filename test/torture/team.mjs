/**
 * A Redis store under a listener under load, whose server is killed (SIGKILL), stands still (SIGSTOP) for longer than
 * the listener waits, or loses its connections, in turn. Counts what was acknowledged and is not stored.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { inFolder, load, lostOf, openTarget, randomOf, startListener, stillWorks } from './harness.mjs';

export const title =
  'a Redis store that is killed, stands still or is cut off under load, appendfsync always';
export const sizes = { short: 3, long: 60 };

export const torture = (rounds, seed) =>
  inFolder(async (cwd) => {
    if (spawnSync('redis-server', ['--version']).error)
      return [
        { name: 'skipped: redis-server is not installed; sudo apt-get install redis-server', value: 0 },
      ];
    const random = randomOf(seed);
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    let server = await startServer(port, cwd);
    const listener = await startListener(cwd, ['--captures', url]);
    const acknowledged = new Set();
    let isDone = false;
    const options = { connections: 16, sizeOf: () => Math.floor(random() * 20_000), isDone: () => isDone };
    const loading = load(listener.url, { ...options, onAcknowledged: (id) => acknowledged.add(id) });
    let recovered = 0;
    for (let round = 0; round < rounds; round += 1) {
      await wait(200 + random() * 300);
      if (round % 3 === 0) {
        await kill(server);
        server = await startServer(port, cwd);
      } else if (round % 3 === 1) {
        server.kill('SIGSTOP');
        await wait(6000);
        server.kill('SIGCONT');
      } else cli(port, 'CLIENT', 'KILL', 'TYPE', 'normal');
      if (await worksWithin(listener.url, 10_000)) recovered += 1;
    }
    isDone = true;
    await loading;
    listener.child.kill('SIGTERM');
    const exitCode = await listener.ended;
    const stored = idsIn(port);
    await kill(server);
    return [
      { name: 'faults', value: rounds },
      { name: 'acknowledged', value: acknowledged.size, goal: ['>=', rounds * 50] },
      { name: 'acknowledged and lost', value: lostOf(acknowledged, stored), goal: ['<=', 0] },
      { name: 'recovered within 10 s', value: recovered, goal: ['>=', rounds] },
      { name: 'exit code of the listener at SIGTERM', value: exitCode, goal: ['<=', 143] },
    ];
  });

async function startServer(port, dir) {
  const settings = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--dir', dir];
  const child = spawn('redis-server', ['--bind', '127.0.0.1', '--port', String(port), ...settings]);
  let printed = '';
  for await (const text of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    printed += text;
    if (printed.includes('Ready to accept')) return child;
  }
  throw new Error(`redis-server ended:\n${printed}`);
}

/** Waits for its end: until then, its port is in use. */
async function kill(child) {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function freePort() {
  const { url, close } = await openTarget(() => {});
  await close();
  return Number(new URL(url).port);
}

function cli(port, ...command) {
  return spawnSync('redis-cli', ['-p', String(port), ...command], { encoding: 'utf8', maxBuffer: 2 ** 31 })
    .stdout;
}

async function worksWithin(url, ms) {
  for (const end = performance.now() + ms; performance.now() < end; await wait(100))
    if (await stillWorks(url)) return true;
  return false;
}

/** The webhook-ids of all captures. */
function idsIn(port) {
  const printed = cli(port, 'XRANGE', 'scalekit-hooks:captures', '-', '+');
  return new Set([...printed.matchAll(/^\{.*"webhook_id":"([^"]+)"/gm)].map(([, id]) => id));
}
