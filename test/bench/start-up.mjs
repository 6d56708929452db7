/**
 * How long commands take as whole processes, as ratios to `node -e 0`: medians of interleaved rounds, so that a busy
 * moment hits all alike. The goals are ratios; the milliseconds say only what this machine is like.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const rounds = Number(process.argv.find((argument) => argument.startsWith('--rounds='))?.slice(9) ?? 15);
const bin = join(import.meta.dirname, '../../bin/scalekit-hooks.cjs');
const home = mkdtempSync(join(tmpdir(), 'scalekit-hooks-bench-'));
const server = createServer((request, response) =>
  request.resume().on('end', () => response.writeHead(201).end()),
);
await once(server.listen(0, '127.0.0.1'), 'listening');
const target = `127.0.0.1:${server.address().port}/webhook`;

/** What is measured, and the ratio to stay within. */
const rows = [
  { name: 'node -e 0', goal: null, args: ['-e', '0'] },
  { name: '--version', goal: 1.2, args: [bin, '--version'] },
  { name: '--help', goal: 1.4, args: [bin, '--help'] },
  { name: 'events', goal: 1.4, args: [bin, 'events'] },
  { name: 'secret', goal: 1.4, args: [bin, 'secret'] },
  { name: 'send user.created', goal: 3.8, args: [bin, 'send', 'user.created', '--to', target] },
  { name: 'send --all', goal: null, args: [bin, 'send', '--all', '--to', target] },
  { name: 'demo', goal: null, args: [bin, 'demo'] },
].map((row) => ({ ...row, times: [] }));

// With NODE_EXTRA_CA_CERTS every start of Node.js takes three times as long.
const { NODE_EXTRA_CA_CERTS: _, ...env } = { ...process.env, XDG_CONFIG_HOME: home };

for (let round = -1; round < rounds; round += 1) {
  for (const row of rows) {
    const milliseconds = await timeOf(row.args);
    if (round >= 0) row.times.push(milliseconds);
  }
}
server.close();
rmSync(home, { recursive: true });

const base = median(rows[0].times);
const table = rows.map(({ name, goal, times }) => ({
  name,
  ratio: round2(median(times) / base),
  goal,
  milliseconds: round2(median(times)),
  spread: [round2(Math.min(...times) / base), round2(Math.max(...times) / base)],
}));
if (process.argv.includes('--json')) for (const row of table) console.log(JSON.stringify(row));
else print(table);

async function timeOf(args) {
  const started = performance.now();
  const [code] = await once(
    spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'ignore'] }),
    'exit',
  );
  if (code !== 0) throw new Error(`${args.join(' ')} exited with ${code}`);
  return performance.now() - started;
}

function print(table) {
  console.log(`Node.js ${process.version}, ${rounds} rounds; ratios to node -e 0\n`);
  console.log(
    `${'command'.padEnd(20)}${'ratio'.padStart(7)}${'goal'.padStart(7)}${'ms'.padStart(9)}   spread`,
  );
  for (const { name, ratio, goal, milliseconds, spread } of table) {
    const limit = goal === null ? '' : `<= ${goal}`;
    console.log(
      `${name.padEnd(20)}${ratio.toFixed(2).padStart(7)}${limit.padStart(7)}${milliseconds.toFixed(1).padStart(9)}   ${spread.map((value) => value.toFixed(2)).join(' - ')}`,
    );
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function round2(value) {
  return Math.round(value * 100) / 100;
}
