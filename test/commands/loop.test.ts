import { createHash, createHmac } from 'node:crypto';
import { join } from 'node:path';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { expect, it } from 'vitest';
import { post } from '../support/listener.ts';
import { runCommand, testSecret } from '../support/memory-io.ts';
import { runBin, startBin, startProcess } from '../support/processes.ts';
import { repository } from '../support/repository.ts';
import { closedPort, httpTarget } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };
const signers = [new StandardWebhook(testSecret), new SvixWebhook(testSecret)];

/** A typical app, with Express and the Scalekit SDK, in its own process. */
async function startApp(port: number) {
  const file = join(repository, 'test/support/handlers/counting.mjs');
  const app = startProcess(process.execPath, [file], { env: { ...env, PORT: String(port) } });
  await app.until(/listening/);
  return {
    accepted: () => [...app.stdout().matchAll(/^took (\S+)/gm)].map(([, id]) => id!),
    /** Kills it, as a crash would. */
    async stop() {
      app.child.kill('SIGKILL');
      await app.ended;
    },
  };
}

it('after the app crashes and restarts, replay --failed delivers what it missed and nothing else', async () => {
  const port = await closedPort();
  const cwd = temporaryFolder();
  const target = `http://127.0.0.1:${port}/webhook`;
  const listener = startBin(['listen', '--port', '0', '--forward-to', target, '--quiet'], { env, cwd });
  const [, url] = await listener.until(/ready on (\S+)/);

  const statuses = new Map<string, number>();
  const send = async (from: number, to: number) => {
    for (let index = from; index < to; index += 1) {
      const id = `msg_loop${index}`;
      const body = JSON.stringify({ id: `evt_${index}`, type: 'user.created', data: { index } });
      const { status } = await post(url!, { id, body, signer: signers[index % 2]! });
      statuses.set(id, status);
    }
  };
  const first = await startApp(port);
  await send(0, 10);
  await first.stop();
  await send(10, 20);
  const second = await startApp(port);
  await send(20, 25);

  const ids = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `msg_loop${from + index}`);
  for (const id of ids(10, 20)) expect(statuses.get(id)).toBe(502);
  expect(first.accepted()).toEqual(ids(0, 10));
  expect(second.accepted()).toEqual(ids(20, 25));

  const replayed = await runBin(['replay', '--failed', '--to', target], { env, cwd });
  expect(replayed.exitCode, replayed.stdout + replayed.stderr).toBe(0);
  expect(replayed.stdout.match(/was connection_refused, now 201$/gm)).toHaveLength(10);
  expect(second.accepted()).toEqual([...ids(20, 25), ...ids(10, 20)]);

  const again = await runBin(['replay', '--failed', '--to', target], { env, cwd });
  expect(again).toMatchObject({ exitCode: 0, stdout: '' });
  expect(again.stderr).toMatch(/^note: nothing to replay/m);
  expect(second.accepted()).toHaveLength(15);
  listener.child.kill('SIGINT');
  expect(await listener.ended).toBe(130);
});

const bodies: Record<string, Buffer> = {
  compact: Buffer.from('{"id":"evt_1","type":"user.created","data":{"a":1}}'),
  pretty: Buffer.from('{\n  "id": "evt_2",\n  "type": "user.created",\n  "data": {\n    "a": 1\n  }\n}\n'),
  decimal: Buffer.from('{"id":"evt_3","type":"user.created","data":{"amount":1.0}}'),
  slashes: Buffer.from('{"id":"evt_4","type":"user.created","data":{"url":"https:\\/\\/example.com\\/"}}'),
  escapes: Buffer.from('{"id":"evt_5","type":"user.created","data":{"name":"Ren\\u00e9"}}'),
  integer: Buffer.from('{"id":"evt_6","type":"user.created","data":{"n":12345678901234567890}}'),
  'invalid UTF-8': Buffer.from([0x7b, 0xff, 0xfe, 0xc3, 0x28, 0x7d]),
  'a BOM': Buffer.from('\ufeff{"id":"evt_8","type":"user.created","data":{}}'),
  empty: Buffer.alloc(0),
  '1 MB': Buffer.from(
    JSON.stringify({ id: 'evt_9', type: 'user.created', data: { note: '"\\\n\u0001é'.repeat(150_000) } }),
  ),
  'every byte': Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
};

/** Signs raw bytes; the libraries would convert them to text first. */
function signature(id: string, timestamp: string, body: Buffer): string {
  const key = Buffer.from(testSecret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

it.each([[['--all']], [['--all', '--exact']], [['--all', '--concurrency', '4']]])(
  'listen, the journal and replay %j preserve every byte of a body',
  async (flags) => {
    const app = await httpTarget();
    const cwd = temporaryFolder();
    const listener = startBin(['listen', '--port', '0', '--forward-to', app.url, '--quiet'], { env, cwd });
    const [, url] = await listener.until(/ready on (\S+)/);
    const timestamp = String(Math.floor(Date.now() / 1000));
    for (const [index, body] of Object.values(bodies).entries()) {
      const id = `msg_${index}`;
      const headers = { 'webhook-timestamp': timestamp, 'webhook-signature': signature(id, timestamp, body) };
      const response = await post(url!, { id, body, headers });
      expect(response.status, Object.keys(bodies)[index]).toBe(201);
    }
    listener.child.kill('SIGINT');
    await listener.ended;
    const shown = app.requests.splice(0);
    const { exitCode, stderr } = await runBin(['replay', ...flags, '--to', app.url], { env, cwd });
    expect(exitCode, stderr).toBe(0);

    const sha256 = (body: Buffer) => createHash('sha256').update(body).digest('hex');
    const sums = Object.values(bodies).map(sha256);
    expect(shown.map(({ body }) => sha256(body))).toEqual(sums);
    expect(app.requests.map(({ body }) => sha256(body)).sort()).toEqual([...sums].sort());
    for (const { headers, body } of app.requests) {
      const [id, time] = [String(headers['webhook-id']), String(headers['webhook-timestamp'])];
      expect(headers['webhook-signature']).toBe(signature(id, time, body));
    }
    for (const id of ['msg_6', 'msg_8', 'msg_10']) {
      const raw = startBin(['captures', 'show', id, '--raw'], { env, cwd });
      const chunks: Buffer[] = [];
      raw.child.stdout.removeAllListeners('data');
      raw.child.stdout.setEncoding('latin1').on('data', (text) => chunks.push(Buffer.from(text, 'latin1')));
      expect(await raw.ended).toBe(0);
      expect(sha256(Buffer.concat(chunks))).toBe(sums[Number(id.slice(4))]);
    }
  },
);

it.each([['--dry-run'], ['--dry-run', '--json'], ['--print', 'curl'], ['--print', 'http']])(
  'verify reads what send prints with %s %s',
  async (...flags) => {
    const cwd = temporaryFolder();
    for (const types of [['user.created'], ['session.*', 'user.deleted']]) {
      const { stdout } = await runCommand(['send', ...types, ...flags, '--quiet'], { env, cwd });
      const ran = await runCommand(['verify', '-', '--json'], { env, cwd, stdin: Buffer.from(stdout) });
      expect(ran).toMatchObject({ exitCode: 0 });
      expect(ran.facts.map(({ verified }) => verified)).toEqual(
        types.length === 1 ? [true] : [true, true, true],
      );
    }
  },
);
