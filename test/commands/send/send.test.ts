import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../../src/main.ts';
import { memoryIo, runCommand, testSecret } from '../../support/memory-io.ts';
import { answering, httpTarget, socketTarget } from '../../support/targets.ts';
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
