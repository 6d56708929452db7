/**
 * `replay --all` of many captures, compared with an undici pool that signs each message: rate, peak memory and time to
 * the first delivery.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { writeCaptures } from './captures.mjs';
import { bin, compare, environment, folder, here, interleave, option } from './table.mjs';

const [count, concurrency] = [option('captures', 100_000), option('concurrency', 10)];
export const title = `Whole processes, captures per second: ${count} captures of 1 KB, ${concurrency} in parallel`;

export async function measure({ rounds }) {
  let firstAt = 0;
  const target = createServer((request, response) => {
    firstAt ||= performance.now();
    request.resume().on('end', () => response.writeHead(201, { 'content-length': 0 }).end());
  });
  await once(target.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${target.address().port}/webhook`;
  const captures = folder();
  writeCaptures(captures, count);
  const replay = ['--no-capture', '--concurrency', concurrency, '--captures', captures, '--to', url];
  const works = [
    { name: 'undici Pool.request, each signed', args: [join(here, 'pool.mjs'), url, count, concurrency] },
    {
      name: 'replay --all',
      goal: ['>=', 0.85],
      limits: { megabytes: ['<=', 120], first_ms: ['<=', 300] },
      args: [bin, 'replay', '--all', ...replay],
    },
  ];
  const samples = await interleave(works, rounds, async ({ args }) => {
    firstAt = 0;
    const started = performance.now();
    const megabytes = await peakOf(args);
    const value = count / ((performance.now() - started) / 1000);
    return { value, megabytes, first_ms: firstAt - started };
  });
  target.close();
  target.closeAllConnections();
  return compare('replay', works, samples, 'per_second');
}

/** Runs `node` and returns its peak memory in MB; 0 where /proc does not exist. Throws unless it exits with 0. */
async function peakOf(args) {
  const child = spawn(process.execPath, args.map(String), { env: environment, stdio: 'ignore' });
  let megabytes = 0;
  const watch = setInterval(() => {
    megabytes = Math.max(megabytes, peakSoFar(child.pid));
  }, 20);
  const [code] = await once(child, 'exit');
  clearInterval(watch);
  if (code !== 0) throw new Error(`${args.join(' ')} exited with ${code}`);
  return megabytes;
}

function peakSoFar(pid) {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
}
