/**
 * `send --count N --concurrency C` against undici's own pool that signs each message, in one run: whole processes,
 * interleaved, medians of rounds, each against the same target in a process of its own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const option = (name, usual) =>
  Number(process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split('=')[1] ?? usual);
const [rounds, count, concurrency] = [
  option('rounds', 9),
  option('count', 20_000),
  option('concurrency', 10),
];
const here = import.meta.dirname;
const home = mkdtempSync(join(tmpdir(), 'scalekit-hooks-bench-'));
const { NODE_EXTRA_CA_CERTS: _, ...env } = { ...process.env, XDG_CONFIG_HOME: home };

const target = spawn(process.execPath, [join(here, 'target.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
const [line] = await once(target.stdout.setEncoding('utf8'), 'data');
const url = `http://127.0.0.1:${line.trim()}/webhook`;

const bin = join(here, '../../bin/scalekit-hooks.cjs');
const rows = [
  {
    name: 'undici Pool.request, each signed',
    args: [join(here, 'pool.mjs'), url, count, concurrency],
    times: [],
  },
  {
    name: 'send --count',
    args: [bin, 'send', 'user.created', '--count', count, '--concurrency', concurrency, '--to', url],
    times: [],
  },
];
for (let round = -1; round < rounds; round += 1) {
  for (const row of rows) {
    const started = performance.now();
    const child = spawn(process.execPath, row.args.map(String), {
      env,
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`${row.name} exited with ${code}`);
    if (round >= 0) row.times.push(performance.now() - started);
  }
}
target.kill();
rmSync(home, { recursive: true });

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const rate = (milliseconds) => count / (milliseconds / 1000);
const base = rate(median(rows[0].times));
const table = rows.map(({ name, times }, index) => ({
  name,
  ratio: Math.round((rate(median(times)) / base) * 100) / 100,
  goal: index === 0 ? null : 0.9,
  per_second: Math.round(rate(median(times))),
  spread: [Math.max(...times), Math.min(...times)].map((time) => Math.round((rate(time) / base) * 100) / 100),
}));
if (process.argv.includes('--json')) for (const row of table) console.log(JSON.stringify(row));
else {
  console.log(
    `\n${count} messages, ${concurrency} at a time, ${rounds} rounds; rates of whole processes against undici's pool\n`,
  );
  for (const { name, ratio, goal, per_second, spread } of table) {
    console.log(
      `${name.padEnd(36)}${ratio.toFixed(2).padStart(6)}${(goal === null ? '' : `>= ${goal}`).padStart(8)}${String(per_second).padStart(9)}/s   ${spread.map((value) => value.toFixed(2)).join(' - ')}`,
    );
  }
}
