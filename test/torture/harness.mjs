/** Shared by all torture tests: real listeners, signed messages, an independent journal reader, seeded randomness. */
import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';

export const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
export const bin = join(import.meta.dirname, '../../bin/scalekit-hooks.cjs');
export const env = { PATH: process.env.PATH, HOME: tmpdir(), SCALEKIT_WEBHOOK_SECRET: secret };

/** Runs `work` in a new temporary folder, then removes it. */
export async function inFolder(work) {
  const cwd = mkdtempSync(join(tmpdir(), 'scalekit-hooks-torture-'));
  try {
    return await work(cwd);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** Random numbers from 0 to 1, reproducible by seed (mulberry32). */
export function randomOf(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Starts a listener. `url` is undefined if it exits before it listens. `command` can wrap it, such as in unshare. */
export async function startListener(cwd, args = [], command = [process.execPath]) {
  const [file, ...before] = [...command, bin, 'listen', '--port', '0', '--quiet', ...args];
  const child = spawn(file, before, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  const url = await new Promise((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      const ready = /ready on (\S+)/.exec(stderr);
      if (ready) resolve(ready[1]);
    });
    ended.then(() => resolve(undefined));
  });
  return {
    child,
    url,
    ended,
    stderr: () => stderr,
    peak: () => memoryOf(child.pid, 'VmHWM'),
    now: () => memoryOf(child.pid, 'VmRSS'),
  };
}

/** Memory of a process in MB: peak (VmHWM) or current (VmRSS). Undefined except on Linux. */
export function memoryOf(pid, name) {
  try {
    return (
      Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1000
    );
  } catch {
    return undefined;
  }
}

export function signed(id, body) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

let count = 0;

/** An event with a new id and a text of `size` bytes. */
export function eventOf(size) {
  count += 1;
  const note = 'é'.repeat(Math.floor(size / 2));
  return {
    id: `msg_${process.pid}_${count}`,
    body: JSON.stringify({ type: 'user.created', id: `evt_${count}`, data: { note } }),
  };
}

/** Posts an event and returns the status. Rejects if there is no response. */
export async function post(pool, { id, body }) {
  const answer = await pool.request({ path: '/', method: 'POST', headers: signed(id, body), body });
  await answer.body.dump();
  return answer.statusCode;
}

/**
 * Posts events over parallel connections until the listener is gone or `isDone` returns true. Calls `onAcknowledged`
 * for each event that was answered 201.
 */
export async function load(url, { connections, sizeOf, isDone = () => false, onAcknowledged }) {
  const pool = new Pool(url, { connections });
  let isGone = false;
  const lane = async () => {
    while (!isGone && !isDone()) {
      const event = eventOf(sizeOf());
      try {
        if ((await post(pool, event)) === 201) onAcknowledged(event.id);
      } catch {
        isGone = true;
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  await pool.destroy();
}

/** Whether a listener accepts a valid event. */
export async function stillWorks(url) {
  const pool = new Pool(url, { connections: 1 });
  try {
    return (await post(pool, eventOf(100))) === 201;
  } catch {
    return false;
  } finally {
    await pool.destroy();
  }
}

/** The webhook-ids in all journals of a working directory, and the number of lines that are not JSON. */
export async function readJournals(cwd, folder = join(cwd, '.scalekit-hooks/captures')) {
  const kept = new Set();
  let torn = 0;
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.jsonl'))) {
    for await (const line of createInterface({ input: createReadStream(join(folder, name)) })) {
      if (line === '') continue;
      try {
        kept.add(JSON.parse(line).webhook_id);
      } catch {
        torn += 1;
      }
    }
  }
  return { kept, torn };
}

/** The number of acknowledged events that are not in the journals. */
export const lostOf = (acknowledged, kept) => [...acknowledged].filter((id) => !kept.has(id)).length;

/** Opens a socket to a listener and ignores its errors. */
export function socketTo(url) {
  const { hostname, port } = new URL(url);
  return connect({ host: hostname, port: Number(port) }).on('error', () => {});
}

/** A TCP server that passes each socket to `onConnection`. */
export async function openTarget(onConnection) {
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/webhook`,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** Resolves once a socket is closed, with or without an error. */
export const closed = (socket) => new Promise((resolve) => socket.on('close', resolve));

/** Whether a command runs successfully. */
export function has(...command) {
  try {
    execFileSync(command[0], command.slice(1), { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Runs the CLI until it exits. `peak` is in MB, 0 except on Linux. */
export async function runToEnd(args, cwd) {
  const started = performance.now();
  const child = spawn(process.execPath, [bin, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr, peak] = ['', '', 0];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const watch = setInterval(() => {
    peak = Math.max(peak, memoryOf(child.pid, 'VmHWM') ?? 0);
  }, 20);
  const [code, signal] = await once(child, 'close');
  clearInterval(watch);
  return { exitCode: code ?? signal, stdout, stderr, peak, milliseconds: performance.now() - started };
}
