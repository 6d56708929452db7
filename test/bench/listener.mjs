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

async function rateOf({ args }) {
  const cwd = folder();
  const printed = openSync(join(cwd, 'printed'), 'w');
  const server = spawn(process.execPath, args, { cwd, env: environment, stdio: ['ignore', printed, 'pipe'] });
  closeSync(printed);
  const url = await new Promise((resolve) => {
    server.stderr.setEncoding('utf8').on('data', (text) => {
      const ready = /ready on (\S+)/.exec(text);
      if (ready) resolve(ready[1]);
    });
  });
  const worker = new Worker(join(here, 'load.mjs'), { workerData: { url, secret, count, connections } });
  const [milliseconds] = await once(worker, 'message');
  server.kill('SIGKILL');
  await once(server, 'exit');
  rmSync(cwd, { recursive: true });
  return count / (milliseconds / 1000);
}
