import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../../src/main.ts';
import { memoryIo, runCommand, testSecret } from '../../support/memory-io.ts';
import { answering, closedPort, httpTarget, socketTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const secret = { env: { SCALEKIT_WEBHOOK_SECRET: testSecret } };
const send = (args: string[], world = {}) => runCommand(['send', ...args], { ...secret, ...world });

describe('sends what is requested', () => {
  it.each([
    [['user.created'], ['user.created']],
    [
      ['user.created', 'session.expired'],
      ['user.created', 'session.expired'],
    ],
    [['session.*'], ['session.created', 'session.expired']],
    [['organization.directory.*'], 6],
    [['user.*'], 12],
    [['organization.*'], 19],
    [['--all'], 52],
  ])('%j', async (args, expected) => {
    const target = await httpTarget();
    const { exitCode, stdout } = await send([...args, '--to', target.url]);
    const types = target.requests.map(({ body }) => JSON.parse(body.toString()).type);
    if (typeof expected === 'number') expect(types).toHaveLength(expected);
    else expect(types).toEqual(expected);
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(types.length);
  });

  it('a file: its own fields with a new id and time, in wire form', async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, 'event.json'),
      '{ "type": "invoice.paid", "id": "evt_old", "data": { "b": 1.0, "a": "x" } }',
    );
    const target = await httpTarget();
    expect((await send(['./event.json', '--to', target.url], { cwd })).exitCode).toBe(0);
    expect((await send(['event.json', '--keep-id', '--to', target.url], { cwd })).exitCode).toBe(0);
    const [first, second] = target.requests.map(({ body }) => body.toString());
    expect(first).toMatch(
      /^\{"data":\{"a":"x","b":1\.0\},"environment_id":"env_\d{18}","id":"evt_\d{18}","object":"Invoice","occurred_at":"[^"]+","spec_version":"1","type":"invoice\.paid"\}$/,
    );
    expect(second).toContain('"id":"evt_old"');
  });

  it('types from a fixtures folder, by flag and by variable', async () => {
    const fixtures = temporaryFolder();
    writeFileSync(join(fixtures, 'invoice.paid.json'), '{"type":"invoice.paid","data":{}}');
    const target = await httpTarget();
    await send(['invoice.*', '--fixtures', fixtures, '--to', target.url]);
    await send(['invoice.paid', '--to', target.url], {
      env: { ...secret.env, SCALEKIT_HOOKS_FIXTURES: fixtures },
    });
    expect(target.requests).toHaveLength(2);
  });

  it('each message has its own id, and -H adds headers', async () => {
    const target = await httpTarget();
    await send([
      'user.created',
      'user.created',
      '-H',
      'x-tenant: a',
      '-H',
      'x-tenant: b',
      '--to',
      target.url,
    ]);
    const [first, second] = target.requests;
    expect(first!.headers['webhook-id']).toMatch(/^msg_[0-9A-Za-z]{27}$/);
    expect(first!.headers['webhook-id']).not.toBe(second!.headers['webhook-id']);
    expect(first!.headers['x-tenant']).toBe('a, b');
    expect(first!.headers['content-type']).toBe('application/json');
  });

  it('two secrets give two signatures', async () => {
    const target = await httpTarget();
    await send([
      'user.created',
      '--secret',
      testSecret,
      '--secret',
      `whsec_${'A'.repeat(32)}`,
      '--to',
      target.url,
    ]);
    expect(target.requests[0]!.headers['webhook-signature']).toMatch(/^v1,\S{44} v1,\S{44}$/);
  });

  it('SCALEKIT_HOOKS_TO sets the target, and --to overrides it', async () => {
    const [one, other] = [await httpTarget(), await httpTarget()];
    const env = { ...secret.env, SCALEKIT_HOOKS_TO: one.url };
    await send(['user.created'], { env });
    await send(['user.created', '--to', other.url], { env });
    expect([one.requests.length, other.requests.length]).toEqual([1, 1]);
  });

  it('credentials in the URL become a header and are never printed', async () => {
    const target = await httpTarget((_request, response) => response.writeHead(500).end());
    const url = target.url.replace('http://', 'http://ada:hunter22@');
    const ran = await send(['user.created', '--verbose', '--to', url]);
    expect(target.requests[0]!.headers.authorization).toBe(`Basic ${btoa('ada:hunter22')}`);
    expect(ran.stdout + ran.stderr).not.toMatch(/hunter22|aHVudGVyMjI|YWRhOmh1bnRlcjIy/);
  });
});

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

describe('invalid input sends nothing, prints an error in three lines, and exits with 2', () => {
  const rows: [name: string, args: string[], code: string, names: RegExp][] = [
    ['nothing to send', [], 'nothing_to_send', /\n {2}fix: .*scalekit-hooks send user\.created\n/],
    [
      'types and --all',
      ['user.created', '--all'],
      'conflicting_flags',
      /event types and --all\b.*\n {2}.*--all\b.*\n {2}fix: omit --all\n/,
    ],
    ['a mistyped type', ['user.creatd'], 'unknown_event_type', /"user\.creatd" .*\n {2}.*\buser\.created\b/],
    [
      'the last of several mistyped',
      ['user.created', 'user.*', 'nonsense.type.that.is.far'],
      'unknown_event_type',
      /"nonsense\.type\.that\.is\.far" .*\n {2}.*\b52\b/,
    ],
    [
      'a type in another case',
      ['User.Created'],
      'unknown_event_type',
      /"User\.Created" .*\n {2}.*\buser\.created\?/,
    ],
    ['__proto__', ['__proto__'], 'unknown_event_type', /"__proto__" .*\n {2}.*\b52\b/],
    [
      'a pattern that matches nothing',
      ['nothing.*'],
      'unmatched_pattern',
      /"nothing\.\*" .*\n {2}.*\b52\b.*\*/,
    ],
    ['a missing file', ['./nothing.json'], 'unreadable_file', /\/nothing\.json \[.*\n {2}no such file/],
    ['a folder', ['./'], 'unreadable_file', /\n {2}.*\bfolder\n/],
    [
      'a malformed URL',
      ['user.created', '--to', 'htp:/x'],
      'invalid_target',
      /"htp:\/x" .*\n {2}.*\bhtp:\n {2}fix: .*3000, :3000\/hooks/,
    ],
    ['an empty URL', ['user.created', '--to', ''], 'invalid_target', /"" .*\n {2}.*\bempty\b/],
    [
      'an unsupported scheme',
      ['user.created', '--to', 'file:///etc/passwd'],
      'invalid_target',
      /"file:\/\/\/etc\/passwd" .*\n {2}.*\bhttps:.*\bfile:\n/,
    ],
    [
      'a foreign host',
      ['user.created', '--to', 'https://example.com/hook'],
      'foreign_host',
      /\bexample\.com [\s\S]*--allow-host example\.com\b/,
    ],
    [
      'a foreign address',
      ['user.created', '--to', 'http://8.8.8.8/'],
      'foreign_host',
      /\b8\.8\.8\.8 [\s\S]*--allow-host 8\.8\.8\.8\b/,
    ],
    [
      'a host that only looks local',
      ['user.created', '--to', 'http://localhost.example.com'],
      'foreign_host',
      /\blocalhost\.example\.com [\s\S]*--allow-host localhost\.example\.com\b/,
    ],
    [
      '--insecure elsewhere',
      ['user.created', '--to', 'https://example.com', '--allow-host', 'example.com', '--insecure'],
      'insecure_foreign_host',
      /--insecure\b.*\n {2}.*\bexample\.com\n {2}fix: .*NODE_EXTRA_CA_CERTS/,
    ],
    [
      'a malformed secret',
      ['user.created', '--secret', 'whsec_test_x'],
      'invalid_secret',
      /--secret\b.*\(whsec_te…\).*\n {2}.*\bunderscore\b/,
    ],
    ['an empty secret', ['user.created', '--secret', ''], 'invalid_secret', /--secret\b.*\n {2}.*\bempty\n/],
    [
      'a duration without unit',
      ['user.created', '--timeout', '10'],
      'invalid_value',
      /"10" for --timeout\b.*\n.*\n {2}fix: .*--timeout 10s\n/,
    ],
    [
      'a header without colon',
      ['user.created', '-H', 'x'],
      'invalid_value',
      /"x…" .*\n.*\n {2}fix: .*-H 'x-tenant: acme'/,
    ],
    [
      'a header of the signature',
      ['user.created', '-H', 'webhook-id: x'],
      'signature_header',
      /\bwebhook-id \[.*\n.*\n {2}fix: .*--force\b/,
    ],
    [
      'a header of the connection',
      ['user.created', '-H', 'content-length: 3'],
      'connection_header',
      /\bcontent-length \[/,
    ],
    [
      'an unknown flag',
      ['user.created', '--too', 'x'],
      'usage',
      /"--too" .*\n {2}.*--to\?\n {2}fix: .*scalekit-hooks send --help\n/,
    ],
    [
      'a flag without value',
      ['user.created', '--to'],
      'usage',
      /--to .*\n.*--to <target>\n {2}fix: .*scalekit-hooks send --help\n/,
    ],
    [
      'a flag given twice',
      ['user.created', '--to', '3000', '--to', '4000'],
      'repeated_flag',
      /^error: --to .*\n {2}.*"3000".*"4000"/,
    ],
    [
      'an unknown color mode',
      ['user.created', '--color', 'red'],
      'invalid_value',
      /"red" for --color\b.*\n {2}.*\bauto, always, never\n/,
    ],
    [
      'a missing fixtures folder',
      ['user.created', '--fixtures', './nothing'],
      'unreadable_file',
      /\/nothing \[.*\n {2}no such file or folder/,
    ],
  ];

  it.each(rows)('%s', async (_name, args, code, names) => {
    const target = await httpTarget();
    const hasTarget = args.includes('--to');
    const all = hasTarget ? args : [...args, '--to', target.url];
    const human = await send(code === 'usage' && args.at(-1) === '--to' ? args : all);
    expect(human).toMatchObject({ exitCode: 2, stdout: '' });
    expect(human.stderr).toMatch(new RegExp(`^error: .+ \\[${code}\\]\\n {2}.+\\n {2}fix: .+\\n$`));
    expect(human.stderr).toMatch(names);
    const json = await send(['--json', ...(code === 'usage' && args.at(-1) === '--to' ? args : all)]);
    expect(json).toMatchObject({ exitCode: 2, stderr: '' });
    expect(json.facts).toEqual([
      {
        kind: 'error',
        v: 1,
        time: expect.any(String),
        code,
        message: expect.stringMatching(/./),
        detail: expect.stringMatching(/./),
        fix: expect.stringMatching(/./),
      },
    ]);
    expect(target.requests).toEqual([]);
  });

  it('a foreign host that is allowed by flag or variable is not rejected', async () => {
    const args = ['user.created', '--to', 'http://nothing.invalid/', '--json'];
    for (const [extra, env] of [
      [['--allow-host', 'Nothing.invalid'], {}],
      [[], { SCALEKIT_HOOKS_ALLOW_HOSTS: 'example.com, nothing.invalid' }],
    ] as const) {
      const ran = await send([...args, ...extra], { env: { ...secret.env, ...env } });
      expect(ran).toMatchObject({ exitCode: 3, facts: [{ failure: 'dns' }] });
    }
  });
});

describe('output', () => {
  it('one event: a result line on stdout; the target and the secret on stderr', async () => {
    const target = await httpTarget();
    const { stdout, stderr } = await send(['user.created', '--to', target.url]);
    expect(stdout).toMatch(/^✓ 201 +[\d.]+ ms {2}user\.created {2}evt_\d{18}\n$/);
    expect(stderr).toMatch(/^note: .+ whsec_C2… from SCALEKIT_WEBHOOK_SECRET\n$/);
    expect(stderr).toContain(` ${target.url},`);
  });

  it('several events: a summary', async () => {
    const statuses = [201, 500];
    const target = await httpTarget((_request, response) => response.writeHead(statuses.shift()!).end());
    const { stderr } = await send(['session.*', '--to', target.url]);
    expect(stderr).toMatch(/^2 sent: 1 accepted, 1 not accepted \(201: 1, 500: 1\) in \d+ ms\n$/m);
  });

  it('the same advice is printed only once', async () => {
    const target = await answering(401);
    const { stderr } = await send(['user.*', '--to', target.url]);
    expect(stderr.match(/^ {2}fix: /gm)).toHaveLength(1);
  });

  it('--quiet prints only failures', async () => {
    const statuses = [201, 500, 201, 201];
    const target = await httpTarget((_request, response) => response.writeHead(statuses.shift()!).end());
    const mixed = await send(['session.*', '--quiet', '--to', target.url]);
    expect(mixed.stdout).toMatch(/^✗ 500 .*session\.expired.*\n$/);
    expect(mixed.stderr).not.toContain('note:');
    expect(await send(['session.*', '--quiet', '--to', target.url])).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('--verbose: the message and the response', async () => {
    const target = await answering(201, '{"received":true}');
    const { stdout, stderr } = await send(['user.created', '--verbose', '--to', target.url]);
    expect(stdout).toContain('response: {"received":true}');
    expect(stderr).toMatch(/> webhook-signature: v1,\S{44}\n/);
    expect(stderr).toMatch(/> \{"data":\{"email"/);
  });

  it('--json: facts on stdout, a summary for several', async () => {
    const target = await httpTarget();
    const { facts } = await send(['session.*', '--json', '--to', target.url]);
    expect(facts.map(({ kind }) => kind)).toEqual(['delivered', 'delivered', 'summary']);
    expect(facts[0]).toMatchObject({
      v: 1,
      event_type: 'session.created',
      ok: true,
      status: 201,
      failure: null,
      target: target.url,
    });
    expect(facts[2]).toMatchObject({
      command: 'send',
      ok: true,
      total: 2,
      accepted: 2,
      statuses: { 201: 2 },
    });
  });

  it('a response with escape sequences, a secret and much text is cleaned, masked and cut', async () => {
    const target = await answering(500, `\x1b[2J\x9b31m\u202e ${testSecret} ${'x'.repeat(100_000)}`);
    for (const args of [[], ['--json'], ['--verbose']]) {
      const { stdout, stderr } = await send(['user.created', '--to', target.url, ...args]);
      expect(stdout + stderr).not.toMatch(/[\x1b\x9b\u202e]/);
      expect(stdout + stderr).not.toContain(testSecret);
      expect(stdout).toContain('whsec_C2…');
      expect(stdout.length).toBeLessThan(10_000);
    }
  });

  it('color only when requested or on a terminal', async () => {
    const target = await httpTarget();
    const args = ['user.created', '--to', target.url];
    expect((await send(args)).stdout).not.toContain('\x1b');
    expect((await send([...args, '--color', 'always'])).stdout).toContain('\x1b[32m');
    expect((await send(args, { isTerminal: true })).stdout).toContain('\x1b[32m');
    expect((await send([...args, '--color', 'never'], { isTerminal: true })).stdout).not.toContain('\x1b');
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }, { CI: 'true' }]) {
      expect((await send(args, { isTerminal: true, env: { ...secret.env, ...env } })).stdout).not.toContain(
        '\x1b',
      );
    }
    expect((await send(args, { env: { ...secret.env, FORCE_COLOR: '1' } })).stdout).toContain('\x1b[32m');
  });
});

describe('Ctrl-C', () => {
  it('finishes the delivery in flight, starts no other, prints a summary, and exits with 130', async () => {
    let respond = () => {};
    const target = await httpTarget((_request, response) => {
      respond = () => response.writeHead(201).end();
      signal('SIGINT');
      setImmediate(() => respond());
    });
    const { io, signal } = memoryIo(['send', '--all', '--json', '--to', target.url], secret);
    expect(await run(io)).toBe(130);
    expect(target.requests).toHaveLength(1);
    expect(io.stdout.text).toMatch(/"kind":"delivered".*\n.*"kind":"summary".*"total":1/);
  });

  it('a second time exits immediately', async () => {
    const target = await httpTarget((_request, response) => {
      signal('SIGINT');
      signal('SIGINT');
      response.writeHead(201).end();
    });
    const { io, signal, exits } = memoryIo(['send', 'user.created', '--to', target.url], secret);
    await run(io);
    expect(exits).toEqual([130]);
  });

  it('aborts a delivery that takes more than two more seconds', async () => {
    const target = await socketTarget(() => signal('SIGTERM'));
    const { io, signal } = memoryIo(['send', 'user.created', '--json', '--to', target.url], secret);
    expect(await run(io)).toBe(143);
    expect(JSON.parse(io.stdout.text)).toMatchObject({ failure: 'stopped' });
  });
});
