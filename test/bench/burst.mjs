/** `send --count N --concurrency C`, compared with an undici pool that signs each message. */
import { join } from 'node:path';
import { bin, compare, here, interleave, option, startTarget, timeOf } from './table.mjs';

const [count, concurrency] = [option('count', 20_000), option('concurrency', 10)];
export const title = `Whole processes, messages per second: ${count} messages, ${concurrency} in parallel`;

export async function measure({ rounds }) {
  const target = await startTarget('target.mjs');
  const pool = [join(here, 'pool.mjs'), target.url, count, concurrency];
  const send = ['send', 'user.created', '--count', count, '--concurrency', concurrency, '--to', target.url];
  const works = [
    { name: 'undici Pool.request, each signed', args: pool },
    { name: 'send --count', goal: ['>=', 0.9], args: [bin, ...send] },
  ];
  const samples = await interleave(works, rounds, async ({ args }) => count / ((await timeOf(args)) / 1000));
  target.stop();
  return compare('burst', works, samples, 'per_second');
}
