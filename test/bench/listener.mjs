/**
 * `listen`, which verifies, keeps and prints each event (into a file) before it answers, against bare node:http that
 * reads the body and answers: rates in one run, rounds interleaved, the load from a worker with a raw undici pool.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { option, printRates } from './table.mjs';

const [rounds, count, connections] = [
  option('rounds', 9),
  option('count', 20_000),
  option('connections', 50),
];
const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const here = import.meta.dirname;
const bin = join(here, '../../bin/scalekit-hooks.cjs');
const { NODE_EXTRA_CA_CERTS: _, ...env } = { ...process.env, SCALEKIT_WEBHOOK_SECRET: secret };

const rows = [
  { name: 'bare node:http', goal: null, args: [join(here, 'bare.mjs')] },
  { name: 'listen', goal: 0.55, args: [bin, 'listen', '--port', '0'] },
  { name: 'listen --sync', goal: 0.38, args: [bin, 'listen', '--port', '0', '--sync'] },
].map((row) => ({ ...row, rates: [] }));

for (let round = -1; round < rounds; round += 1) {
  for (const row of rows) {
    const rate = await rateOf(row.args);
    if (round >= 0) row.rates.push(rate);
  }
}
printRates(
  `${count} events of 1 KB over ${connections} connections, ${rounds} rounds; against bare node:http`,
  rows,
);

async function rateOf(args) {
  const folder = mkdtempSync(join(tmpdir(), 'scalekit-hooks-bench-'));
  const printed = openSync(join(folder, 'printed'), 'w');
  const server = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', printed, 'pipe'] });
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
  rmSync(folder, { recursive: true });
  return count / (milliseconds / 1000);
}
