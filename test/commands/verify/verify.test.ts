import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../../src/captures/journal/writer.ts';
import { kept, someCapture } from '../../support/captures.ts';
import { post, secretInEnv, startListen } from '../../support/listener.ts';
import { runCommand, testSecret, type World } from '../../support/memory-io.ts';
import { bin } from '../../support/repository.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const now = Date.parse('2026-11-22T15:06:40.000Z');
const seconds = String(now / 1000);
const id = 'msg_2o3NaedIm6pL62OQ544VzM1cIYo';
const body =
  '{"data":{"email":"ada@example.com","organizationId":"org_1","userId":"usr_1"},"environment_id":"env_1","id":"evt_1","object":"User","occurred_at":"2026-11-22T15:06:39Z","spec_version":"1","type":"user.created"}';
const signature = new StandardWebhook(testSecret).sign(id, new Date(now), body);
const flags = [
  '-H',
  `webhook-id: ${id}`,
  '-H',
  `webhook-timestamp: ${seconds}`,
  '-H',
  `webhook-signature: ${signature}`,
];
const world = { env: secretInEnv, now: () => now };

const verify = (args: string[], more: World = {}) => runCommand(['verify', ...args], { ...world, ...more });
const head = `POST /webhook HTTP/1.1\r\nHost: localhost\r\nwebhook-id: ${id}\r\nwebhook-timestamp: ${seconds}\r\nwebhook-signature: ${signature}\r\n`;

function inFile(text: string | Buffer, name = 'message.http'): { cwd: string } {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, name), text);
  return { cwd };
}

describe('where a message comes from', () => {
  it('the output of captures show --json is judged as of its receipt, not of its printing', async () => {
    const cwd = temporaryFolder();
    const env = secretInEnv;
    const at = Date.UTC(2026, 2, 14, 6, 54, 55);
    const { journal } = openJournal(join(cwd, '.scalekit-hooks/captures'), { sync: false, now: () => at });
    const body = '{"type":"user.created","data":{}}';
    const id = 'msg_receipt';
    const timestamp = Math.floor(at / 1000);
    const signature = new StandardWebhook(testSecret).sign(id, new Date(timestamp * 1000), body);
    const headers: [string, string][] = [
      ['webhook-id', id],
      ['webhook-timestamp', String(timestamp)],
      ['webhook-signature', signature],
    ];
    await journal.keep(kept(someCapture({ time: at, webhookId: id, headers, body: Buffer.from(body) })));
    await journal.close();
    const later = () => at + 3_600_000;
    const shown = await runCommand(['captures', 'show', 'last', '--json'], { env, cwd, now: later });
    const world = { env, cwd, now: later, stdin: Buffer.from(shown.stdout) };
    const { exitCode, facts } = await runCommand(['verify', '-', '--json'], world);
    expect({ exitCode, facts }).toMatchObject({
      exitCode: 0,
      facts: [{ verified: true, at: '2026-03-14T06:54:55.000Z' }],
    });
  });

  const good = { exitCode: 0 };
  it('--body and -H', async () => {
    const ran = await verify(['--body', '-', ...flags], { stdin: Buffer.from(body) });
    expect(ran).toMatchObject(good);
    expect(ran.stdout).toBe(
      `✓ verified  user.created  evt_1  ${id}\n  signed with whsec_C2… from SCALEKIT_WEBHOOK_SECRET, 0 s old as of 2026-11-22T15:06:40.000Z\n`,
    );
  });

  it('--body of a file', async () => {
    expect(await verify(['--body', '@event.json', ...flags], inFile(body, 'event.json'))).toMatchObject(good);
  });

  it.each([
    ['as on the wire', `${head}Content-Length: ${body.length}\r\n\r\n${body}`],
    ['with single line feeds', `${head.replaceAll('\r\n', '\n')}\n${body}`],
    [
      'with a newline after the bytes that content-length counts',
      `${head}Content-Length: ${body.length}\r\n\r\n${body}\n`,
    ],
    [
      'in chunks',
      `${head}Transfer-Encoding: chunked\r\n\r\n5\r\n${body.slice(0, 5)}\r\n${(body.length - 5).toString(16)};x=y\r\n${body.slice(5)}\r\n0\r\n\r\n`,
    ],
    ['with a folded header', `${head.replace('Host: localhost', 'X-A: 1\r\n  2')}\r\n${body}`],
    ['without a request line', `${head.split('\r\n').slice(1).join('\n')}\n${body}`],
    ['after empty lines', `\r\n\n${head}\r\n${body}`],
    ['with another empty line', `${head.replaceAll('\r\n', '\n')}\r\n${body}`],
    ['without HTTP version', `POST /\n${head.split('\r\n').slice(1).join('\n')}\n${body}`],
  ])('an HTTP request, %s', async (_name, text) => {
    expect(await verify(['message.http'], inFile(text))).toMatchObject(good);
    expect(await verify(['-'], { stdin: Buffer.from(text) })).toMatchObject(good);
  });

  it('the output of send --dry-run, for people and as JSON', async () => {
    for (const form of [[], ['--json']]) {
      const { stdout } = await runCommand(['send', 'user.login', '--dry-run', ...form], world);
      expect(await verify(['-'], { stdin: Buffer.from(stdout) })).toMatchObject(good);
    }
  });

  it('several HTTP requests in a row: each gets a verdict', async () => {
    const one = `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
    const tampered = one.replace('ada@', 'eve@');
    expect(await verify(['-', '--json'], { stdin: Buffer.from(`${one}\n\n${one}`) })).toMatchObject({
      exitCode: 0,
      facts: [{}, {}],
    });
    const { exitCode, facts } = await verify(['-', '--json'], {
      stdin: Buffer.from(`${one}\r\n${tampered}\n${one}`),
    });
    expect(exitCode).toBe(1);
    expect(facts.map(({ verified }) => verified)).toEqual([true, false, true]);
  });

  it('a body that was indented after content-length was set is read to its end', async () => {
    const pretty = JSON.stringify(JSON.parse(body), null, 2);
    const text = `${head}Content-Length: ${body.length}\r\n\r\n${pretty}`;
    const { facts, stderr } = await verify(['-', '--json'], { stdin: Buffer.from(text) });
    expect(facts).toMatchObject([{ explained: true, causes: [{ codes: ['body_reserialized'] }] }]);
    expect(stderr).toMatch(/^note: .*\b260 bytes\b.*content-length is 210\b/m);
  });

  it.each([
    ['on one line', (value: object) => JSON.stringify(value)],
    ['indented', (value: object) => JSON.stringify(value, null, 2)],
    ['with a byte order mark', (value: object) => `\ufeff${JSON.stringify(value)}\n`],
  ])('headers and body in JSON, %s', async (_name, write) => {
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': Number(seconds),
      'webhook-signature': [signature],
    };
    expect(await verify(['-'], { stdin: Buffer.from(write({ headers, body })) })).toMatchObject(good);
  });

  it('a request to an interceptor, with the interceptor secret', async () => {
    const env = {
      ...secretInEnv,
      SCALEKIT_INTERCEPTOR_SECRET: `whsec_${Buffer.alloc(24, 5).toString('base64')}`,
    };
    const sent = await runCommand(['send', '--interceptor', 'PRE_SIGNUP', '--dry-run'], { ...world, env });
    expect(await verify(['-'], { stdin: Buffer.from(sent.stdout), env })).toMatchObject(good);
    const alone = await runCommand(
      ['send', '--interceptor', 'PRE_SIGNUP', '--dry-run', '--interceptor-headers-only'],
      { ...world, env },
    );
    const { stdout } = await verify(['-'], { stdin: Buffer.from(alone.stdout), env });
    expect(stdout).toMatch(/^✗ rejected: missing_header\n/);
    expect(stdout).toMatch(
      /\n {2}cause: .*interceptor-id, interceptor-timestamp, interceptor-signature.*webhook-\*/,
    );
    expect(stdout).toMatch(/\n {2}evidence: .*signature 1\b.*whsec_BQ…/);
    expect(stdout).toMatch(/\n {2}fix: .*verifyInterceptorPayload/);
  });

  it.each([
    ['a webhook', body, 'SCALEKIT_INTERCEPTOR_SECRET', 'SCALEKIT_WEBHOOK_SECRET'],
    [
      'a request to an interceptor',
      '{"trigger_point":"PRE_SIGNUP","data":{}}',
      'SCALEKIT_WEBHOOK_SECRET',
      'SCALEKIT_INTERCEPTOR_SECRET',
    ],
  ])('%s, signed with the secret of the other kind', async (_title, sent, signer, used) => {
    const others = {
      [signer]: testSecret,
      [used]: `whsec_${Buffer.alloc(24, 5).toString('base64')}`,
    };
    const given = ['-H', `webhook-id: ${id}`, '-H', `webhook-timestamp: ${seconds}`];
    const made = new StandardWebhook(testSecret).sign(id, new Date(now), sent);
    const { facts } = await verify(['--body', sent, ...given, '-H', `webhook-signature: ${made}`, '--json'], {
      env: others,
    });
    expect(facts).toMatchObject([
      { explained: true, unexplained: null, causes: [{ codes: ['secret_of_other_kind'], certain: true }] },
    ]);
    const [{ message }] = facts[0]!.causes as [{ message: string }];
    expect(message).toMatch(new RegExp(`${signer}.*${used}`));
  });

  it('a line of listen --json and a capture, each as of its time of receipt', async () => {
    const { url, stop, io, cwd } = await startListen();
    await post(url, { body });
    await post(url, { body, headers: { 'webhook-signature': signature } });
    await stop();
    const later = Date.now() + 3_600_000;
    const lines = await verify(['-', '--json'], { stdin: Buffer.from(io.stdout.text), now: () => later });
    expect(lines.facts).toMatchObject([
      {
        kind: 'verdict',
        verified: true,
        event_type: 'user.created',
        age_seconds: expect.any(Number),
        capture: expect.stringMatching(/^cap_/),
      },
      { kind: 'verdict', verified: false, reason: 'signature_mismatch' },
    ]);
    expect(lines.exitCode).toBe(1);
    expect(await verify(['last:2'], { cwd, now: () => later })).toMatchObject(good);
    expect(await verify(['last:2', '--at', 'now'], { cwd, now: () => later })).toMatchObject({ exitCode: 1 });
    const { stdout } = await verify(['last', '--json'], { cwd, now: () => later });
    expect(JSON.parse(stdout)).toMatchObject({ capture: expect.stringMatching(/^cap_/), verified: false });
  });

  it('a verified capture with another secret: the note says that the listener has the right one', async () => {
    const cwd = temporaryFolder();
    const { url, stop } = await startListen([], { cwd });
    await post(url, { body });
    await post(url, { body, headers: { 'webhook-signature': 'v1,AAAA' } });
    await stop();
    const other = ['--secret', 'whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB'];
    const verified = await verify(['last:2', ...other], { cwd });
    expect(verified).toMatchObject({ exitCode: 1 });
    expect(verified.stderr).toContain('has another secret');
    expect((await verify(['last', ...other], { cwd })).stderr).not.toContain('has another secret');
  });

  it('a journal as a file', async () => {
    const cwd = temporaryFolder();
    const { url, stop } = await startListen(['--captures', 'kept'], { cwd });
    await post(url, { body });
    await stop();
    const [journal] = readdirSync(join(cwd, 'kept')).filter((name) => name.endsWith('.jsonl'));
    expect(await verify([join('kept', journal!)], { cwd, now: Date.now })).toMatchObject(good);
  });
});

describe('the verdict', () => {
  const ask = (...args: string[]) => verify(['--body', '-', ...flags, ...args], { stdin: Buffer.from(body) });

  it.each([
    ['--at', '2026-11-22T15:11:40Z', 0],
    ['--at', '2026-11-22T15:11:41Z', 1],
    ['--at', String(Number(seconds) + 301), 1],
    ['--at', '4m', 0],
    ['--at', '6m', 1],
    ['--tolerance', '1s', 0],
  ])('%s %s', async (flag, value, exitCode) => {
    expect((await ask(flag, value)).exitCode).toBe(exitCode);
  });

  it('--tolerance', async () => {
    const at = ['--at', '2026-11-22T15:08:40Z'];
    expect((await ask(...at, '--tolerance', '1m')).exitCode).toBe(1);
    const wide = ['--at', '2026-11-22T16:06:40Z', '--tolerance', '2h'];
    const { exitCode, facts } = await ask(...wide, '--json');
    expect(exitCode).toBe(0);
    expect(facts).toMatchObject([
      { verified: true, age_seconds: 3600, notes: [{ code: 'beyond_tolerance' }] },
    ]);
    expect((await ask(...wide)).stdout).toMatch(/^✓ verified [\s\S]*\n {2}note: .*\b5 minutes\b/);
  });

  it('with several secrets, the one that signed is reported', async () => {
    const other = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
    const { stdout, exitCode } = await ask('--secret', other, '--secret', testSecret, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ secret: 'whsec_C2…', secret_source: '--secret' });
  });

  it('a malformed secret is used as the SDKs use it, with a note', async () => {
    const secret = 'whsec_dGVzdA==_abc';
    const made = `v1,${createHmac('sha256', 'test').update(`${id}.${seconds}.${body}`).digest('base64')}`;
    const headers = [
      '-H',
      `webhook-id: ${id}`,
      '-H',
      `webhook-timestamp: ${seconds}`,
      '-H',
      `webhook-signature: ${made}`,
    ];
    const given = ['--body', '-', ...headers, '--secret', secret];
    const ran = await verify([...given, '--json'], { stdin: Buffer.from(body) });
    expect(ran).toMatchObject({
      exitCode: 0,
      facts: [{ verified: true, secret: 'whsec_dG…', notes: [{ code: 'secret_second_underscore' }] }],
    });
    const plain = await verify(given, { stdin: Buffer.from(body) });
    expect(plain.stdout).toMatch(/\n {2}note: .*second underscore.*all four Scalekit SDKs/);
    const unusable = ['--body', '-', ...flags, '--secret', 'skc_123_abc', '--json'];
    expect(await verify(unusable, { stdin: Buffer.from(body) })).toMatchObject({
      exitCode: 2,
      facts: [{ kind: 'error', code: 'invalid_secret' }],
    });
  });

  it('a rejection has a reason, cause, evidence and fix, and never the expected signature', async () => {
    const indented = JSON.stringify(JSON.parse(body), null, 2);
    const plain = await verify(['--body', '-', ...flags, '--show-signed-text'], {
      stdin: Buffer.from(indented),
    });
    expect(plain.exitCode).toBe(1);
    expect(plain.stdout).toMatch(/^✗ rejected: signature_mismatch {2}user\.created {2}evt_1/);
    expect(plain.stdout).toMatch(/\n {2}cause: .*\bcompact\b.*\bindented with 2 spaces\n/);
    expect(plain.stdout).toMatch(/\n {2}evidence: .*signature 1\b.*whsec_C2….*\b210 bytes\b.*\b260\b/);
    expect(plain.stdout).toMatch(/\n {2}fix: .*raw bytes.*express\.raw/);
    expect(plain.stdout).toMatch(/ {4}body +260 bytes {2}sha256 [0-9a-f]{64}\n/);
    const right = new StandardWebhook(testSecret).sign(id, new Date(now), indented);
    const json = await verify(['--body', '-', ...flags, '--show-signed-text', '--json'], {
      stdin: Buffer.from(indented),
    });
    for (const text of [plain.stdout, plain.stderr, json.stdout]) {
      expect(text).not.toContain(right.slice(3));
      expect(text).not.toContain(signature.slice(3));
      expect(text).not.toContain(testSecret.slice(10));
    }
    expect(json.facts).toMatchObject([
      {
        explained: true,
        causes: [{ codes: ['body_reserialized'] }],
        unexplained: null,
        signed_text: [{ part: 'id', text: id, bytes: 31 }, {}, {}, {}],
      },
    ]);
  });

  it('a timestamp in milliseconds is not reported as a wrong clock', async () => {
    const late = `${seconds}000`;
    const made = `v1,${createHmac('sha256', Buffer.from(testSecret.slice(6), 'base64'))
      .update(`${id}.${late}.${body}`)
      .digest('base64')}`;
    const headers = [
      '-H',
      `webhook-id: ${id}`,
      '-H',
      `webhook-timestamp: ${late}`,
      '-H',
      `webhook-signature: ${made}`,
    ];
    const { facts } = await verify(['--body', '-', '--json', ...headers], { stdin: Buffer.from(body) });
    expect(facts).toMatchObject([
      {
        reason: 'too_new',
        detail: expect.stringMatching(/^(?!.*clock).*milliseconds/),
        causes: [{ codes: ['timestamp_milliseconds'] }],
      },
    ]);
  });

  it('headers under other names are not reported as missing, and partial evidence is called partial', async () => {
    const renamed = flags.map((flag) => flag.replace('webhook-', 'svix-'));
    const other = await verify(['--body', '-', ...renamed], { stdin: Buffer.from(body) });
    expect(other.stdout.match(/cause:/g)).toHaveLength(1);
    expect(other.stdout).toMatch(/\n {2}cause: .*svix-id, svix-timestamp, svix-signature/);
    const lower = flags.map((flag) => flag.replace(signature, `v1,${signature.slice(3).toLowerCase()}`));
    expect(
      (await verify(['--body', '-', '--json', ...lower], { stdin: Buffer.from(body) })).facts,
    ).toMatchObject([
      {
        explained: true,
        causes: [
          { codes: ['signature_lower_case'], evidence: expect.stringContaining('the rest of signature 1 ') },
        ],
      },
    ]);
    const empty = createHmac('sha256', '').update(`${id}.${seconds}.${body}`).digest('base64');
    const keyless = flags.map((flag) => flag.replace(signature, `v1,${empty}`));
    expect(
      (await verify(['--body', '-', '--json', ...keyless], { stdin: Buffer.from(body) })).facts,
    ).toMatchObject([
      {
        explained: true,
        causes: [
          { codes: ['secret_empty_key'], evidence: expect.stringMatching(/^(?!.*whsec_).*signature 1 /) },
        ],
      },
    ]);
  });

  it('an empty body is a certain cause, so nothing else is suspected', async () => {
    const { stdout } = await verify(['--body', '-', ...flags], { stdin: Buffer.from('') });
    expect(stdout.match(/cause:/g)).toHaveLength(1);
    expect(stdout).toMatch(/\n {2}cause: .*body is empty\n {2}fix: ./);
    const { facts } = await verify(['--body', '-', '--json', ...flags], { stdin: Buffer.from('') });
    expect(facts).toMatchObject([{ causes: [{ codes: ['body_empty'] }], unexplained: null }]);
  });

  it.each([
    ['without -H', [], 'webhook-id, webhook-timestamp, webhook-signature'],
    ['with one -H', flags.slice(0, 2), 'webhook-timestamp, webhook-signature'],
  ])('a body %s lacks flags, and no proxy is suspected', async (_name, given, missing) => {
    const { facts } = await verify(['--body', body, '--json', ...given]);
    expect(facts).toMatchObject([
      { unexplained: null, unexplained_fix: null, causes: [{ codes: ['headers_not_given'], certain: true }] },
    ]);
    const [cause] = facts[0]!.causes as { message: string; fix: string }[];
    expect(cause!.message).toContain(missing);
    expect(cause!.fix).toMatch(/-H 'webhook-id: /);
    expect(cause!.fix).toContain('verify last');
  });

  it('of many secrets all are tried, and three are named', async () => {
    const others = Array.from({ length: 40 }, (_, index) => [
      '--secret',
      `whsec_${Buffer.alloc(24, index + 1).toString('base64')}`,
    ]).flat();
    expect((await ask(...others, '--secret', testSecret)).exitCode).toBe(0);
    const { facts } = await ask(...others, '--json');
    const unexplained = String(facts[0]!.unexplained);
    expect(unexplained).toMatch(/ whsec_AQ….* whsec_Ag….* whsec_Aw….* others.* --secret\b/);
    expect(unexplained.match(/whsec_/g)).toHaveLength(3);
  });

  it('without an explanation, it reports what was tried and what is most likely', async () => {
    const stdin = Buffer.from(body.replace('"1"', '1'));
    const { stdout, exitCode } = await verify(['--body', '-', ...flags], { stdin });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /\n {2}cause: unknown\b.*\b\d[\d,]{4,} combinations\b.*\(1\.0 becomes 1\).* whsec_C2… from SCALEKIT_WEBHOOK_SECRET/,
    );
    const { facts } = await verify(['--body', '-', '--json', ...flags], { stdin });
    expect(facts).toMatchObject([{ explained: false, causes: [], unexplained: expect.any(String) }]);
    // The fix that the terminal shows.
    expect(stdout).toContain(`\n  fix: ${facts[0]!.unexplained_fix}\n`);
    expect(facts[0]!.combinations).toBeGreaterThan(1000);
  });

  it('an event that differs from the API reference is noted, and still verified', async () => {
    const odd =
      '{"data":{"email":1},"environment_id":"env_1","id":"evt_1","object":"User","occurred_at":"2026-11-22T15:06:39Z","spec_version":"1","type":"user.created"}';
    const made = new StandardWebhook(testSecret).sign(id, new Date(now), odd);
    const headers = flags.map((flag) => flag.replace(signature, made));
    const { stdout, exitCode } = await verify(['--body', '-', ...headers], { stdin: Buffer.from(odd) });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\n {2}note: .*API reference: data\.email .*string\n/);
    expect(stdout).toMatch(/\n {2}note: .*API reference: data\.userId .*missing\n/);
    const { facts } = await verify(['--body', '-', '--json', ...headers], { stdin: Buffer.from(odd) });
    expect(facts).toMatchObject([
      {
        verified: true,
        schema_differences: [
          { field: 'data.userId' },
          { field: 'data.email' },
          { field: 'data.organizationId' },
        ],
      },
    ]);
  });

  it('--quiet prints only rejections', async () => {
    expect(await verify(['--body', '-', ...flags, '--quiet'], { stdin: Buffer.from(body) })).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
    expect((await verify(['--body', '-', ...flags, '--quiet'], { stdin: Buffer.from('x') })).stdout).toMatch(
      /^✗ rejected: signature_mismatch/,
    );
  });
});

describe('an event that send made, changed on its way', () => {
  const changedBySend = async () => {
    const sent = await runCommand(['send', 'user.created', '--to', '9', '--dry-run', '--json'], world);
    const { headers, body } = sent.facts.find(({ kind }) => kind === 'message') as {
      headers: [string, string][];
      body: string;
    };
    const changed = body.replace(/"email":"[^"]*"/, '"email":"eve@example.com"');
    expect(changed).not.toBe(body);
    return { headers, body: Buffer.from(changed) };
  };
  const cause = { certain: true, message: expect.stringContaining('data.email') };

  it('verify names what was changed, without a capture to compare with', async () => {
    const { headers, body } = await changedBySend();
    const given = headers.flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    const { exitCode, facts } = await verify([...given, '--body', body.toString(), '--json']);
    expect({ exitCode, causes: facts[0]!.causes }).toMatchObject({ exitCode: 1, causes: [cause] });
  });

  it('listen names it too', async () => {
    const { url, io } = await startListen([], { now: () => now });
    const { headers, body } = await changedBySend();
    await post(url, { body, headers: Object.fromEntries(headers) });
    await io.stdout.until(/"kind":"explained"/);
    expect(io.stdout.text).toContain('data.email was changed after signing');
  });

  it('an event of a type without a fixture, or not an event, is compared with nothing', async () => {
    for (const text of ['{"type":"own.type","id":"evt_1","occurred_at":"2026-11-22T15:06:39Z"}', '[1]'])
      expect((await verify([...flags, '--body', text])).exitCode).toBe(1);
  });
});

describe('countless values', () => {
  it.each([
    ['an array', '['],
    ['a line', '{"a":['],
  ])('in %s are an error at once', async (_what, start) => {
    const text = `${start}${'{},'.repeat(1_000_001)}{}]${start === '[' ? '' : '}'}`;
    const { exitCode, facts } = await verify(['-', '--json'], { stdin: Buffer.from(text) });
    expect({ exitCode, facts }).toMatchObject({ exitCode: 2, facts: [{ code: 'not_a_message' }] });
  });

  it('in the body of a capture are read: it is one string', async () => {
    const cwd = temporaryFolder();
    const { journal } = openJournal(join(cwd, '.scalekit-hooks/captures'), { sync: false, now: () => now });
    await journal.keep(kept(someCapture({ time: now, body: Buffer.alloc(2_000_000, '[') })));
    await journal.close();
    const shown = await runCommand(['captures', 'show', 'last', '--json'], { ...world, cwd });
    const { facts } = await verify(['-', '--json'], { stdin: Buffer.from(shown.stdout) });
    expect(facts).toMatchObject([{ kind: 'verdict', verified: true }]);
  });
});

describe('bad input', () => {
  const text = (content: string) => ({ content });
  const unusable: [name: string, args: string[], file: { content?: string }, code: string][] = [
    ['nothing', [], {}, 'nothing_to_verify'],
    ['a missing file', ['no/such'], {}, 'unreadable_file'],
    ['an id without captures', ['cap_nothing'], {}, 'no_captures'],
    ['an event alone', ['event.json'], text(body), 'not_a_message'],
    ['text', ['event.json'], text('hello\nworld'), 'not_a_message'],
    ['an empty file', ['event.json'], text(''), 'not_a_message'],
    ['UTF-16', ['event.json'], text('\ufffe'), 'not_a_message'],
    ['a JSON array', ['event.json'], text('[1]'), 'not_a_message'],
    ['a malformed header', ['event.json'], text('POST / HTTP/1.1\nwebhook-id\n\nx'), 'not_a_message'],
    ['a line of a newer version', ['event.json'], text('{"v":99,"record":"capture"}\n'), 'newer_captures'],
    ['a capture and --body', ['last', '--body', '-'], {}, 'conflicting_flags'],
    ['-H without --body', ['-H', 'a: b'], {}, 'missing_flag'],
    ['a malformed -H', ['--body', '-', '-H', 'x'], {}, 'invalid_value'],
    ['an invalid time', ['--body', '-', '--at', 'soon'], {}, 'invalid_value'],
    ['a tolerance without a unit', ['--body', '-', '--tolerance', '5'], {}, 'invalid_value'],
  ];
  it.each(unusable)('%s', async (_name, args, { content }, code) => {
    const place = content === undefined ? {} : inFile(content, 'event.json');
    const { exitCode, facts } = await verify([...args, '--json'], place);
    expect(exitCode).toBe(2);
    expect(facts).toMatchObject([{ kind: 'error', code }]);
  });

  const hostile: [name: string, headers: string[], stdin: Buffer, reason?: string][] = [
    ['10 MB of text', flags, Buffer.alloc(10 * 1024 * 1024, 'x')],
    ['10 MB of JSON', flags, Buffer.from(`[${'{"a":"bcd","e":1},'.repeat(550_000)}1]`)],
    ['1 MB of brackets', flags, Buffer.from('['.repeat(500_000) + ']'.repeat(500_000))],
    ['1 MB of escapes', flags, Buffer.from(`"${'\\u00e9'.repeat(160_000)}"`)],
    ['1 MB of newlines', flags, Buffer.alloc(1024 * 1024, '\n')],
    [
      '1,000 signatures',
      [
        ...flags.slice(0, 4),
        '-H',
        `webhook-signature: ${Array.from({ length: 1000 }, (_, index) => `v1,${Buffer.alloc(32, index).toString('base64')}`).join(' ')}`,
      ],
      Buffer.from(body),
    ],
    [
      'a signature of 1 MB',
      [...flags.slice(0, 4), '-H', `webhook-signature: ${'v1'.repeat(500_000)}`],
      Buffer.from(body),
      'malformed_signature',
    ],
    [
      '200,000 spaces in an id',
      ['-H', `webhook-id: a${' '.repeat(200_000)}b`, ...flags.slice(2)],
      Buffer.from(body),
    ],
    ['NUL bytes', flags, Buffer.alloc(1000)],
    ['invalid UTF-8', flags, Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0x80])],
    [
      '__proto__',
      flags,
      Buffer.from(
        '{"__proto__":{"type":"x"},"constructor":{"prototype":1},"type":"user.created","data":{"__proto__":1}}',
      ),
    ],
  ];
  it.each(hostile)(
    '%s: rejected, with a cause',
    async (_name, headers, stdin, reason = 'signature_mismatch') => {
      const { exitCode, stdout } = await verify(['--body', '-', ...headers], { stdin });
      expect(exitCode).toBe(1);
      expect(stdout.startsWith(`✗ rejected: ${reason} `)).toBe(true);
      expect(stdout).toMatch(/\n {2}cause: ./);
    },
  );
});

it.each([
  'MySuperSecretKeyWithoutPrefix_z9',
  'kJ8f-Zq2LxN0vR7tWmYpA3sD6gHb_uC1',
  "'whsec_abcdefghijklmnop_qrst'",
])('the secret %s is never printed', async (secret) => {
  for (const form of [[], ['--json'], ['--verbose']]) {
    const { stdout, stderr } = await verify(['--body', '-', ...flags, '--secret', secret, ...form], {
      stdin: Buffer.from(body),
    });
    for (const part of [secret, secret.slice(8, 18), secret.slice(-8)])
      expect(stdout + stderr).not.toContain(part);
  }
});

it('ends when the reader of stdout exits', () => {
  const line = 'yes \'{"headers":[],"body":"a"}\'';
  const out = execFileSync(
    'bash',
    ['-c', `${line} | '${process.execPath}' '${bin}' verify - 2>/dev/null | head -n 1`],
    { encoding: 'utf8', timeout: 20_000 },
  );
  expect(out).toMatch(/^✗ rejected: missing_header\n$/);
}, 30_000);

it('a line with a masked secret in its body is skipped, and exit code 1', async () => {
  const good = {
    v: 1,
    kind: 'message',
    headers: flags.filter((flag) => flag !== '-H').map((flag) => flag.split(': ')),
    body,
  };
  const masked = {
    ...good,
    kind: 'received',
    body: '{"secret":"whsec_C2…"}',
    capture: null,
    time: '2026-11-22T15:06:40.000Z',
    event_type: null,
    event_id: null,
    webhook_id: null,
    verified: false,
    reason: 'signature_mismatch',
    age_seconds: 0,
    status: 401,
    method: 'POST',
    path: '/',
  };
  const lines = [good, masked].map((line) => `${JSON.stringify(line)}\n`).join('');
  const { exitCode, stdout, stderr } = await verify(['-'], { stdin: Buffer.from(lines) });
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^✓ verified/);
  expect(stdout).not.toMatch(/^✗/m);
  expect(stderr).toMatch(/^note: .*\bskipped\b.*\bmasked secret\b.*\b1$/m);
});
