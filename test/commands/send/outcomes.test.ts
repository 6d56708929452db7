import { describe, expect, it } from 'vitest';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { answering, closedPort, httpTarget, socketTarget } from '../../support/targets.ts';

const secret = { env: { SCALEKIT_WEBHOOK_SECRET: testSecret } };

const send = (args: string[], world = {}) => runCommand(['send', ...args], { ...secret, ...world });

describe('explains every outcome', () => {
  it.each([
    [200, 0, undefined],
    [201, 0, undefined],
    [202, 0, undefined],
    [204, 0, /\b204\b.*\b200, 201 and 202\n.*\b201\b/],
    [300, 1, /\b300\b.*redirects\n.*\b201\b/],
    [400, 1, /\bmalformed\b.*\bsignature\n.*\braw body\b/],
    [401, 1, /\brejected the message\n.*\braw body\b/],
    [403, 1, /\bguard\b.*\n.*\bCSRF\b/],
    [404, 1, /\/webhook\n.*--to http:\/\/127\.0\.0\.1:\d+\/your\/path/],
    [405, 1, /\/webhook .*\bPOST\n.*\bPOST\b/],
    [413, 1, /\b\d+ bytes\n.*limit: '1mb'/],
    [415, 1, /\bapplication\/json\n.*\bapplication\/json\b/],
    [418, 1, /\b418\b.*\n.*\blog\b/],
    [422, 1, /\bvalidation\n.*\b2xx\b/],
    [429, 1, /\brate\b.*\bretry\b.*\n.*rate limit/],
    [500, 1, /\bfailed\b.*\bverifier\b.*\bretry\b.*\n.*\blog\b/],
    [501, 1, /\b501\b.*\bPOST\b.*\n.*\bport\b/],
    [502, 1, /\bproxy\b.*\bnot reach\b.*\n.*\bproxy\b/],
    [503, 1, /\bunavailable\b.*\bretry\b.*\n.*\bagain\b/],
    [504, 1, /\bproxy\b.*\btoo long\b.*\n.*\b202\b/],
    [507, 1, /\bfailed\b.*\b507\b.*\bretry\b.*\n.*\blog\b/],
  ])('%i: exit code %i', async (status, exitCode, advice) => {
    const target = await answering(status, status === 204 ? '' : '{"why":"because"}');
    const ran = await send(['user.created', '--to', target.url]);
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stdout).toContain(String(status));
    const [, detail, fix] = /^ {2}(.+)\n {2}fix: (.+)$/m.exec(ran.stderr) ?? [];
    if (advice === undefined) expect([detail, fix]).toEqual([undefined, undefined]);
    else expect(`${detail}\n${fix}`).toMatch(advice);
    if (status === 413) expect(detail).toContain(` ${target.requests[0]!.body.length} bytes`);
    if (exitCode === 1) expect(ran.stdout).toContain('response: {"why":"because"}');
  });

  it.each([
    [
      'another path',
      '/login',
      /\blogin guard\b.*\bhttp:\/\/127\.0\.0\.1:\d+\/login\b.*\n.*\bauthentication\b/,
    ],
    [
      'the same path with a slash',
      '/webhook/',
      /\/webhook\/, .*\btrailing slash\b.*\n.*use http:\/\/127\.0\.0\.1:\d+\/webhook\/, .*\bdashboard\b/,
    ],
    ['https', 'https://127.0.0.1:1/webhook', /\bHTTPS\n.*use https:\/\/127\.0\.0\.1:1\/webhook\. /],
    ['nowhere', undefined, /\b307\b.*\n.*\b201\b/],
    ['an escape sequence', '/\x9b31m', /\/%C2%9B31m\b.*\n/],
  ])('a redirect to %s is not followed', async (_name, location, advice) => {
    const target = await answering(307, '', location === undefined ? {} : { location });
    const ran = await send(['user.created', '--to', target.url]);
    expect(ran).toMatchObject({ exitCode: 1 });
    const [, detail, fix] = /^ {2}(.+)\n {2}fix: (.+)$/m.exec(ran.stderr)!;
    expect(`${detail}\n${fix}`).toMatch(advice);
    expect(ran.stderr).not.toContain('\x9b');
    expect(target.requests).toHaveLength(1);
  });

  it('an HTML page: exit code 0, and a warning', async () => {
    const target = await answering(200, '<html>', { 'content-type': 'text/html; charset=utf-8' });
    const ran = await send(['user.created', '--to', target.url]);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stderr).toMatch(/^ {2}.*\bHTML\b.*\n {2}fix: .*--to\b/m);
  });

  it('connection refused: exit code 3', async () => {
    const port = await closedPort();
    const ran = await send(['user.created', '--to', String(port)]);
    expect(ran).toMatchObject({ exitCode: 3, stdout: expect.stringMatching(/^✗ connection_refused /) });
    const [, host, listen] = /^ {2}.* (localhost:\d+)\n {2}fix: .*listen --port (\d+)/m.exec(ran.stderr)!;
    expect([host, listen]).toEqual([`localhost:${port}`, String(port)]);
  });

  it('no such host: exit code 3', async () => {
    const ran = await send(['user.created', '--to', 'http://nothing.invalid.test/x']);
    expect(ran).toMatchObject({ exitCode: 3, stdout: expect.stringMatching(/^✗ dns /) });
    expect(ran.stderr).toMatch(/^ {2}.*\bnothing\.invalid\.test\b.*\n {2}fix: .*\blocalhost\b/m);
  });

  it('TLS to a port without TLS: exit code 3', async () => {
    const target = await answering(200);
    const ran = await send(['user.created', '--to', target.url.replace('http', 'https')]);
    expect(ran).toMatchObject({ exitCode: 3, stdout: expect.stringMatching(/^✗ not_tls /) });
    expect(ran.stderr).toMatch(
      /^ {2}127\.0\.0\.1:\d+ .*\bTLS\b.*\n {2}fix: .*--to http:\/\/127\.0\.0\.1:\d+\/webhook$/m,
    );
  });

  it('no response: exit code 3 within the timeout', async () => {
    const target = await socketTarget(() => {});
    const ran = await send(['user.created', '--timeout', '200ms', '--to', target.url]);
    expect(ran).toMatchObject({ exitCode: 3, stdout: expect.stringMatching(/^✗ timeout /) });
    expect(ran.stderr).toMatch(
      /^ {2}.*\b200 ms\b.*\bmay have run\b.*\b10 s\b.*\n {2}fix: .*\b202\b.*--timeout/m,
    );
  });

  it('a connection reset: exit code 3', async () => {
    const target = await socketTarget((socket) => socket.resetAndDestroy());
    const ran = await send(['user.created', '--to', target.url]);
    expect(ran).toMatchObject({ exitCode: 3, stdout: expect.stringMatching(/^✗ reset /) });
    expect(ran.stderr).toMatch(/^ {2}.*\bmay have run\n {2}fix: .*https:\/\//m);
  });

  it('a response that breaks off: its status, and exit code 1', async () => {
    const target = await socketTarget((socket) =>
      socket.end('HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\n{}'),
    );
    const ran = await send(['user.created', '--to', target.url, '--json']);
    expect(ran.exitCode).toBe(1);
    expect(ran.facts[0]).toMatchObject({ ok: false, status: 201, failure: 'reset' });
  });

  it.each([
    [[201, 500], 1],
    [[500, 500], 1],
  ])('several responses %j: exit code %i', async (statuses, exitCode) => {
    const list = [...statuses];
    const target = await httpTarget((_request, response) => response.writeHead(list.shift()!).end());
    expect(await send(['session.*', '--to', target.url])).toMatchObject({ exitCode });
  });

  it('one response and one reset: exit code 1', async () => {
    let count = 0;
    const target = await socketTarget((socket) => {
      count += 1;
      if (count === 1) socket.end('HTTP/1.1 500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      else socket.resetAndDestroy();
    });
    expect(await send(['session.*', '--to', target.url])).toMatchObject({ exitCode: 1 });
  });
});

describe('possible causes of a rejection', () => {
  const causesOf = async (status: number, body: string, args: string[] = []) => {
    const target = await answering(status, body);
    const { facts } = await send(['user.created', '--to', target.url, '--json', ...args]);
    return facts[0] as { causes: { codes: string[] }[]; detail: string; fix: string };
  };

  it.each([
    [400, '', 'parsed_body'],
    [401, '{"error":"Invalid signature"}', 'parsed_body'],
    [403, '', 'route_guard'],
    [500, '{"error":"Internal server error"}', 'parsed_body'],
    [400, 'Missing required headers', 'dropped_headers'],
    [401, 'Message timestamp too old', 'clock'],
    [500, 'Invalid secret', 'invalid_secret'],
    [401, 'jwt expired', 'route_guard'],
    [403, '{"error":"IP 203.0.113.7 not in allowlist"}', 'route_guard'],
    [500, 'Error: SCALEKIT_WEBHOOK_SECRET is not set', 'invalid_secret'],
  ])('%i %s: first %s', async (status, body, first) => {
    const { causes } = await causesOf(status, body);
    expect(causes[0]!.codes).toEqual([first]);
    expect(causes).toHaveLength(3);
    expect(new Set(causes.flatMap(({ codes }) => codes)).size).toBe(causes.length);
  });

  it.each([
    [403, 'invalid CSRF token', /\bCSRF\b/],
    [401, '{"error":"signature_mismatch"}', /\blisten\b/],
    [404, 'Cannot POST /webhook', /\/webhook$/],
    [401, 'You need to sign in or sign up before continuing.', /\blogin guard\b/],
  ])('%i %s does not come from a handler: named, without causes', async (status, body, detail) => {
    const fact = await causesOf(status, body);
    expect(fact.causes).toEqual([]);
    expect(fact.detail).toMatch(detail);
  });

  it.each([
    [500, 'column "expired_at" does not exist'],
    [500, '{"error":"connect ECONNREFUSED 127.0.0.1:5432"}'],
    [503, 'database is locked'],
    [400, 'PrismaClientInitializationError: invalid port number'],
  ])('%i %s: only the database is suspected', async (status, body) => {
    const { causes } = await causesOf(status, body);
    expect(causes.map(({ codes }) => codes)).toEqual([['dependency']]);
  });

  it.each([404, 422, 503])('%i has no causes', async (status) => {
    expect((await causesOf(status, 'Invalid signature')).causes).toEqual([]);
  });

  it('names the fix, and the masked secret with its source', async () => {
    const text = JSON.stringify((await causesOf(401, '')).causes);
    expect(text).toContain("express.raw({ type: 'application/json' })");
    expect(text).toContain('whsec_C2… from SCALEKIT_WEBHOOK_SECRET');
    expect(text).not.toContain(testSecret);
  });

  it('a message that is too old is reported as too old', async () => {
    const { causes, detail, fix } = await causesOf(401, '', ['--age', '10m']);
    expect(causes).toEqual([]);
    expect(detail).toMatch(/\b10 min old\b.*\b5 min\b/);
    expect(fix).toContain('--age');
  });

  it('a message that does not verify here either is not blamed on the handler', async () => {
    const { causes, detail, fix } = await causesOf(401, '', ['-H', 'webhook-id: other', '--force']);
    expect(causes).toEqual([]);
    expect(detail).toContain('does not verify here either');
    expect(fix).toContain('--force');
  });
});
