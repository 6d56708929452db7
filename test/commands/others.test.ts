import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { runCommand, testSecret } from '../support/memory-io.ts';
import { startProcess } from '../support/processes.ts';
import { bin } from '../support/repository.ts';
import { answering, httpTarget } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

describe('events', () => {
  it('lists 52 types by category, below a header row, within 80 columns', async () => {
    const { stdout, stderr, exitCode } = await runCommand(['events']);
    const [header, ...lines] = stdout.trimEnd().split('\n');
    expect(header).toMatch(/^EVENT TYPE +SENT WHEN$/);
    expect(lines.filter((line) => /^[a-z_.]+ {2,}[A-Z].*\.$/.test(line))).toHaveLength(52);
    expect(stdout).toMatch(/\n\nsession\nsession\.created .*\nsession\.expired .*\n\n/);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(80);
    expect([stderr, exitCode]).toEqual(['', 0]);
  });

  it('filters by pattern', async () => {
    const { facts } = await runCommand(['events', 'session.*', '--json']);
    expect(facts.map(({ event_type }) => event_type)).toEqual(['session.created', 'session.expired']);
    expect(facts[0]).toMatchObject({
      kind: 'event_type',
      category: 'session',
      source: 'events page',
      sent_when: 'A session starts.',
      sample: null,
    });
  });

  it('shows a sample event, which can be sent unchanged', async () => {
    const cwd = temporaryFolder();
    const { stdout } = await runCommand(['events', 'user.login']);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'user.login', object: 'User' });
    writeFileSync(join(cwd, 'event.json'), stdout);
    const target = await httpTarget();
    expect(await runCommand(['send', './event.json', '--to', target.url], { cwd })).toMatchObject({
      exitCode: 0,
    });
    const { facts } = await runCommand(['events', 'user.login', '--json']);
    expect(facts[0]!.sample).toEqual(JSON.parse(stdout));
  });

  it.each([
    [['user.creatd'], 'unknown_event_type'],
    [['nothing.*'], 'unmatched_pattern'],
    [['a', 'b'], 'usage'],
  ])('%j is rejected', async (args, code) => {
    const ran = await runCommand(['events', ...args]);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(`[${code}]`);
  });
});

describe('secret', () => {
  it('prints the secret in use and nothing else on stdout', async () => {
    const ran = await runCommand(['secret'], { env: { SCALEKIT_WEBHOOK_SECRET: testSecret } });
    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: `${testSecret}\n`,
      stderr: expect.stringMatching(/^note: [^\n]*from SCALEKIT_WEBHOOK_SECRET\n$/),
    });
  });

  it('creates a secret, which send then uses', async () => {
    const env = { XDG_CONFIG_HOME: temporaryFolder() };
    const { stdout } = await runCommand(['secret'], { env });
    const target = await httpTarget();
    const sent = await runCommand(['send', 'user.created', '--to', target.url], { env });
    expect(sent.stderr).toContain(`signed with ${stdout.slice(0, 8)}… from ${env.XDG_CONFIG_HOME}`);
  });

  it('--json prints the secret and its source', async () => {
    const { facts } = await runCommand(['secret', '--json'], {
      env: { SCALEKIT_WEBHOOK_SECRET: testSecret },
    });
    expect(facts).toMatchObject([{ kind: 'secret', secret: testSecret, source: 'SCALEKIT_WEBHOOK_SECRET' }]);
  });
});

describe('demo', () => {
  it('shows 52 verified events and a rejected forgery', async () => {
    const env = { XDG_CONFIG_HOME: temporaryFolder() };
    const { exitCode, stdout, stderr } = await runCommand(['demo'], { env });
    expect(exitCode).toBe(0);
    expect(stdout.match(/✓ 201 /g)).toHaveLength(52);
    expect(stdout.match(/✗ 401 .*signature_mismatch/g)).toHaveLength(1);
    expect(stderr).toMatch(/^53 received: 52 verified, 1 rejected\b.* \(201: 52, 401: 1\)/m);
  });

  it('--json prints only facts', async () => {
    const { facts } = await runCommand(['demo', '--json']);
    expect(facts).toHaveLength(54);
    expect(facts.at(-1)).toMatchObject({
      kind: 'summary',
      command: 'demo',
      ok: true,
      total: 53,
      accepted: 52,
      rejected: 1,
    });
  });
});

describe('the program', () => {
  it.each(['--version', '-V'])('%s prints the version', async (flag) => {
    expect(await runCommand([flag])).toMatchObject({
      exitCode: 0,
      stdout: `${packageJson.version}\n`,
      stderr: '',
    });
    expect(await runCommand(['send', flag])).toMatchObject({
      exitCode: 0,
      stdout: `${packageJson.version}\n`,
      stderr: '',
    });
  });

  it.each([['--help'], ['-h'], ['help']])(
    '%s names every command, the exit codes and examples',
    async (flag) => {
      const { exitCode, stdout, stderr } = await runCommand([flag]);
      expect([exitCode, stderr]).toEqual([0, '']);
      for (const word of [
        'send',
        'listen',
        'events',
        'secret',
        'demo',
        'Exit codes:',
        'SCALEKIT_WEBHOOK_SECRET',
      ]) {
        expect(stdout).toContain(word);
      }
    },
  );

  it.each(['send', 'listen', 'events', 'secret', 'demo'])('help of %s', async (command) => {
    const first = await runCommand([command, '--help']);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain('--json');
    expect((await runCommand(['help', command])).stdout).toBe(first.stdout);
  });

  it('without arguments it prints the help', async () => {
    const [bare, help] = [await runCommand([]), await runCommand(['--help'])];
    expect(bare).toEqual(help);
    expect(bare).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('help for an unknown command reports it', async () => {
    expect((await runCommand(['help', 'nosuch'])).stderr).toMatch(/"nosuch" \[usage\]/);
  });

  it('an unknown command: suggests the nearest one', async () => {
    const ran = await runCommand(['snd', 'user.created']);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toMatch(/"snd" \[usage\]\n {2}.*\bsend\b/);
    expect((await runCommand(['snd', '--json'])).facts).toMatchObject([{ kind: 'error', code: 'usage' }]);
  });

  it('output flags may precede the command', async () => {
    expect((await runCommand(['--json', 'events', 'session.*'])).facts).toHaveLength(2);
  });

  it('--debug adds the stack, and nothing else does', async () => {
    expect((await runCommand(['send', 'x', '--debug'])).stderr).toMatch(/\n {4}at /);
    expect((await runCommand(['send', 'x'])).stderr).not.toMatch(/\n {4}at /);
  });
});

describe('odd surroundings', () => {
  it('a working directory that was deleted is an error like any other', async () => {
    const folder = temporaryFolder();
    const script = `cd '${folder}' && rmdir '${folder}' && exec "$@"`;
    const ran = startProcess('sh', ['-c', script, 'sh', process.execPath, bin, 'captures']);
    expect(await ran.ended).toBe(2);
    expect(ran.stderr()).toMatch(/^error: .*\[no_working_directory\]\n.*\n {2}fix: .*\n$/);
  });

  it('names below localhost are this machine, on IPv4 and IPv6', async () => {
    const app = await httpTarget();
    const { port } = new URL(app.url);
    for (const host of ['app.localhost', 'a.b.localhost', 'App.LocalHost']) {
      const ran = await runCommand([
        'send',
        'user.created',
        '--to',
        `http://${host}:${port}/webhook`,
        '--json',
      ]);
      expect(ran.exitCode, ran.stderr).toBe(0);
    }
    expect(app.requests).toHaveLength(3);
    expect(app.requests[0]!.headers.host).toBe(`app.localhost:${port}`);
  });

  it('localhost reaches an app that listens on ::1 only', async () => {
    const app = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(201).end());
    });
    await once(app.listen(0, '::1'), 'listening');
    onTestFinished(() => void app.close());
    const { port } = app.address() as AddressInfo;
    expect((await runCommand(['send', 'user.created', '--to', `localhost:${port}`])).exitCode).toBe(0);
    const missed = await runCommand(['send', 'user.created', '--to', `127.0.0.1:${port}`]);
    expect(missed.exitCode).toBe(3);
    expect(missed.stderr).toMatch(/fix: .*localhost.*::1/);
  });

  it('a 404 at the root suggests the usual path', async () => {
    const { url } = await answering(404);
    const ran = await runCommand(['send', 'user.created', '--to', new URL(url).origin]);
    expect(ran.stdout + ran.stderr).toMatch(/did you mean http:\/\/127\.0\.0\.1:\d+\/webhook\?/);
  });
});
