/**
 * `replay --all` of many captures, compared with an undici pool that signs each message: rate, peak memory and time to
 * the first delivery.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { writeCaptures } from './captures.mjs';
import { bin, compare, folder, here, interleave, option, peakOf } from './table.mjs';

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
