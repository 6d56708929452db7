/**
 * `replay --all` of many captures against undici's own pool that signs each message, in one run: whole processes,
 * interleaved, each against the same target. Beside the rate: the time to the first delivery, and the memory at most.
 * And how long `captures` takes for the newest 20 of a million, as a ratio to `node -e 0`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, option, printRates, round2 } from './table.mjs';

const [rounds, count, concurrency, kept] = [
  option('rounds', 5),
  option('count', 100_000),
  option('concurrency', 10),
  option('kept', 1_000_000),
];
const here = import.meta.dirname;
const bin = join(here, '../../bin/scalekit-hooks.cjs');
const work = mkdtempSync(join(tmpdir(), 'scalekit-hooks-bench-'));
const { NODE_EXTRA_CA_CERTS: _, ...env } = {
  ...process.env,
  SCALEKIT_WEBHOOK_SECRET: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
};

let firstAt = 0;
const target = createServer((request, response) => {
  firstAt ||= performance.now();
  request.resume().on('end', () => response.writeHead(201, { 'content-length': 0 }).end());
});
await once(target.listen(0, '127.0.0.1'), 'listening');
const url = `http://127.0.0.1:${target.address().port}/webhook`;

writeCaptures(join(work, 'replay'), count);
const rows = [
  {
    name: 'undici Pool.request, each signed',
    goal: null,
    args: [join(here, 'pool.mjs'), url, count, concurrency],
  },
  {
    name: 'replay --all',
    goal: 0.85,
    args: [
      bin,
      'replay',
      '--all',
      '--no-capture',
      '--concurrency',
      concurrency,
      '--captures',
      join(work, 'replay'),
      '--to',
      url,
    ],
  },
].map((row) => ({ ...row, rates: [], memory: [], first: [] }));
for (let round = 0; round < rounds; round += 1) {
  for (const row of rows) {
    const { milliseconds, first, megabytes } = await run(row.args);
    row.rates.push(count / (milliseconds / 1000));
    row.memory.push(megabytes);
    row.first.push(first);
  }
}
target.close();
printRates(
  `${count} captures of 1 KB, ${concurrency} at a time, ${rounds} rounds; rates of whole processes against undici's pool (goals: below 120 MB, first delivery within 300 ms)`,
  rows,
);

writeCaptures(join(work, 'list'), kept);
const [bare, list] = [[], []];
for (let round = -1; round < 9; round += 1) {
  for (const [times, args] of [
    [bare, ['-e', '0']],
    [list, [bin, 'captures', '--captures', join(work, 'list')]],
  ]) {
    const { milliseconds } = await run(args);
    if (round >= 0) times.push(milliseconds);
  }
}
rmSync(work, { recursive: true });
const ratio = round2(median(list) / median(bare));
if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ name: `captures, the newest 20 of ${kept}`, ratio, goal: 2 }));
} else console.log(`\ncaptures, the newest 20 of ${kept}: ${ratio.toFixed(2)} times node -e 0 (goal <= 2)`);

async function run(args) {
  firstAt = 0;
  const started = performance.now();
  const child = spawn(process.execPath, args.map(String), {
    env,
    cwd: work,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  let megabytes = 0;
  const watch = setInterval(() => {
    megabytes = Math.max(megabytes, peakOf(child.pid));
  }, 20);
  const [code] = await once(child, 'exit');
  clearInterval(watch);
  if (code !== 0) throw new Error(`${args.join(' ')} exited with ${code}`);
  return { milliseconds: performance.now() - started, first: firstAt - started, megabytes };
}

/** The most memory that a process had so far, where the system says it (Linux). */
function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
}

/** A folder with captures of 1 KB, as the listener writes them. */
function writeCaptures(folder, total) {
  mkdirSync(folder);
  const file = openSync(join(folder, 'bench.jsonl'), 'w');
  const note = 'x'.repeat(550);
  let text = '';
  for (let index = 0; index < total; index += 1) {
    const number = String(index).padStart(12, '0');
    const body = JSON.stringify({ data: { note }, id: `evt_${number}`, type: 'user.created' });
    text += `${JSON.stringify({
      v: 1,
      record: 'capture',
      capture: `cap_${number}`,
      time: new Date(1795360000000 + index).toISOString(),
      event_type: 'user.created',
      event_id: `evt_${number}`,
      webhook_id: `msg_${number}`,
      verified: true,
      reason: null,
      reason_headers: [],
      age: 0,
      status: 201,
      forward_to: null,
      method: 'POST',
      path: '/webhook',
      headers: [
        ['content-type', 'application/json'],
        ['webhook-id', `msg_${number}`],
        ['webhook-timestamp', '1795360000'],
        ['webhook-signature', 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='],
      ],
      body,
    })}\n`;
    if (text.length > 1e6 || index === total - 1) {
      writeSync(file, text);
      text = '';
    }
  }
  closeSync(file);
}
