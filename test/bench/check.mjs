/**
 * The whole battery of `check` against a right handler, and the same messages over a bare undici pool, as many at a time:
 * whole processes, interleaved, against one handler in a process of its own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { median, option, round2 } from './table.mjs';

const rounds = option('rounds', 9);
/** As many as `check` has on their way at a time. */
const CONCURRENCY = 10;
const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const here = import.meta.dirname;
const bin = join(here, '../../bin/scalekit-hooks.cjs');
const home = mkdtempSync(join(tmpdir(), 'scalekit-hooks-bench-'));
const { NODE_EXTRA_CA_CERTS: _, ...given } = process.env;
const env = { ...given, XDG_CONFIG_HOME: home, SCALEKIT_WEBHOOK_SECRET: secret, LIBRARY: 'standardwebhooks' };

async function run(args) {
  const started = performance.now();
  const child = spawn(process.execPath, args.map(String), { env, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${args.join(' ')} exited with ${code}`);
  return performance.now() - started;
}

/** What `check` sends, as a handler sees it. */
async function record(file) {
  const messages = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    messages.push({ method: request.method, headers, body: body.toString('base64') });
    if (request.method !== 'POST') return response.writeHead(405).end();
    try {
      JSON.stringify(new Webhook(secret).verify(body, request.headers).type);
      response.writeHead(201).end();
    } catch {
      response.writeHead(401).end();
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  await run([bin, 'check', `http://127.0.0.1:${server.address().port}/webhook`]);
  server.close();
  server.closeAllConnections();
  writeFileSync(file, JSON.stringify(messages));
  return messages.length;
}

const file = join(home, 'messages.json');
const count = await record(file);
const handler = spawn(process.execPath, [join(here, '../support/handlers/plain.mjs')], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await once(handler.stdout.setEncoding('utf8'), 'data');
const url = `http://127.0.0.1:${/\d+/.exec(line)[0]}/webhook`;

const rows = [
  {
    name: 'the same messages, undici Pool',
    goal: null,
    args: [join(here, 'recorded.mjs'), url, file, CONCURRENCY],
  },
  { name: 'check', goal: 1.5, args: [bin, 'check', url] },
].map((row) => ({ ...row, times: [] }));
for (let round = -1; round < rounds; round += 1) {
  for (const row of rows) {
    const time = await run(row.args);
    if (round >= 0) row.times.push(time);
  }
}
handler.kill();
rmSync(home, { recursive: true });

const base = median(rows[0].times);
const table = rows.map(({ name, goal, times }) => ({
  name,
  ratio: round2(median(times) / base),
  goal,
  ms: Math.round(median(times)),
  spread: [Math.min(...times), Math.max(...times)].map((time) => round2(time / base)),
}));
if (process.argv.includes('--json')) for (const row of table) console.log(JSON.stringify(row));
else {
  console.log(
    `\n${count} messages of a whole check, ${rounds} rounds; times of whole processes against undici's pool\n`,
  );
  for (const { name, ratio, goal, ms, spread } of table) {
    const limit = goal === null ? '' : `<= ${goal}`;
    console.log(
      `${name.padEnd(36)}${ratio.toFixed(2).padStart(6)}${limit.padStart(8)}${String(ms).padStart(7)} ms   ${spread.map((value) => value.toFixed(2)).join(' - ')}`,
    );
  }
}
