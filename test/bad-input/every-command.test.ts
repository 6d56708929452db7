import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openJournal } from '../../src/captures/journal/writer.ts';
import { kept, someCapture } from '../support/captures.ts';
import { runCommand, testSecret } from '../support/memory-io.ts';
import { runBin, startProcess } from '../support/processes.ts';
import { bin } from '../support/repository.ts';
import { type HttpTarget, httpTarget } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Bad input that several commands can get: each of them rejects it in the same way. */
const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };
const commands = [
  ...['send', 'listen', 'replay', 'captures', 'verify', 'check', 'events', 'secret', 'demo', 'completion'],
  ...['captures list', 'captures show', 'captures save', 'captures clear'],
].map((line) => line.split(' '));

let target: HttpTarget;
let cwd: string;

beforeEach(async () => {
  target = await httpTarget();
  cwd = temporaryFolder();
  const { journal } = openJournal(join(cwd, '.scalekit-hooks/captures'), {
    sync: false,
    now: () => 1795360000000,
  });
  await journal.keep(kept(someCapture()));
  await journal.close();
});

/** Runs a command line that must be refused: three lines, exit code 2, nothing sent. */
async function refused(args: string[], more: Record<string, string> = {}) {
  const ran = await runCommand(args, { cwd, env: { ...env, ...more } });
  expect(ran.exitCode, `${args.join(' ')}\n${ran.stdout}${ran.stderr}`).toBe(2);
  expect(ran.stdout).toBe('');
  expect(ran.stderr).toMatch(/^(note: .*\n)*error: .*\n {2}why: .*\n {2}try: .*\n$/);
  expect(target.requests).toHaveLength(0);
  const json = await runCommand([...args, '--json'], { cwd, env: { ...env, ...more } });
  expect(json.facts.at(-1)).toMatchObject({
    kind: 'error',
    why: expect.any(String),
    try: expect.any(String),
  });
  return ran.stderr;
}

describe('flags', () => {
  it.each(commands)('%s %s: a flag that there is not is refused, and the nearest named', async (...words) => {
    const said = await refused([...words.filter(Boolean), '--jsno']);
    expect(said).toContain('--jsno');
    expect(said).toContain('did you mean --json?');
  });

  it.each([
    [['send', 'user.created', '--webhook-id', '--dry-run'], '--webhook-id needs a value'],
    [['send', 'user.created', '--set', '--dry-run'], '--set needs a value'],
    [['listen', '--port', '0', '--captures', '--sync'], '--captures needs a value'],
    [['captures', '--captures', '--limit'], '--captures needs a value'],
    [['captures', 'clear', '--before', '--yes'], '--before needs a value'],
    [['replay', '--to', '--all'], '--to needs a value'],
    [['verify', 'last', '--at', '--show-signed-text'], '--at needs a value'],
    [['check', '--report', '--strict'], '--report needs a value'],
    [['events', '--fixtures', '-h'], '--fixtures needs a value'],
  ])('%j: a forgotten value does not swallow the next flag', async (args, says) => {
    expect(await refused(args)).toContain(says);
  });

  it('- is a value, and so is what only begins with a dash', async () => {
    const args = ['send', 'user.created', '--set', 'data.email=--x', '-H', 'x-note: --y', '--to', target.url];
    expect((await runCommand(args, { cwd, env })).exitCode).toBe(0);
  });
});

describe('targets', () => {
  const ways: [name: string, line: (url: string) => { args: string[]; more?: Record<string, string> }][] = [
    ['send --to', (url) => ({ args: ['send', 'user.created', '--to', url] })],
    ['SCALEKIT_HOOKS_TO', (url) => ({ args: ['send', 'user.created'], more: { SCALEKIT_HOOKS_TO: url } })],
    ['replay --to', (url) => ({ args: ['replay', 'last', '--to', url] })],
    ['check', (url) => ({ args: ['check', url] })],
    ['check --to', (url) => ({ args: ['check', '--to', url] })],
    ['listen --forward-to', (url) => ({ args: ['listen', '--port', '0', '--forward-to', url] })],
    ['listen --route', (url) => ({ args: ['listen', '--port', '0', '--route', `user.*=${url}`] })],
  ];
  const urls = [
    ...['htp:/x', 'http://', 'ftp://localhost/x', 'file:///etc/passwd', 'javascript:alert(1)'],
    ...[
      'unix:/tmp/x',
      'example.com/x',
      'http://localhost:0/x',
      'http://localhost:70000/x',
      'http://local host/',
    ],
    ...['http://localhost/\u0007', 'https://hooks.example.com/x', '//evil.example.com/x'],
  ];
  it.each(ways.flatMap(([name, line]) => urls.map((url) => [name, url, line] as const)))(
    '%s %j',
    async (_name, url, line) => {
      const { args, more } = line(url);
      await refused(args, more);
    },
  );

  it.each([
    'ada:hunter22@localhost:4801/x',
    'http:/ada:hunter22@localhost/x',
    'http://ada:hun/ter22@localhost/x',
    'http://ada:hunter22@[x]/',
    'ftp://ada:hunter22@localhost/x',
  ])('a password in what is no URL is not shown: %s', async (url) => {
    for (const [, line] of ways) {
      const { args, more } = line(url);
      expect(await refused(args, more)).not.toMatch(/hunter22|hun\/ter22|ter22/);
    }
  });

  it('--dry-run shows no password; --print curl is to be pasted and has it', async () => {
    const args = ['send', 'user.created', '--to', target.url.replace('http://', 'http://ada:hunter22@')];
    const basic = Buffer.from('ada:hunter22').toString('base64');
    for (const more of [['--dry-run'], ['--dry-run', '--json'], ['--verbose']]) {
      const { exitCode, stdout, stderr } = await runCommand([...args, ...more], { cwd, env });
      expect(exitCode).toBe(0);
      expect(stdout + stderr).not.toContain(basic);
      expect(stdout + stderr).not.toContain('hunter22');
    }
    expect((await runCommand([...args, '--print', 'curl'], { cwd, env })).stdout).toContain(basic);
  });
});

describe('secrets', () => {
  const users = [
    ['send', 'user.created'],
    ['listen', '--port', '0'],
    ['replay', 'last'],
    ['verify', 'last'],
    ['check', '3000'],
    ['secret'],
  ];
  const malformed = [
    'whsec_',
    'test_abc',
    '"whsec_x"',
    'v1,whsec_AAAA',
    'whsec_a_b',
    'whsec_!!!!',
    'whpk_AAAA',
  ];
  it.each(
    users.flatMap((args) =>
      (args[0] === 'verify' ? ['test_abc', 'whpk_AAAA'] : malformed).map((secret) => [args, secret] as const),
    ),
  )('18 %j with %j', async (args, secret) => {
    const said = await refused(args, { SCALEKIT_WEBHOOK_SECRET: secret });
    expect(said).toContain('SCALEKIT_WEBHOOK_SECRET is malformed');
    await refused([...args, '--secret', secret]);
  });

  it.each(users.filter(([name]) => name !== 'listen' && name !== 'check'))(
    '%s: a secret on the command line works, and others can read it',
    async (...args) => {
      const ran = await runCommand([...args.filter(Boolean), '--secret', testSecret, '--verbose'], { cwd });
      expect(ran.stderr).toContain('--secret can be read by others');
    },
  );

  it.each(users)('32 %s %s without any home folder', async (...args) => {
    const home = { HOME: '', XDG_CONFIG_HOME: '' };
    const own = temporaryFolder();
    const given = args.filter(Boolean);
    // A user whom the system does not know has none.
    const ran = spawnSync(
      'setpriv',
      ['--reuid=54321', '--clear-groups', process.execPath, bin, ...given, '--json'],
      {
        cwd: own,
        env: { PATH: process.env.PATH ?? '', ...home },
        encoding: 'utf8',
      },
    );
    // Where users cannot be changed there is nothing to try.
    if (ran.error || /setpriv: /.test(ran.stderr)) return;
    const told = ran.stdout.trim().split('\n').at(-1) ?? '';
    expect(ran.status, ran.stdout + ran.stderr).toBe(2);
    expect(JSON.parse(told)).toMatchObject({ kind: 'error' });
    expect(['no_home_folder', 'no_captures', 'unreadable_file']).toContain(JSON.parse(told).code);
  });

  it('with an empty HOME nothing is written into the working directory', async () => {
    const own = temporaryFolder();
    await runBin(['secret'], { cwd: own, env: { HOME: '', XDG_CONFIG_HOME: join(own, 'config') } });
    expect(statSync(join(own, '.config'), { throwIfNoEntry: false })).toBeUndefined();
  });

  it('a secret is readable for its user whatever the umask, and one that others can read is mentioned', async () => {
    const config = temporaryFolder();
    const started = startProcess('sh', ['-c', `umask 777; exec "$0" "$@"`, process.execPath, bin, 'secret'], {
      env: { XDG_CONFIG_HOME: config },
    });
    expect(await started.ended, started.stderr()).toBe(0);
    const path = join(config, 'scalekit-hooks/secret');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    for (const args of [
      ['secret'],
      ['send', 'user.created', '--dry-run'],
      ['send', 'user.created', '--to', target.url],
    ]) {
      const ran = await runBin(args, { env: { XDG_CONFIG_HOME: config } });
      expect(ran.exitCode).toBe(0);
      expect(ran.stderr, args.join(' ')).toMatch(/others .*read|read by others/);
    }
  });
});

describe('types', () => {
  it.each([
    ['send', 'user.creatd'],
    ['events', 'user.creatd'],
    ['check', '3000', '--type', 'user.creatd'],
    ['send', '--interceptor', 'PRE_SIGNUPP'],
    ['check', '3000', '--interceptor', 'PRE_SIGNUPP'],
  ])('%s %s %s %s', async (...args) => {
    expect(await refused(args.filter(Boolean))).toMatch(/did you mean .*(user\.created|PRE_SIGNUP)/);
  });

  it.each([
    ['captures', '--type', 'user.creatd'],
    ['replay', '--type', 'user.creatd'],
  ])('%s %s %s: it may be a new one, so it is only mentioned', async (...args) => {
    const { stderr } = await runCommand(args, { cwd, env });
    expect(stderr).toContain('no known event type is called user.creatd; did you mean user.created?');
  });

  it.each([
    ['captures', '--type', ' user.created '],
    ['replay', '--dry-run', '--type', ' user.created '],
    ['send', ' user.created ', '--dry-run'],
  ])('blanks around a type are left out: %s %s %s %s', async (...args) => {
    const ran = await runCommand(args.filter(Boolean), { cwd, env });
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('user.created');
  });
});

describe('files', () => {
  const readers: [name: string, args: (path: string) => string[]][] = [
    ['send FILE', (path) => ['send', path]],
    ['send --body', (path) => ['send', '--body', `@${path}`]],
    ['verify FILE', (path) => ['verify', path]],
    ['verify --body', (path) => ['verify', '--body', `@${path}`, '-H', 'a: b']],
    ['replay --from', (path) => ['replay', '--from', path]],
  ];
  const kinds: Record<string, (path: string) => unknown> = {
    missing: () => {},
    'a folder': (path) => mkdirSync(path),
    'a socket': async (path) => {
      const server = createServer();
      await once(server.listen(path), 'listening');
      onTestFinished(() => void server.close());
    },
  };
  it.each(
    readers.flatMap(([name, args]) =>
      Object.entries(kinds).map(([kind, make]) => [name, kind, args, make] as const),
    ),
  )('23 %s, %s', async (_name, _kind, args, make) => {
    const path = join(cwd, 'in.json');
    await make(path);
    expect(await refused(args('./in.json'))).toContain('in.json');
  });

  it.each(readers)('23 %s, a device without end', async (_name, args) => {
    expect(await refused(args('/dev/zero'))).toContain('it is a device');
  });

  it.each(readers.filter(([name]) => name !== 'replay --from'))(
    '%s, more than can be meant',
    async (_name, args) => {
      const path = join(cwd, 'huge.json');
      writeFileSync(path, '');
      truncateSync(path, 600 * 1024 * 1024);
      await refused(args('./huge.json'));
    },
  );

  it.each([
    ['send', '--body', '-'],
    ['verify', '-'],
    ['verify', '--body', '-', '-H', 'a: b'],
  ])('%s %s %s: stdin without end is not held', async (...args) => {
    const started = startProcess(
      'sh',
      ['-c', `exec "$0" "$@" < /dev/zero`, process.execPath, bin, ...args.filter(Boolean)],
      { env },
    );
    expect(await started.ended, started.stderr()).toBe(2);
    expect(started.stderr()).toContain('more than 64 MiB');
  });

  it('a file in a folder that may not be entered', async () => {
    const locked = join(cwd, 'locked');
    mkdirSync(locked, { mode: 0o700 });
    writeFileSync(join(locked, 'in.json'), '{}');
    chmodSync(cwd, 0o755);
    for (const [name, args] of readers) {
      const given = ['--reuid=65534', '--clear-groups', process.execPath, bin, ...args('./locked/in.json')];
      const ran = spawnSync('setpriv', given, {
        cwd,
        env: { PATH: process.env.PATH ?? '', ...env },
        encoding: 'utf8',
      });
      if (ran.error || /setpriv: /.test(ran.stderr)) return;
      expect(ran.status, `${name}: ${ran.stderr}`).toBe(2);
      expect(ran.stderr).toMatch(/error: .*in\.json/);
    }
  });

  it('a pipe that may not be read', async () => {
    execFileSync('mkfifo', ['-m', '600', join(cwd, 'pipe')]);
    chmodSync(cwd, 0o755);
    for (const args of [
      ['replay', '--from', 'pipe'],
      ['verify', './pipe'],
      ['send', '--body', '@pipe'],
    ]) {
      const ran = spawnSync('setpriv', ['--reuid=65534', '--clear-groups', process.execPath, bin, ...args], {
        cwd,
        env: { PATH: process.env.PATH ?? '', ...env },
        encoding: 'utf8',
        timeout: 10_000,
      });
      if (ran.error || /setpriv: /.test(ran.stderr)) return;
      expect(ran.status, ran.stderr).toBe(2);
      expect(ran.stderr).toMatch(/error: .*pipe/);
    }
  });

  it.each([
    ['send', 'user.created', '--fixtures', 'fx'],
    ['events', 'user.created', '--fixtures', 'fx'],
    ['check', '3000', '--type', 'user.created', '--fixtures', 'fx'],
  ])('%s: an event file that is no JSON is refused with line and column', async (...args) => {
    mkdirSync(join(cwd, 'fx'));
    writeFileSync(join(cwd, 'fx/user.created.json'), '{"type": "user.created",\n  "data": {\n}');
    expect(await refused(args)).toMatch(/line \d+, column \d+|3:\d+/);
  });

  it('a report where no folder can be made', async () => {
    expect(await refused(['check', target.url, '--report', 'junit:/proc/x/y.xml'])).toContain('/proc/x');
  });
});

it('an event with what no terminal should get is printed as JSON that says the same', async () => {
  mkdirSync(join(cwd, 'fx'));
  const event = { type: 'user.created', data: { note: 'a\u009b31m\u202eb\u0007' } };
  writeFileSync(
    join(cwd, 'fx/user.created.json'),
    JSON.stringify(event, null, '\t').replaceAll('\\u0007', '\\u0007'),
  );
  const { stdout } = await runCommand(['events', 'user.created', '--fixtures', 'fx'], { cwd, env });
  expect(JSON.parse(stdout)).toEqual(event);
  expect(stdout).not.toMatch(/[\u009b\u202e\u0007]/);
});

it('the key alone is masked as the whole secret is', async () => {
  const key = testSecret.slice('whsec_'.length);
  const telling = await httpTarget((_request, response) => response.writeHead(401).end(`expected ${key}`));
  for (const args of [
    ['send', 'user.created'],
    ['replay', 'last'],
    ['send', 'user.created', '--json', '--verbose'],
  ]) {
    const ran = await runCommand([...args, '--to', telling.url], { cwd, env });
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout + ran.stderr).not.toContain(key);
  }
});
