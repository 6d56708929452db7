import { createHmac } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { recordsIn } from '../../support/captures.ts';
import { post, secretInEnv, startListen } from '../../support/listener.ts';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { answering, closedPort, httpTarget, socketTarget } from '../../support/targets.ts';

const folderOf = (cwd: string) => join(cwd, '.scalekit-hooks/captures');

describe('forwarded requests', () => {
  it('keep the bytes and headers, with their order, case and repeats; only connection headers are omitted, and Via is added', async () => {
    const app = await httpTarget();
    const { url } = await startListen(['--forward-to', app.url]);
    const body = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
    const [id, timestamp] = ['msg_1', String(Math.floor(Date.now() / 1000))];
    const key = Buffer.from(testSecret.slice(6), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
    const headers = [
      'Content-Type: application/octet-stream',
      `Webhook-Id: ${id}`,
      'X-Twice: one',
      `webhook-timestamp: ${timestamp}`,
      'x-twice: two',
      `webhook-signature: v1,${signature}`,
      'X-Empty:',
      'X-Gone: 1',
      'Authorization: Bearer abc',
    ];
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(
      `POST /any?q=1 HTTP/1.1\r\nhost: scalekit.example\r\nconnection: close, X-Gone\r\nkeep-alive: timeout=5\r\n${headers.join('\r\n')}\r\ncontent-length: 4\r\n\r\n`,
    );
    socket.write(body);
    const response = await new Promise<string>((resolve) =>
      socket.on('data', (chunk) => resolve(String(chunk))),
    );
    expect(response).toMatch(/^HTTP\/1\.1 201 /);
    const [request] = app.requests;
    expect(request!.body.equals(body)).toBe(true);
    expect(request!.url).toBe('/webhook');
    expect(request!.headers.host).toBe(new URL(app.url).host);
    const lines: string[] = [];
    for (let i = 0; i < request!.rawHeaders.length; i += 2)
      lines.push(`${request!.rawHeaders[i]}: ${request!.rawHeaders[i + 1]}`.trim());
    const carried = headers.filter((line) => !line.startsWith('X-Gone'));
    expect(lines.filter((line) => !/^(host|connection|content-length):/i.test(line))).toEqual([
      ...carried,
      expect.stringMatching(/^via: 1\.1 scalekit-hooks-[0-9a-f]{8}$/),
    ]);
  });

  it('use the user and password of the target instead of the received ones', async () => {
    const app = await httpTarget();
    const { url, facts } = await startListen(['--forward-to', app.url.replace('//', '//ada:pass@')]);
    expect((await post(url, { headers: { authorization: 'Bearer theirs' } })).status).toBe(201);
    const { rawHeaders } = app.requests[0]!;
    const values = rawHeaders.filter((_, index) => /^authorization$/i.test(rawHeaders[index - 1] ?? ''));
    expect(values).toEqual([`Basic ${Buffer.from('ada:pass').toString('base64')}`]);
    expect(JSON.stringify(facts())).not.toContain('pass@');
  });

  it('contain verified events only, unless --forward-unverified is used', async () => {
    const app = await httpTarget();
    const strict = await startListen(['--forward-to', app.url]);
    expect((await post(strict.url, { headers: { 'webhook-id': 'msg_other' } })).status).toBe(401);
    const accepting = await startListen(['--forward-to', app.url, '--accept-unverified']);
    expect((await post(accepting.url, { headers: { 'webhook-id': 'msg_other' } })).status).toBe(201);
    expect(app.requests).toHaveLength(0);
    const open = await startListen(['--forward-to', app.url, '--forward-unverified']);
    expect((await post(open.url, { headers: { 'webhook-id': 'msg_other' } })).status).toBe(201);
    expect(app.requests).toHaveLength(1);
    expect(open.facts('received')[0]).toMatchObject({
      verified: false,
      reason: 'signature_mismatch',
      status: 201,
    });
  });

  it('go to the first --route that matches the type, or else to --forward-to, or nowhere', async () => {
    const [users, sessions, rest] = [await httpTarget(), await httpTarget(), await httpTarget()];
    const routes = ['--route', `user.*=${users.url}`, '--route', `*.created=${sessions.url}?a=b`];
    const { url } = await startListen([...routes, '--forward-to', rest.url]);
    for (const type of ['user.created', 'session.created', 'session.expired'])
      expect((await post(url, { body: `{"type":"${type}"}` })).status).toBe(201);
    expect([users, sessions, rest].map(({ requests }) => String(requests[0]!.body))).toEqual([
      '{"type":"user.created"}',
      '{"type":"session.created"}',
      '{"type":"session.expired"}',
    ]);
    expect(sessions.requests[0]!.url).toBe('/webhook?a=b');
    const only = await startListen(['--route', `user.*=${users.url}`]);
    expect((await post(only.url, { body: '{"type":"session.expired"}' })).status).toBe(201);
    expect(only.facts('forwarded')).toEqual([]);
  });

  it('are on disk before they are forwarded', async () => {
    let folder = '';
    const seen: unknown[] = [];
    const app = await httpTarget((_request, response) => {
      seen.push(recordsIn(folder).map(({ webhook_id }) => webhook_id));
      response.writeHead(201).end();
    });
    const { url, cwd } = await startListen(['--forward-to', app.url]);
    folder = folderOf(cwd);
    await post(url, { id: 'msg_a' });
    expect(seen).toEqual([['msg_a']]);
  });
});

describe('the response to the sender', () => {
  it.each([200, 204, 302, 400, 429, 500, 503])(
    'has the status %i of the app, its body and its retry-after',
    async (status) => {
      const body = status === 204 ? '' : 'the response';
      const headers = { 'content-type': 'text/plain', 'retry-after': '7', location: '/x', 'x-own': '1' };
      const app = await answering(status, body, headers);
      const { url, facts } = await startListen(['--forward-to', app.url]);
      const response = await post(url, { headers: { connection: 'close' } });
      expect(response.status).toBe(status);
      expect(await response.text()).toBe(body);
      expect(response.headers.get('content-type')).toBe('text/plain');
      expect(response.headers.get('retry-after')).toBe('7');
      expect(response.headers.get('x-own')).toBeNull();
      const [received, forwarded] = [facts('received')[0]!, facts('forwarded')[0]!];
      expect(received).toMatchObject({ event_id: 'evt_1', status });
      expect(forwarded).toMatchObject({
        event_id: 'evt_1',
        status,
        ok: status < 300,
        capture: received.capture,
      });
    },
    10_000,
  );

  it.each([
    ['short', '{"error":"duplicate key"}', '{"error":"duplicate key"}'],
    ['none', '', undefined],
    ['long: its beginning', 'x'.repeat(2000), `${'x'.repeat(1000)}…`],
    ['with the secret', `used ${testSecret}`, expect.not.stringContaining(testSecret)],
    [
      'with the secret where it is cut',
      `${'x'.repeat(990)}${testSecret}`,
      expect.not.stringContaining(testSecret.slice(0, 10)),
    ],
  ])('stores the response of the app, %s', async (_name, body, stored) => {
    const app = await answering(500, body);
    const { url, cwd } = await startListen(['--forward-to', app.url]);
    expect(await (await post(url)).text()).toBe(body);
    const [, outcome] = recordsIn(folderOf(cwd)) as { response?: string }[];
    expect(outcome).toMatchObject({ record: 'outcome', status: 500 });
    expect(outcome!.response).toEqual(stored);
  });

  it('keeps a body that is not text unchanged', async () => {
    const bytes = Buffer.from([0, 255, 128]);
    const app = await httpTarget((_request, response) => response.writeHead(200).end(bytes));
    const { url } = await startListen(['--forward-to', app.url]);
    expect(Buffer.from(await (await post(url)).arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('is 502 if nothing is listening or the app closes the connection; the event is stored as failed', async () => {
    const closing = await socketTarget((socket) => socket.destroy());
    for (const [target, failure] of [
      [`http://127.0.0.1:${await closedPort()}/`, 'connection_refused'],
      [closing.url, 'reset'],
    ] as const) {
      const { url, facts, cwd } = await startListen(['--forward-to', target]);
      const response = await post(url);
      expect(response.status).toBe(502);
      expect(await response.json()).toEqual({ error: `app_${failure}` });
      expect(facts('forwarded')[0]).toMatchObject({ status: null, failure, ok: false });
      expect(recordsIn(folderOf(cwd))).toMatchObject([
        { record: 'capture', status: null, forward_to: target },
        { record: 'outcome', status: null, failure, via: 'forward', url: target },
      ]);
    }
  });

  it('is 504 within the time limit if the app does not respond; the timeout is reported', async () => {
    const silent = await socketTarget(() => {});
    const { url, facts } = await startListen(['--forward-to', silent.url, '--timeout', '300ms']);
    const started = performance.now();
    const response = await post(url);
    expect(response.status).toBe(504);
    expect(await response.json()).toEqual({ error: 'app_timeout' });
    expect(performance.now() - started).toBeLessThan(5000);
    expect(facts('forwarded')[0]).toMatchObject({
      status: null,
      failure: 'timeout',
      ok: false,
      detail: expect.stringMatching(/\b300 ms\b/),
      fix: expect.stringMatching(/\S/),
    });
  });

  it('keeps its encoding; one that is too large to pass on keeps its status and gets an error code', async () => {
    const zipped = await httpTarget((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}')),
    );
    const first = await startListen(['--forward-to', zipped.url]);
    expect(await (await post(first.url)).json()).toEqual({ a: 1 });
    const long = await answering(200, 'x'.repeat(100_000));
    const second = await startListen(['--forward-to', long.url]);
    const response = await post(second.url);
    expect([response.status, await response.json()]).toEqual([200, { error: 'app_response_too_large' }]);
  });

  it('is 502 if the response of the app is incomplete', async () => {
    const app = await socketTarget((socket) =>
      socket.end('HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\nhalf'),
    );
    const { url } = await startListen(['--forward-to', app.url]);
    const response = await post(url);
    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({ error: 'app_response_incomplete' });
  });
});

describe('human output', () => {
  it('has the status, time and id in both lines, and the response body if it is not 2xx', async () => {
    const app = await answering(500, 'boom\x1b[2J');
    const { io, url } = await startListen(['--forward-to', app.url, '--color', 'never']);
    await post(url);
    expect(io.stdout.text).toContain('boom');
    const human = await startHuman(['--forward-to', app.url]);
    await post(human.url);
    const lines = human.io.stdout.text.split('\n');
    expect(lines[0]).toMatch(/^✗ 500 +[\d.]+ ms {2}user\.created {2}evt_1 {2}msg_/);
    expect(lines[1]).toMatch(/^→ 500 +[\d.]+ ms {2}user\.created {2}evt_1 {2}http:\/\/127/);
    expect(lines[2]).toBe('  response: boom\\x1b[2J');
    expect(human.io.stderr.text).toMatch(new RegExp(`note: .*\\bverified events .*${app.url}\n`));
  });

  it('reports that it is waiting for a slow app', async () => {
    let release = () => {};
    const app = await httpTarget((_request, response) => {
      release = () => response.writeHead(201).end();
    });
    const { io, url } = await startListen(['--forward-to', app.url]);
    const answered = post(url);
    await io.stderr.until(/note: .*\buser\.created evt_1\b.* http:\/\/127\.0\.0\.1:\d+\/webhook\n/);
    release();
    expect((await answered).status).toBe(201);
  });
});

async function startHuman(args: string[]) {
  const { memoryIo } = await import('../../support/memory-io.ts');
  const { run } = await import('../../../src/main.ts');
  const { onTestFinished } = await import('vitest');
  const { io, signal } = memoryIo(['listen', '--port', '0', ...args], { env: secretInEnv });
  const ended = run(io);
  const [, url] = await io.stderr.until(/ready on (\S+)/);
  onTestFinished(async () => {
    signal('SIGINT');
    await ended;
  });
  return { io, url: url! };
}

describe('--retry', () => {
  it('retries on schedule: the sender gets the first response; later attempts are re-signed with the same id', async () => {
    let count = 0;
    const app = await httpTarget((_request, response) => {
      count += 1;
      response.writeHead(count < 3 ? 500 : 201).end();
    });
    // On the test clock, each attempt is four minutes after the previous one.
    const args = ['--forward-to', app.url, '--retry', '--retry-scale', '0.001'];
    const { io, url, facts, cwd } = await startListen(args, { now: () => Date.now() + count * 240_000 });
    expect((await post(url, { id: 'msg_again', headers: { 'x-own': 'kept' } })).status).toBe(500);
    await io.stdout.until(/"attempt":3/);
    expect(facts('forwarded').map(({ attempt, status, ok }) => [attempt, status, ok])).toEqual([
      [1, 500, false],
      [2, 500, false],
      [3, 201, true],
    ]);
    const verifier = new StandardWebhook(testSecret);
    const [first, second, third] = app.requests.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect(second! - first!).toBeGreaterThanOrEqual(239);
    expect(third! - second!).toBeGreaterThanOrEqual(239);
    for (const [index, { headers, body }] of app.requests.entries()) {
      expect(headers['webhook-id']).toBe('msg_again');
      expect(headers['x-own']).toBe('kept');
      // The third is eight minutes ahead, which the verifier would reject. Its signature is compared below.
      if (index < 2) verifier.verify(body, headers as Record<string, string>);
    }
    const signatures = new Set(app.requests.map(({ headers }) => headers['webhook-signature']));
    expect(signatures.size).toBe(3);
    expect(recordsIn(folderOf(cwd)).filter(({ record }) => record === 'outcome')).toHaveLength(3);
    expect(count).toBe(3);
  });

  it('a message that the sender retries replaces its planned retries: an accepted message is not sent again', async () => {
    const counts = new Map<unknown, number>();
    const app = await httpTarget(({ headers }, response) => {
      const count = (counts.get(headers['webhook-id']) ?? 0) + 1;
      counts.set(headers['webhook-id'], count);
      response.writeHead(count === 1 ? 500 : 201).end();
    });
    const { io, url } = await startListen(['--forward-to', app.url, '--retry', '--retry-scale', '0.1']);
    expect((await post(url, { id: 'msg_same' })).status).toBe(500);
    expect((await post(url, { id: 'msg_same' })).status).toBe(201);
    // The retry of msg_same was due before that of msg_other, which is sent.
    expect((await post(url, { id: 'msg_other' })).status).toBe(500);
    await io.stdout.until(/"webhook_id":"msg_other"[^\n]*"attempt":2/);
    expect(counts).toEqual(
      new Map([
        ['msg_same', 2],
        ['msg_other', 2],
      ]),
    );
  });

  it('a capture that cannot be read back ends its retries, with a warning, and is reported as not accepted', async () => {
    const app = await answering(500);
    const { io, url, stop, cwd } = await startListen([
      '--forward-to',
      app.url,
      '--retry',
      '--retry-scale',
      '0.1',
    ]);
    await post(url);
    const folder = folderOf(cwd);
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    writeFileSync(join(folder, 'later.jsonl'), '{"v":2,"headers":[]}\n');
    await io.stderr.until(/cannot read a capture to retry it: .*later\.jsonl/);
    expect(app.requests).toHaveLength(1);
    expect(await stop()).toBe(130);
    expect(io.stderr.text).toContain('did not accept 1 event');
  });

  it('stopping ends the retries, and reports how to deliver the rest', async () => {
    const app = await answering(500);
    const { io, url, stop } = await startListen(['--forward-to', app.url, '--retry']);
    await post(url);
    expect(await stop()).toBe(130);
    expect(io.stderr.text).toMatch(
      new RegExp(`note: .*\\b1 event\\b.* scalekit-hooks replay --failed --to ${app.url}\n`),
    );
  });
});

it('of 1,000 messages to an app that closes idle connections, none fails and none is forwarded twice', async () => {
  let requests = 0;
  const app = await socketTarget((socket) => {
    requests += 1;
    socket.write('HTTP/1.1 201 Created\r\ncontent-length: 0\r\nkeep-alive: timeout=60\r\n\r\n');
    // Promises to keep the connection open, but closes it.
    if (requests % 3 === 0) socket.end();
  });
  const { url, facts } = await startListen(['--forward-to', app.url, '--quiet']);
  for (let round = 0; round < 100; round += 1) {
    const statuses = await Promise.all(
      Array.from(
        { length: 10 },
        async (_, index) => (await post(url, { id: `msg_${round}_${index}` })).status,
      ),
    );
    expect(new Set(statuses)).toEqual(new Set([201]));
  }
  // One request per message: none that the app had responded to was sent again.
  expect(requests).toBe(1000);
  expect(facts('forwarded')).toEqual([]);
});

describe('invalid settings', () => {
  it.each([
    [['--forward-to', 'https://app.example.com/x'], 'foreign_host', /app\.example\.com/],
    [['--route', 'user.*=https://app.example.com/x'], 'foreign_host', /app\.example\.com/],
    [['--forward-to', 'htp:/x'], 'invalid_target', /htp:\/x/],
    [['--route', 'user.created'], 'invalid_value', /user\.created.*--route/],
    [['--retry'], 'missing_flag', /--retry .*--forward-to or --route/],
    [['--forward-unverified'], 'missing_flag', /--forward-unverified .*--forward-to or --route/],
    [['--timeout', '3s'], 'missing_flag', /--timeout .*--forward-to or --route/],
    [['--within', '3s'], 'missing_flag', /--within .*--expect/],
    [['--forward-to', '8080', '--status', '500'], 'conflicting_flags', /--forward-to .*--status/],
    [['--no-capture', '--sync'], 'conflicting_flags', /--no-capture .*--sync/],
    [['--no-capture', '--captures', 'x'], 'conflicting_flags', /--no-capture .*--captures/],
  ])('%j', async (args, code, names) => {
    const ran = await runCommand(['listen', '--port', '0', '--json', ...args], { env: secretInEnv });
    expect(ran).toMatchObject({
      exitCode: 2,
      facts: [{ kind: 'error', code, message: expect.stringMatching(names) }],
    });
  });

  it('the target is the listener itself, under any of its names', async () => {
    const port = String(await closedPort());
    const names = [
      'localhost',
      '127.0.0.1',
      '[::1]',
      '127.0.0.2',
      '0.0.0.0',
      'app.localhost',
      '[::ffff:127.0.0.1]',
    ];
    for (const host of names) {
      const args = ['listen', '--port', port, '--json', '--forward-to', `http://${host}:${port}/x`];
      const ran = await runCommand(args, { env: secretInEnv });
      expect(ran).toMatchObject({ exitCode: 2, facts: [{ code: 'forwards_to_itself' }] });
    }
  });
});
