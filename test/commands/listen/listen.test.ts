import { once } from 'node:events';
import { createServer } from 'node:net';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../../../src/main.ts';
import { memoryIo, readFacts, runCommand, testSecret, type World } from '../../support/memory-io.ts';

const secret = { env: { SCALEKIT_WEBHOOK_SECRET: testSecret } };

/** Runs `listen --port 0` in this process; `stop` ends it as Ctrl-C does. */
async function listen(args: string[] = [], world: World = {}) {
  const { io, signal, exits } = memoryIo(['listen', '--port', '0', ...args], { ...secret, ...world });
  const ended = run(io);
  const ready = args.includes('--json') ? io.stdout : io.stderr;
  const [url] = await Promise.race([
    ready.until(/http:\/\/[^\s"]+/),
    ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${io.stderr.text}`))),
  ]);
  const stop = () => {
    signal('SIGINT');
    return ended;
  };
  onTestFinished(() => void stop());
  return { io, url, stop, signal, ended, exits, facts: () => readFacts(io.stdout.text) };
}

const standard = new StandardWebhook(testSecret);
const body = '{"data":{"userId":"usr_1"},"id":"evt_1","type":"user.created"}';

/** Posts as Scalekit would; `changes` spoil it. */
function post(
  url: string,
  sent = body,
  changes: Record<string, string> = {},
  signer: Pick<StandardWebhook, 'sign'> = standard,
) {
  const now = new Date();
  const id = 'msg_2o3NaedIm6pL62OQ544VzM1cIYo';
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signer.sign(id, now, body),
    ...changes,
  };
  return fetch(url, { method: 'POST', body: sent, headers });
}

describe('what other signers send', () => {
  it.each([
    ['standardwebhooks', standard],
    ['svix', new SvixWebhook(testSecret)],
  ])(
    '%s: verified and answered 201; with one byte changed refused and answered 401',
    async (_name, signer) => {
      const { io, url, stop } = await listen();
      expect((await post(url, body, {}, signer)).status).toBe(201);
      const refused = await post(url, body.replace('usr_1', 'usr_2'), {}, signer);
      expect(refused.status).toBe(401);
      expect(await refused.json()).toEqual({ error: 'signature_mismatch' });
      expect(await stop()).toBe(130);
      const [first, second] = io.stdout.text.split('\n');
      expect(first).toMatch(/✓ 201 +[\d.]+ ms {2}user\.created {2}evt_1 {2}msg_2o3NaedIm6pL62OQ544VzM1cIYo$/);
      expect(second).toMatch(
        /✗ 401 +[\d.]+ ms {2}user\.created {2}evt_1 {2}msg_\w+ {2}signature_mismatch: the body, id or timestamp was changed/,
      );
      expect(io.stderr.text).toMatch(/2 received: 1 verified, 1 refused/);
    },
  );

  it('any of several secrets will do', async () => {
    const { url } = await listen(['--secret', `whsec_${'A'.repeat(32)}`, '--secret', testSecret]);
    expect((await post(url)).status).toBe(201);
  });

  it.each([
    ['no signature', { 'webhook-signature': '' }, 'missing_header: no webhook-signature header'],
    ['an old one', { 'webhook-timestamp': '1700000000' }, 'signature_mismatch'],
    ['a timestamp in milliseconds', { 'webhook-timestamp': String(Date.now()) }, 'signature_mismatch'],
    [
      'another version',
      { 'webhook-signature': 'v2,abc' },
      'unknown_signature_version: webhook-signature holds only versions other',
    ],
  ])('%s: the reason in words', async (_name, changes, words) => {
    const { io, url } = await listen();
    expect((await post(url, body, changes)).status).toBe(401);
    expect(io.stdout.text).toContain(words);
  });

  it('a stale one is named with its age', async () => {
    const { io, url } = await listen([], { now: () => Date.now() + 7_380_000 });
    expect((await post(url)).status).toBe(401);
    expect(io.stdout.text).toMatch(/too_old: rightly signed, but 2 h 3 min old/);
  });
});

describe('what is printed', () => {
  it('--type narrows what is printed, not what is verified', async () => {
    const { io, url } = await listen(['--type', 'session.*', '--type', 'user.deleted']);
    expect((await post(url)).status).toBe(201);
    expect((await post(url, `${body} `)).status).toBe(401);
    expect(io.stdout.text).toBe('');
  });

  it('--verbose shows the data', async () => {
    const { io, url } = await listen(['--verbose']);
    await post(url);
    expect(io.stdout.text).toContain('  {\n    "userId": "usr_1"\n  }\n');
  });

  it('--quiet prints only what is refused', async () => {
    const { io, url, stop } = await listen(['--quiet']);
    expect((await post(url)).status).toBe(201);
    expect((await post(url, `${body} `)).status).toBe(401);
    await stop();
    expect(io.stdout.text).toMatch(/^✗ 401 .*\n {2}why: .*\n {2}shown by: .*\n {2}fix: .*\n$/);
  });

  it('--json: ready once the port is bound, then a fact per message with headers and body, then a summary', async () => {
    const { url, stop, facts } = await listen(['--json', '--path', '/hooks']);
    await post(url);
    await stop();
    expect(facts().map(({ kind }) => kind)).toEqual(['ready', 'received', 'summary']);
    const [ready, received, summary] = facts();
    expect(ready).toMatchObject({
      v: 1,
      url,
      host: '127.0.0.1',
      port: Number(new URL(url).port),
      path: '/hooks',
    });
    expect(received).toMatchObject({
      event_type: 'user.created',
      event_id: 'evt_1',
      verified: true,
      reason: null,
      status: 201,
      body,
      body_base64: null,
    });
    expect(received!.headers).toContainEqual(['webhook-id', 'msg_2o3NaedIm6pL62OQ544VzM1cIYo']);
    expect(summary).toMatchObject({ command: 'listen', total: 1, accepted: 1, refused: 0 });
  });

  it('a body that is not UTF-8 is kept as base64', async () => {
    const { url, facts } = await listen(['--json']);
    await fetch(url, { method: 'POST', body: Buffer.from([0xff, 0xfe]) });
    expect(facts()[1]).toMatchObject({ body: null, body_base64: '//4=', verified: false });
  });

  it('credentials that come along are masked, and nothing reaches the terminal raw', async () => {
    const { io, url } = await listen(['--json', '--verbose']);
    await post(url, '{"type":"\x1b[2Juser.\u202ecreated\\n::error::x","id":"\x9b1m"}', {
      authorization: 'Bearer abc',
      cookie: 'sid=abc',
    });
    expect(io.stdout.text).not.toMatch(/[\x1b\x9b\u202e]|Bearer abc|sid=abc/);
    const human = await listen(['--verbose']);
    await post(human.url, '{"type":"\\u001b[2Juser.\\u202ecreated\\n::error::x","id":"\\u009b1m"}');
    expect(human.io.stdout.text).not.toMatch(/[\x1b\x9b\u202e]|^::error/m);
  });
});

describe('other requests', () => {
  it.each([
    ['GET', '/', 405],
    ['PUT', '/x', 405],
    ['POST', '/elsewhere', 404],
  ])('%s %s is answered %i and mentioned', async (method, path, status) => {
    const { io, url } = await listen(path === '/elsewhere' ? ['--path', '/webhook'] : []);
    const response = await fetch(new URL(path, url), { method });
    expect(response.status).toBe(status);
    expect(io.stderr.text).toContain(`note: ${method} ${path} was answered ${status}`);
  });
});

describe('stopping', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s: sums up and exits with %i', async (signal, exitCode) => {
    const listener = await listen();
    listener.signal(signal);
    expect(await listener.ended).toBe(exitCode);
    expect(listener.io.stderr.text).toMatch(/0 received: 0 verified in/);
    await expect(fetch(listener.url)).rejects.toThrow();
  });

  it('a second Ctrl-C leaves at once', async () => {
    const listener = await listen();
    listener.signal('SIGINT');
    listener.signal('SIGINT');
    expect(listener.exits).toEqual([130]);
    await listener.ended;
  });
});

describe('a port that cannot be had', () => {
  it('in use: the next free one is named', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const ran = await runCommand(['listen', '--port', String(port)], secret);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(`error: port ${port} is in use [port_in_use]`);
    const next = Number(/try: --port (\d+), which is free/.exec(ran.stderr)![1]);
    expect(next).toBeGreaterThan(port);
    expect((await runCommand(['listen', '--json', '--port', String(port)], secret)).facts).toMatchObject([
      { code: 'port_in_use' },
    ]);
  });

  it.each([
    [['--port', 'abc'], 'invalid_value', 'a number from 1 to 65535, or 0'],
    [['--port', '8e3'], 'invalid_value', '--port 3000'],
    [['--port', '65536'], 'invalid_value', '65535'],
    [['--port', '3000', '--port', '3001'], 'repeated_flag', 'given twice'],
    [['--path', 'webhook'], 'invalid_value', '--path /webhook'],
    [['--host', '192.0.2.1', '--port', '0'], 'cannot_listen', 'does not have that address'],
    [['--host', 'nothing.invalid', '--port', '0'], 'cannot_listen', 'no host of that name'],
    [['--secret', 'x'], 'invalid_secret', 'whsec_'],
    [['--portt', '1'], 'usage', 'did you mean --port?'],
    [['surplus'], 'usage', 'too many arguments'],
  ])('%j', async (args, code, words) => {
    const ran = await runCommand(['listen', ...args], secret);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(`[${code}]`);
    expect(ran.stderr).toContain(words);
  });

  it('all addresses: those that others can use are named', async () => {
    const { io, url } = await listen(['--host', '0.0.0.0']);
    expect(url).toMatch(/^http:\/\/localhost:\d+$/);
    expect(io.stderr.text).toContain('note: other machines can reach it: ');
  });
});
