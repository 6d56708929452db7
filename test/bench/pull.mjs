/**
 * `pull` of many events, compared with a script that fetches the same pages and delivers the same messages over a bare
 * undici pool; with peak memory. The API and the handler run in processes of their own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, compare, environment, folder, here, interleave, option } from './table.mjs';

const count = option('events', 10_000);
export const title = `Whole processes, events per second: pull of ${count} logged events`;

export async function measure({ rounds }) {
  const api = await startServer('event-log.mjs', [String(count)]);
  const target = await startServer('target.mjs', []);
  const to = `${target.url}/webhook`;
  const credentials = {
    SCALEKIT_ENVIRONMENT_URL: api.url,
    SCALEKIT_CLIENT_ID: 'skc_1',
    SCALEKIT_CLIENT_SECRET: 'secret',
  };
  const pull = ['pull', '--since', '2026-01-01', '--no-capture', '--quiet', '--to', to];
  const works = [
    { name: 'pages and undici Pool.request', args: [join(here, 'pull-bare.mjs'), api.url, to] },
    { name: 'pull', goal: ['>=', 0.77], limits: { megabytes: ['<=', 150] }, args: [bin, ...pull] },
  ];
  const samples = await interleave(works, rounds, async ({ args }) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, {
      env: { ...environment, ...credentials },
      cwd: folder(),
      stdio: 'ignore',
    });
    let megabytes = 0;
    const watch = setInterval(() => {
      megabytes = Math.max(megabytes, peakOf(child.pid));
    }, 20);
    const [code] = await once(child, 'exit');
    clearInterval(watch);
    if (code !== 0) throw new Error(`${args.join(' ')} exited with ${code}`);
    return { value: count / ((performance.now() - started) / 1000), megabytes };
  });
  for (const server of [api, target]) server.stop();
  return compare('pull', works, samples, 'per_second');
}

async function startServer(file, args) {
  const child = spawn(process.execPath, [join(here, file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { url: `http://127.0.0.1:${/\d+/.exec(line)[0]}`, stop: () => child.kill() };
}

function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
}
