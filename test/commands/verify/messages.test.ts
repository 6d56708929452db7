import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../../src/captures/journal/writer.ts';
import { kept, someCapture } from '../../support/captures.ts';
import { post, secretInEnv, startListen } from '../../support/listener.ts';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { body, flags, id, inFile, now, seconds, signature, verify, world } from '../../support/verifying.ts';

const head = `POST /webhook HTTP/1.1\r\nHost: localhost\r\nwebhook-id: ${id}\r\nwebhook-timestamp: ${seconds}\r\nwebhook-signature: ${signature}\r\n`;

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

  it('a verified capture with another secret: the note says why', async () => {
    const cwd = temporaryFolder();
    const { url, stop } = await startListen([], { cwd });
    await post(url, { body });
    await post(url, { body, headers: { 'webhook-signature': 'v1,AAAA' } });
    await stop();
    const other = ['--secret', 'whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB'];
    const verified = await verify(['last:2', ...other], { cwd });
    expect(verified).toMatchObject({ exitCode: 1 });
    expect(verified.stderr).toContain('the listener has another secret');
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
