/**
 * `pull` of many events, compared with a script that fetches the same pages and delivers the same messages over a bare
 * undici pool; with peak memory. The API and the handler run in processes of their own.
 */
import { join } from 'node:path';
import {
  bin,
  compare,
  environment,
  folder,
  here,
  interleave,
  option,
  peakOf,
  startServer,
  startTarget,
} from './table.mjs';

const count = option('events', 10_000);
export const title = `Whole processes, events per second: pull of ${count} logged events`;

export async function measure({ rounds }) {
  const api = await startServer('event-log.mjs', { args: [String(count)] });
  const target = await startTarget('target.mjs');
  const credentials = {
    SCALEKIT_ENVIRONMENT_URL: api.url,
    SCALEKIT_CLIENT_ID: 'skc_1',
    SCALEKIT_CLIENT_SECRET: 'secret',
  };
  const pull = ['pull', '--since', '2026-01-01', '--no-capture', '--quiet', '--to', target.url];
  const works = [
    { name: 'pages and undici Pool.request', args: [join(here, 'pull-bare.mjs'), api.url, target.url] },
    { name: 'pull', goal: ['>=', 0.77], limits: { megabytes: ['<=', 150] }, args: [bin, ...pull] },
  ];
  const samples = await interleave(works, rounds, async ({ args }) => {
    const started = performance.now();
    const megabytes = await peakOf(args, { env: { ...environment, ...credentials }, cwd: folder() });
    return { value: count / ((performance.now() - started) / 1000), megabytes };
  });
  for (const server of [api, target]) server.stop();
  return compare('pull', works, samples, 'per_second');
}
