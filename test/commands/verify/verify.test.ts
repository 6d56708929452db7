import { createHmac } from 'node:crypto';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { post, startListen } from '../../support/listener.ts';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { body, flags, id, now, seconds, signature, verify, world } from '../../support/verifying.ts';

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

  it('after 20 unexplained messages of a log, a brief search has to do', async () => {
    const line = (made: string) =>
      `${JSON.stringify({ headers: { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': made }, body: '{}' })}\n`;
    const forged = Array.from({ length: 21 }, (_, index) =>
      line(`v1,${Buffer.alloc(32, index).toString('base64')}`),
    );
    // The secret was not decoded, the parts are joined differently, and a newline was lost.
    const hmac = createHmac('sha256', testSecret.slice('whsec_'.length)).update(`${id}:${seconds}:{}\n`);
    const threeMistakes = line(`v1,${hmac.digest('base64')}`);
    const read = (text: string) => verify(['-', '--json'], { stdin: Buffer.from(text) });

    const alone = await read(threeMistakes);
    expect(alone.facts[0]!.causes).toHaveLength(1);
    const { facts, stderr } = await read([...forged, threeMistakes].join(''));
    expect(stderr.match(/20 messages remain unexplained/g)).toHaveLength(1);
    const combinations = facts.map((fact) => Number(fact.combinations));
    expect(new Set(combinations.slice(0, 20)).size).toBe(1);
    expect(combinations[20]!).toBeLessThan(combinations[19]!);
    expect(facts[21]).toMatchObject({ explained: false });
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
