import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../../../src/main.ts';
import { memoryIo, readFacts, runCommand, testSecret, type World } from '../../support/memory-io.ts';

const secret = { env: { SCALEKIT_WEBHOOK_SECRET: testSecret } };

/** Runs `listen --port 0` in this process; `stop` ends it like Ctrl-C. */
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

/** Posts as Scalekit would; `changes` replaces headers. */
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

describe('messages that other libraries signed', () => {
  it.each([
    ['standardwebhooks', standard],
    ['svix', new SvixWebhook(testSecret)],
  ])('%s: verified with status 201; rejected with status 401 if one byte changed', async (_name, signer) => {
    const { io, url, stop } = await listen();
    expect((await post(url, body, {}, signer)).status).toBe(201);
    const rejected = await post(url, body.replace('usr_1', 'usr_2'), {}, signer);
    expect(rejected.status).toBe(401);
    expect(await rejected.json()).toEqual({ error: 'signature_mismatch' });
    expect(await stop()).toBe(130);
    const [first, second] = io.stdout.text.split('\n');
    expect(first).toMatch(/✓ 201 +[\d.]+ ms {2}user\.created {2}evt_1 {2}msg_2o3NaedIm6pL62OQ544VzM1cIYo$/);
    expect(second).toMatch(
      /✗ 401 +[\d.]+ ms {2}user\.created {2}evt_1 {2}msg_\w+ {2}signature_mismatch: \S.*$/,
    );
    expect(io.stderr.text).toMatch(/2 received: 1 verified, 1 rejected \(201: 1, 401: 1\)/);
  });

  it('any of several secrets can verify them', async () => {
    const { url } = await listen(['--secret', `whsec_${'A'.repeat(32)}`, '--secret', testSecret]);
    expect((await post(url)).status).toBe(201);
  });

  it.each([
    ['no signature', { 'webhook-signature': '' }, / missing_header: .*webhook-signature/],
    ['an old timestamp', { 'webhook-timestamp': '1700000000' }, / signature_mismatch: \S/],
    ['a timestamp in milliseconds', { 'webhook-timestamp': String(Date.now()) }, / signature_mismatch: \S/],
    ['another version', { 'webhook-signature': 'v2,abc' }, / unknown_signature_version: .*\bv1\b/],
  ])('%s: the reason is printed', async (_name, changes, reason) => {
    const { io, url } = await listen();
    expect((await post(url, body, changes)).status).toBe(401);
    expect(io.stdout.text).toMatch(reason);
  });

  it('a stale message is reported with its age', async () => {
    const { io, url } = await listen([], { now: () => Date.now() + 7_380_000 });
    expect((await post(url)).status).toBe(401);
    expect(io.stdout.text).toMatch(/ too_old: .*\b2 h 3 min\b.*\b5 min\b/);
  });
});

describe('output', () => {
  it('--type filters what is printed, not what is verified', async () => {
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

  it('--quiet prints only rejected messages', async () => {
    const { io, url, stop } = await listen(['--quiet']);
    expect((await post(url)).status).toBe(201);
    expect((await post(url, `${body} `)).status).toBe(401);
    await stop();
    expect(io.stdout.text).toMatch(
      /^✗ 401 .* signature_mismatch: .*\n {2}cause: .*\n {2}evidence: .*\n {2}fix: .*\n$/,
    );
    expect(io.stderr.text).toMatch(/^ready on \S+ /);
    expect(io.stderr.text).not.toContain('another terminal');
  });

  it('--json prints a line when ready, one per message with headers and body, and a summary', async () => {
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
    expect(summary).toMatchObject({ command: 'listen', total: 1, accepted: 1, rejected: 0 });
  });

  it('a body that is not UTF-8 is printed as base64', async () => {
    const { url, facts } = await listen(['--json']);
    await fetch(url, { method: 'POST', body: Buffer.from([0xff, 0xfe]) });
    expect(facts()[1]).toMatchObject({ body: null, body_base64: '//4=', verified: false });
  });

  it('received credentials are masked, and control characters are escaped', async () => {
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
    ['GET', '/', 405, 'method_not_allowed'],
    ['PUT', '/x', 405, 'method_not_allowed'],
    ['POST', '/elsewhere', 404, 'path_not_found'],
  ])('%s %s gets status %i, and a note', async (method, path, status, error) => {
    const { io, url } = await listen(path === '/elsewhere' ? ['--path', '/webhook'] : []);
    const response = await fetch(new URL(path, url), { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error });
    expect(io.stderr.text).toMatch(new RegExp(`note: .*\\b${method} ${path} .*\\b${status}\\b`));
  });
});

describe('stopping', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s: prints a summary and exits with %i', async (signal, exitCode) => {
    const listener = await listen();
    listener.signal(signal);
    expect(await listener.ended).toBe(exitCode);
    expect(listener.io.stderr.text).toMatch(/0 received in/);
    await expect(fetch(listener.url)).rejects.toThrow();
  });

  it('a second Ctrl-C exits immediately', async () => {
    const listener = await listen();
    listener.signal('SIGINT');
    listener.signal('SIGINT');
    expect(listener.exits).toEqual([130]);
    await listener.ended;
  });
});

describe('invalid or unavailable addresses', () => {
  it('a port in use: the next free one is suggested', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const ran = await runCommand(['listen', '--port', String(port)], secret);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(`[port_in_use]`);
    expect(ran.stderr).toMatch(new RegExp(`^error: .*\\b${port}\\b`));
    const next = Number(/\n {2}fix: .*?--port (\d+)/.exec(ran.stderr)![1]);
    expect(next).toBeGreaterThan(port);
    expect((await runCommand(['listen', '--json', '--port', String(port)], secret)).facts).toMatchObject([
      { code: 'port_in_use' },
    ]);
  });

  it.each([
    [['--port', 'abc'], 'invalid_value', /"abc" .*--port\b[\s\S]*\b1 to 65535\b/],
    [['--port', '8e3'], 'invalid_value', /"8e3" .*--port\b[\s\S]*fix: .*--port 3000/],
    [['--port', '65536'], 'invalid_value', /"65536" .*--port\b[\s\S]*\b65535\b/],
    [['--port', '3000', '--port', '3001'], 'repeated_flag', /--port .*[\s\S]*"3000" .*"3001"/],
    [['--path', 'webhook'], 'invalid_value', /"webhook" .*--path\b[\s\S]*fix: .*--path \/webhook/],
    [['--host', '192.0.2.1', '--port', '0'], 'cannot_listen', /192\.0\.2\.1[\s\S]*not have that address/],
    [['--host', 'nothing.invalid', '--port', '0'], 'cannot_listen', /nothing\.invalid[\s\S]*resolved/],
    [['--secret', 'x'], 'invalid_secret', /--secret\b[\s\S]*whsec_/],
    [['--portt', '1'], 'usage', /--portt\b[\s\S]*--port\b/],
    [['surplus'], 'usage', /^error: unexpected argument "surplus"[\s\S]*fix: .*listen --help/],
  ])('%j', async (args, code, names) => {
    const ran = await runCommand(['listen', ...args], secret);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(`[${code}]`);
    expect(ran.stderr).toMatch(names);
    expect(ran.stderr).toMatch(/^error: .+\n {2}\S.*\n {2}fix: .+\n$/);
  });

  it('all addresses: those that other machines can reach are listed', async () => {
    const { io, url } = await listen(['--host', '0.0.0.0']);
    expect(url).toMatch(/^http:\/\/localhost:\d+$/);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal);
    expect(others).not.toEqual([]);
    for (const { address } of others) expect(io.stderr.text).toMatch(new RegExp(`note: .*\\b${address}\\b`));
  });
});
