import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../../src/main.ts';
import { memoryIo, runCommand, testSecret } from '../../support/memory-io.ts';
import { answering, closedPort, httpTarget, socketTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const secret = { env: { SCALEKIT_WEBHOOK_SECRET: testSecret } };
const send = (args: string[], world = {}) => runCommand(['send', ...args], { ...secret, ...world });

describe('what is asked for is what is sent', () => {
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

  it('a file: its own fields, a new id and time, in wire form', async () => {
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

  it("types of a folder of one's own, by flag and by variable", async () => {
    const fixtures = temporaryFolder();
    writeFileSync(join(fixtures, 'invoice.paid.json'), '{"type":"invoice.paid","data":{}}');
    const target = await httpTarget();
    await send(['invoice.*', '--fixtures', fixtures, '--to', target.url]);
    await send(['invoice.paid', '--to', target.url], {
      env: { ...secret.env, SCALEKIT_HOOKS_FIXTURES: fixtures },
    });
    expect(target.requests).toHaveLength(2);
  });

  it('each message has its own ids, and headers that can be added to', async () => {
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

  it('SCALEKIT_HOOKS_TO says where to, and --to overrules it', async () => {
    const [one, other] = [await httpTarget(), await httpTarget()];
    const env = { ...secret.env, SCALEKIT_HOOKS_TO: one.url };
    await send(['user.created'], { env });
    await send(['user.created', '--to', other.url], { env });
    expect([one.requests.length, other.requests.length]).toEqual([1, 1]);
  });

  it('credentials of the URL go into a header and are never shown', async () => {
    const target = await httpTarget((_request, response) => response.writeHead(500).end());
    const url = target.url.replace('http://', 'http://ada:hunter22@');
    const ran = await send(['user.created', '--verbose', '--to', url]);
    expect(target.requests[0]!.headers.authorization).toBe(`Basic ${btoa('ada:hunter22')}`);
    expect(ran.stdout + ran.stderr).not.toMatch(/hunter22|aHVudGVyMjI|YWRhOmh1bnRlcjIy/);
  });
});

describe('every answer has its words', () => {
  it.each([
    [200, 0, undefined],
    [201, 0, undefined],
    [202, 0, undefined],
    [204, 0, 'documents name only 200, 201 and 202, not 204'],
    [300, 1, 'is no answer that Scalekit counts as taken'],
    [400, 1, 'took the message for malformed, or did not accept its signature'],
    [401, 1, 'did not accept the signature'],
    [403, 1, 'does not let this request in'],
    [404, 1, 'nothing handles /webhook there'],
    [405, 1, '/webhook is there, but takes no POST'],
    [413, 1, 'takes no body of'],
    [415, 1, 'does not take application/json'],
    [418, 1, 'with a status (418)'],
    [422, 1, 'could not process this event'],
    [429, 1, 'limits how often it is called'],
    [500, 1, 'the handler failed'],
    [501, 1, 'the handler failed (501)'],
    [502, 1, 'a proxy answered'],
    [503, 1, 'not available now'],
    [504, 1, 'took too long'],
  ])('%i: exit code %i', async (status, exitCode, words) => {
    const target = await answering(status, status === 204 ? '' : '{"why":"because"}');
    const ran = await send(['user.created', '--to', target.url]);
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stdout).toContain(String(status));
    if (words === undefined) expect(ran.stderr).not.toContain('means');
    else
      expect(ran.stderr).toMatch(new RegExp(`means: .*${words.replaceAll(/[()]/g, '\\$&')}[\\s\\S]*try: .+`));
    if (exitCode === 1) expect(ran.stdout).toContain('answer: {"why":"because"}');
  });

  it.each([
    ['another place', '/login', 'a redirect to http://127.0.0.1:', 'before what redirects'],
    [
      'the same with a slash',
      '/webhook/',
      'only the slash at the end differs',
      '/webhook/, and that URL in the dashboard',
    ],
    ['https', 'https://127.0.0.1:1/webhook', 'it wants https', '--to https://127.0.0.1:1/webhook'],
    ['nowhere', undefined, 'is no answer that Scalekit counts as taken', 'answer 201'],
    ['an escape sequence', '/\x9b31m', 'a redirect to', ''],
  ])('a redirect to %s is not followed', async (_name, location, words, advice) => {
    const target = await answering(307, '', location === undefined ? {} : { location });
    const ran = await send(['user.created', '--to', target.url]);
    expect(ran).toMatchObject({ exitCode: 1 });
    expect(ran.stderr).toContain(words);
    expect(ran.stderr).toContain(advice);
    expect(ran.stderr).not.toContain('\x9b');
    expect(target.requests).toHaveLength(1);
  });

  it('a page is not a handler', async () => {
    const target = await answering(200, '<html>', { 'content-type': 'text/html; charset=utf-8' });
    const ran = await send(['user.created', '--to', target.url]);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stderr).toContain('looks like a page');
  });

  it('refused: exit code 3', async () => {
    const ran = await send(['user.created', '--to', String(await closedPort())]);
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toMatch(
      /means: nothing listens on localhost:\d+\n {2}try: start your app, or scalekit-hooks listen --port \d+/,
    );
  });

  it('no such host: exit code 3', async () => {
    const ran = await send(['user.created', '--to', 'http://nothing.invalid.test/x']);
    expect(ran).toMatchObject({ exitCode: 3 });
    expect(ran.stderr).toContain('there is no host called nothing.invalid.test');
  });

  it('TLS where there is none: exit code 3', async () => {
    const target = await answering(200);
    const ran = await send(['user.created', '--to', target.url.replace('http', 'https')]);
    expect(ran).toMatchObject({ exitCode: 3 });
    expect(ran.stderr).toMatch(/does not speak TLS[\s\S]*--to http:\/\/127/);
  });

  it('silence: exit code 3 within the limit', async () => {
    const target = await socketTarget(() => {});
    const ran = await send(['user.created', '--timeout', '200ms', '--to', target.url]);
    expect(ran).toMatchObject({ exitCode: 3 });
    expect(ran.stderr).toContain('no answer within 200 ms; your handler may have run');
  });

  it('reset: exit code 3', async () => {
    const target = await socketTarget((socket) => socket.resetAndDestroy());
    const ran = await send(['user.created', '--to', target.url]);
    expect(ran).toMatchObject({ exitCode: 3 });
    expect(ran.stderr).toContain('closed before an answer came; your handler may have run');
  });

  it('an answer that breaks off: its status, exit code 1', async () => {
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
  ])('of several answers %j: exit code %i', async (statuses, exitCode) => {
    const list = [...statuses];
    const target = await httpTarget((_request, response) => response.writeHead(list.shift()!).end());
    expect(await send(['session.*', '--to', target.url])).toMatchObject({ exitCode });
  });

  it('one answered and one not: exit code 1', async () => {
    let count = 0;
    const target = await socketTarget((socket) => {
      count += 1;
      if (count === 1) socket.end('HTTP/1.1 500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      else socket.resetAndDestroy();
    });
    expect(await send(['session.*', '--to', target.url])).toMatchObject({ exitCode: 1 });
  });
});

describe('possible causes of a refusal', () => {
  const causesOf = async (status: number, body: string, args: string[] = []) => {
    const target = await answering(status, body);
    const { facts } = await send(['user.created', '--to', target.url, '--json', ...args]);
    return facts[0] as { causes: { cause: string; why: string }[]; meaning: string };
  };

  it.each([
    [400, '', 'parsed_body'],
    [401, '{"error":"Invalid signature"}', 'parsed_body'],
    [403, '', 'route_guard'],
    [500, '{"error":"Internal server error"}', 'parsed_body'],
    [400, 'Missing required headers', 'dropped_headers'],
    [401, 'Message timestamp too old', 'clock'],
    [500, 'Invalid secret', 'other_secret'],
    [403, 'invalid CSRF token', 'route_guard'],
    [401, 'CSRF token missing', 'route_guard'],
  ])('%i %s: first %s', async (status, body, first) => {
    const { causes } = await causesOf(status, body);
    expect(causes[0]!.cause).toBe(first);
    expect(causes.length).toBeGreaterThan(2);
    expect(new Set(causes.map(({ cause }) => cause)).size).toBe(causes.length);
  });

  it.each([404, 422, 503])('%i has none', async (status) => {
    expect((await causesOf(status, 'Invalid signature')).causes).toEqual([]);
  });

  it('says the fix, and the secret masked with its source', async () => {
    const text = JSON.stringify((await causesOf(401, '')).causes);
    expect(text).toContain("express.raw({ type: 'application/json' })");
    expect(text).toContain('whsec_C2… from SCALEKIT_WEBHOOK_SECRET');
    expect(text).not.toContain(testSecret);
  });

  it('a message that is too old is refused for that', async () => {
    const { causes, meaning } = await causesOf(401, '', ['--age', '10m']);
    expect(causes).toEqual([]);
    expect(meaning).toContain('does not verify here either: rightly signed, but 10 min old');
  });

  it('a message that does not verify here either is not blamed on the handler', async () => {
    const { causes, meaning } = await causesOf(401, '', ['-H', 'webhook-id: other', '--force']);
    expect(causes).toEqual([]);
    expect(meaning).toContain('does not verify here either');
  });
});

describe('a wrong request sends nothing, says so in three lines, and exits with 2', () => {
  const rows: [name: string, args: string[], code: string, words: RegExp][] = [
    ['nothing to send', [], 'nothing_to_send', /send user\.created/],
    ['types and --all', ['user.created', '--all'], 'types_and_all', /--all already means/],
    ['a mistyped type', ['user.creatd'], 'unknown_event_type', /did you mean user\.created/],
    [
      'the last of several mistyped',
      ['user.created', 'user.*', 'nonsense.type.that.is.far'],
      'unknown_event_type',
      /none of the 52/,
    ],
    ['a type in other case', ['User.Created'], 'unknown_event_type', /did you mean user\.created\?/],
    ['__proto__', ['__proto__'], 'unknown_event_type', /there is no event type "__proto__"/],
    ['a pattern for nothing', ['nothing.*'], 'unmatched_pattern', /dots included/],
    ['a missing file', ['./nothing.json'], 'unreadable_file', /no such file/],
    ['a folder', ['./'], 'unreadable_file', /it is a folder/],
    ['a malformed URL', ['user.created', '--to', 'htp:/x'], 'invalid_target', /3000, :3000\/hooks/],
    ['an empty URL', ['user.created', '--to', ''], 'invalid_target', /it is empty/],
    ['another scheme', ['user.created', '--to', 'file:///etc/passwd'], 'invalid_target', /file: is not http/],
    [
      'a foreign host',
      ['user.created', '--to', 'https://example.com/hook'],
      'foreign_host',
      /--allow-host example\.com/,
    ],
    ['a foreign address', ['user.created', '--to', 'http://8.8.8.8/'], 'foreign_host', /8\.8\.8\.8/],
    [
      'a host that only looks local',
      ['user.created', '--to', 'http://localhost.example.com'],
      'foreign_host',
      /looks real to whoever runs/,
    ],
    [
      '--insecure elsewhere',
      ['user.created', '--to', 'https://example.com', '--allow-host', 'example.com', '--insecure'],
      'insecure_foreign_host',
      /NODE_EXTRA_CA_CERTS/,
    ],
    [
      'a malformed secret',
      ['user.created', '--secret', 'whsec_test_x'],
      'invalid_secret',
      /second underscore/,
    ],
    ['an empty secret', ['user.created', '--secret', ''], 'invalid_secret', /it is empty/],
    ['a duration without unit', ['user.created', '--timeout', '10'], 'invalid_value', /--timeout 10s/],
    ['a header without colon', ['user.created', '-H', 'x'], 'invalid_value', /x-tenant: acme/],
    ['a header of the signature', ['user.created', '-H', 'webhook-id: x'], 'signature_header', /--force/],
    [
      'a header of the connection',
      ['user.created', '-H', 'content-length: 3'],
      'connection_header',
      /leave it out/,
    ],
    [
      'an unknown flag',
      ['user.created', '--too', 'x'],
      'usage',
      /did you mean --to\?[\s\S]*scalekit-hooks send --help/,
    ],
    ['a flag without value', ['user.created', '--to'], 'usage', /--to <target>.* argument missing/],
    [
      'a flag given twice',
      ['user.created', '--to', '3000', '--to', '4000'],
      'repeated_flag',
      /"3000" and "4000"/,
    ],
    ['a color that is none', ['user.created', '--color', 'red'], 'invalid_value', /auto, always, never/],
    [
      'fixtures that are not there',
      ['user.created', '--fixtures', './nothing'],
      'unreadable_file',
      /no such file or folder/,
    ],
  ];

  it.each(rows)('%s', async (_name, args, code, words) => {
    const target = await httpTarget();
    const hasTarget = args.includes('--to');
    const all = hasTarget ? args : [...args, '--to', target.url];
    const human = await send(code === 'usage' && args.at(-1) === '--to' ? args : all);
    expect(human).toMatchObject({ exitCode: 2, stdout: '' });
    expect(human.stderr).toMatch(/^error: .+ \[\w+\]\n {2}why: .+\n {2}try: .+\n$/);
    expect(human.stderr).toMatch(words);
    const json = await send(['--json', ...(code === 'usage' && args.at(-1) === '--to' ? args : all)]);
    expect(json).toMatchObject({ exitCode: 2, stderr: '' });
    expect(json.facts).toEqual([
      {
        kind: 'error',
        v: 1,
        time: expect.any(String),
        code,
        what: expect.any(String),
        why: expect.any(String),
        try: expect.any(String),
      },
    ]);
    expect(target.requests).toEqual([]);
  });

  it('a foreign host that is allowed by name, by flag or variable, is not refused', async () => {
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

describe('what is said', () => {
  it('one event: a result line on stdout; where to and with which secret on stderr', async () => {
    const target = await httpTarget();
    const { stdout, stderr } = await send(['user.created', '--to', target.url]);
    expect(stdout).toMatch(/^✓ 201 +[\d.]+ ms {2}user\.created {2}evt_\d{18}\n$/);
    expect(stderr).toBe(`note: to ${target.url}, signed with whsec_C2… from SCALEKIT_WEBHOOK_SECRET\n`);
  });

  it('several: a summary', async () => {
    const statuses = [201, 500];
    const target = await httpTarget((_request, response) => response.writeHead(statuses.shift()!).end());
    const { stderr } = await send(['session.*', '--to', target.url]);
    expect(stderr).toMatch(/2 sent: 1 accepted, 1 not accepted \(201: 1, 500: 1\) in \d+ ms\n$/);
  });

  it('the same advice only once', async () => {
    const target = await answering(401);
    const { stderr } = await send(['user.*', '--to', target.url]);
    expect(stderr.match(/means:/g)).toHaveLength(1);
  });

  it('--quiet: nothing when all went well, and only what failed when not', async () => {
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

  it('--verbose: the message and the answer', async () => {
    const target = await answering(201, '{"received":true}');
    const { stdout, stderr } = await send(['user.created', '--verbose', '--to', target.url]);
    expect(stdout).toContain('answer: {"received":true}');
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

  it('an answer with escape sequences, a secret in it, and without end is shown clean, masked and cut', async () => {
    const target = await answering(500, `\x1b[2J\x9b31m\u202e ${testSecret} ${'x'.repeat(100_000)}`);
    for (const args of [[], ['--json'], ['--verbose']]) {
      const { stdout, stderr } = await send(['user.created', '--to', target.url, ...args]);
      expect(stdout + stderr).not.toMatch(/[\x1b\x9b\u202e]/);
      expect(stdout + stderr).not.toContain(testSecret);
      expect(stdout).toContain('whsec_C2…');
      expect(stdout.length).toBeLessThan(10_000);
    }
  });

  it('colour only when asked for or on a terminal', async () => {
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
  it('lets the delivery in flight end, begins no other, sums up, and exits with 130', async () => {
    let answer = () => {};
    const target = await httpTarget((_request, response) => {
      answer = () => response.writeHead(201).end();
      signal('SIGINT');
      setImmediate(() => answer());
    });
    const { io, signal } = memoryIo(['send', '--all', '--json', '--to', target.url], secret);
    expect(await run(io)).toBe(130);
    expect(target.requests).toHaveLength(1);
    expect(io.stdout.text).toMatch(/"kind":"delivered".*\n.*"kind":"summary".*"total":1/);
  });

  it('a second time leaves at once', async () => {
    const target = await httpTarget((_request, response) => {
      signal('SIGINT');
      signal('SIGINT');
      response.writeHead(201).end();
    });
    const { io, signal, exits } = memoryIo(['send', 'user.created', '--to', target.url], secret);
    await run(io);
    expect(exits).toEqual([130]);
  });

  it('cuts a delivery that takes longer than two seconds more', async () => {
    const target = await socketTarget(() => signal('SIGTERM'));
    const { io, signal } = memoryIo(['send', 'user.created', '--json', '--to', target.url], secret);
    expect(await run(io)).toBe(143);
    expect(JSON.parse(io.stdout.text)).toMatchObject({ failure: 'stopped' });
  });
});
