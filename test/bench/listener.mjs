/**
 * `listen`, which verifies, stores and prints each event (into a file) before it answers, compared with bare node:http
 * that reads the body and answers. A worker with a raw undici pool generates the load.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { bin, compare, environment, folder, here, interleave, option, secret } from './table.mjs';

const [count, connections] = [option('count', 20_000), option('connections', 50)];
export const title = `Listeners, events per second: ${count} events of 1 KB over ${connections} connections`;

export async function measure({ rounds }) {
  const works = [
    { name: 'bare node:http', args: [join(here, 'bare.mjs')] },
    { name: 'listen', goal: ['>=', 0.55], args: [bin, 'listen', '--port', '0'] },
    { name: 'listen --sync', goal: ['>=', 0.38], args: [bin, 'listen', '--port', '0', '--sync'] },
  ];
  return compare('listener', works, await interleave(works, rounds, rateOf), 'per_second');
}

/** `attach` gets what the listener printed on stderr until it was ready, and returns what to close. */
export async function rateOf({ args, attach }) {
  const cwd = folder();
  const printed = openSync(join(cwd, 'printed'), 'w');
  const server = spawn(process.execPath, args, { cwd, env: environment, stdio: ['ignore', printed, 'pipe'] });
  closeSync(printed);
  const { url, text } = await readyListener(server, attach ? /inspector at (\S+)/ : /ready on/);
  const attached = await attach?.(text);
  const worker = new Worker(join(here, 'load.mjs'), { workerData: { url, secret, count, connections } });
  const [milliseconds] = await once(worker, 'message');
  await attached?.close();
  server.kill('SIGKILL');
  await once(server, 'exit');
  rmSync(cwd, { recursive: true });
  return count / (milliseconds / 1000);
}

/** Waits until a listener has printed a line on stderr, and returns its URL and everything that it printed. */
export function readyListener(server, line = /ready on/) {
  let text = '';
  return new Promise((resolve) => {
    server.stderr.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const ready = /ready on (\S+)/.exec(text);
      if (ready && line.test(text)) resolve({ url: ready[1], text });
    });
  });
}
