// An app as `check --start` starts it: right, on PORT, and with what some apps do besides. MODE names it.
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { PORT, MODE = '', PIDS, SCALEKIT_WEBHOOK_SECRET: secret } = process.env;
appendFileSync(PIDS, `${process.pid}\n`);
// Not before: what it loads takes a while, and it may be ended meanwhile.
const { verify } = await import('./verifiers.mjs');
console.log(`the secret has ${secret?.length ?? 0} characters`);

if (MODE === 'fails') {
  for (let line = 1; line <= 30; line += 1) console.error(`line ${line}`);
  process.exit(7);
}
if (MODE === 'forks') {
  // A helper that outlives its parent, unless the whole group is ended.
  const helper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
  appendFileSync(PIDS, `${helper.pid}\n`);
}
if (MODE === 'stubborn') process.on('SIGTERM', () => console.log('not yet'));

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  if (request.method !== 'POST') return response.writeHead(405).end();
  if (MODE === 'dies') {
    console.error('dying of a message');
    process.exit(9);
  }
  if (MODE === 'crashes' && chunks.length === 0) process.exit(9);
  try {
    verify(Buffer.concat(chunks).toString(), request.headers);
    response.writeHead(201).end();
  } catch {
    response.writeHead(401).end();
  }
});
if (MODE === 'deaf') setInterval(() => {}, 1000);
else setTimeout(() => server.listen(Number(PORT), '127.0.0.1'), MODE === 'late' ? 500 : 0);
