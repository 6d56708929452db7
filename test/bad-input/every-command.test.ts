import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openJournal } from '../../src/captures/journal/writer.ts';
import { kept, someCapture } from '../support/captures.ts';
import { readFacts, runCommand, testSecret } from '../support/memory-io.ts';
import { runBin, startProcess } from '../support/processes.ts';
import { bin } from '../support/repository.ts';
import { type HttpTarget, httpTarget } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Input that is bad for several commands: all of them reject it in the same way. */
const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };
const commands = [
  ...['send', 'listen', 'replay', 'captures', 'verify', 'check', 'events', 'secret', 'demo', 'completion'],
  ...['captures list', 'captures show', 'captures save', 'captures clear'],
];

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

/** Command lines with their text, which is the title of a test. */
const titled = (lines: string[][]) => lines.map((args) => [args.join(' '), args] as const);

/** Runs a command line that must be rejected with this code: three lines, exit code 2, nothing sent. */
async function rejected(code: string, args: string[], more: Record<string, string> = {}) {
  const ran = await runCommand(args, { cwd, env: { ...env, ...more } });
  expect(ran.exitCode, `${args.join(' ')}\n${ran.stdout}${ran.stderr}`).toBe(2);
  expect(ran.stdout).toBe('');
  expect(ran.stderr).toMatch(
    new RegExp(`^(note: .*\\n)*error: .+ \\[${code}\\]\\n {2}\\S.*\\n {2}fix: .+\\n$`),
  );
  expect(ran.stderr).not.toMatch(/\bundefined\b|\[object /);
  expect(target.requests).toHaveLength(0);
  const json = await runCommand([...args, '--json'], { cwd, env: { ...env, ...more } });
  expect(json.exitCode).toBe(2);
  expect(json.facts.at(-1)).toMatchObject({
    kind: 'error',
    code,
    message: expect.stringMatching(/./),
    detail: expect.stringMatching(/./),
    fix: expect.stringMatching(/./),
  });
  expect(target.requests).toHaveLength(0);
  return ran.stderr;
}

describe('flags', () => {
  it.each(commands)('%s: an unknown flag is rejected, and the nearest one suggested', async (command) => {
    const stderr = await rejected('usage', [...command.split(' '), '--jsno']);
    expect(stderr).toMatch(/^error: .*--jsno\b.*\n.*--json\b/);
    // Without a subcommand, captures lists: the flags are in that help.
    const help = command === 'captures' ? 'captures list' : command;
    expect(stderr).toContain(`scalekit-hooks ${help} --help\n`);
  });

  it.each([
    ['send user.created', '--webhook-id', '--dry-run'],
    ['send user.created', '--set', '--dry-run'],
    ['listen --port 0', '--captures', '--sync'],
    ['captures', '--captures', '--limit'],
    ['captures clear', '--before', '--yes'],
    ['replay', '--to', '--all'],
    ['verify last', '--at', '--show-signed-text'],
    ['check', '--report', '--strict'],
    ['events', '--fixtures', '-h'],
  ])('%s %s %s: a missing value does not swallow the next flag', async (command, flag, next) => {
    const stderr = await rejected('usage', [...command.split(' '), flag, next]);
    expect(stderr).toMatch(new RegExp(`^error: ${flag} .* ${next} `));
  });

  it('a value can start with a dash, if it is not the name of a flag', async () => {
    const args = ['send', 'user.created', '--set', 'data.email=--x', '-H', 'x-note: --y', '--to', target.url];
    expect((await runCommand(args, { cwd, env })).exitCode).toBe(0);
    expect(target.requests[0]!.headers['x-note']).toBe('--y');
    expect(target.requests[0]!.body.toString()).toContain('"email":"--x"');
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
  const urls: [url: string, code: string, names: RegExp][] = [
    ['htp:/x', 'invalid_target', /"htp:\/x"/],
    ['http://', 'invalid_target', /"http:\/\/"/],
    ['ftp://localhost/x', 'invalid_target', /"ftp:\/\/localhost\/x"/],
    ['file:///etc/passwd', 'invalid_target', /"file:\/\/\/etc\/passwd"/],
    ['javascript:alert(1)', 'invalid_target', /"javascript:alert\(1\)"/],
    ['unix:/tmp/x', 'invalid_target', /"unix:\/tmp\/x"/],
    ['example.com/x', 'invalid_target', /"example\.com\/x"/],
    ['http://localhost:0/x', 'invalid_target', /\b65535\b/],
    ['http://localhost:70000/x', 'invalid_target', /\b65535\b/],
    ['http://local host/', 'invalid_target', /%20/],
    ['http://localhost/\u0007', 'invalid_target', /control characters/],
    ['https://hooks.example.com/x', 'foreign_host', /--allow-host hooks\.example\.com\b/],
    ['//evil.example.com/x', 'invalid_target', /"\/\/evil\.example\.com\/x"/],
  ];
  it.each(ways.flatMap(([name, line]) => urls.map(([url, ...more]) => [name, url, line, ...more] as const)))(
    '%s %j',
    async (_name, url, line, code, names) => {
      const { args, more } = line(url);
      expect(await rejected(code, args, more)).toMatch(names);
    },
  );

  it.each([
    'ada:hunter22@localhost:4801/x',
    'http:/ada:hunter22@localhost/x',
    'http://ada:hun/ter22@localhost/x',
    'http://ada:hunter22@[x]/',
    'ftp://ada:hunter22@localhost/x',
  ])('a password in an invalid URL is not printed: %s', async (url) => {
    for (const [, line] of ways) {
      const { args, more } = line(url);
      expect(await rejected('invalid_target', args, more)).not.toMatch(/hunter22|hun\/ter22|ter22/);
    }
  });

  it('--dry-run prints no password; --print curl does, because it must work when pasted', async () => {
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
  )('%j with %j', async (args, secret) => {
    const fromEnv = await rejected('invalid_secret', args, { SCALEKIT_WEBHOOK_SECRET: secret });
    expect(fromEnv).toMatch(/^error: .*SCALEKIT_WEBHOOK_SECRET\b/m);
    const fromFlag = await rejected('invalid_secret', [...args, '--secret', secret]);
    expect(fromFlag).toMatch(/^error: .*--secret\b/m);
  });

  it.each(titled(users.filter(([name]) => name !== 'listen' && name !== 'check')))(
    '%s: a note warns that other users can read a secret on the command line',
    async (_line, args) => {
      const ran = await runCommand([...args, '--secret', testSecret, '--verbose'], { cwd });
      expect(ran.exitCode).not.toBe(2);
      expect(ran.stderr).toMatch(/^note: .*--secret .*SCALEKIT_WEBHOOK_SECRET/m);
    },
  );

  it.each(titled(users))('%s: without a home folder', async (_line, args) => {
    const home = { HOME: '', XDG_CONFIG_HOME: '' };
    const own = temporaryFolder();
    chmodSync(own, 0o755);
    // A user that the system does not know has no home folder.
    const ran = spawnSync(
      'setpriv',
      ['--reuid=54321', '--clear-groups', process.execPath, bin, ...args, '--json'],
      {
        cwd: own,
        env: { PATH: process.env.PATH ?? '', ...home },
        encoding: 'utf8',
      },
    );
    // Where the user cannot be changed, this cannot be tested.
    if (ran.error || /setpriv: /.test(ran.stderr)) return;
    expect(ran.status, ran.stdout + ran.stderr).toBe(2);
    expect(readFacts(ran.stdout).at(-1)).toMatchObject({
      kind: 'error',
      code: 'no_home_folder',
      fix: expect.stringMatching(/SCALEKIT_WEBHOOK_SECRET.*HOME/),
    });
  });

  it('with an empty HOME, nothing is written to the working directory', async () => {
    const own = temporaryFolder();
    await runBin(['secret'], { cwd: own, env: { HOME: '', XDG_CONFIG_HOME: join(own, 'config') } });
    expect(statSync(join(own, '.config'), { throwIfNoEntry: false })).toBeUndefined();
  });

  it('only its user can read a new secret, whatever the umask; a note warns of one that others can read', async () => {
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
      expect(ran.stderr, args.join(' ')).toContain(`chmod 600 ${path}\n`);
    }
  });
});

describe('types', () => {
  it.each(
    titled([
      ['send', 'user.creatd'],
      ['events', 'user.creatd'],
      ['check', '3000', '--type', 'user.creatd'],
    ]),
  )('%s: a mistyped type is rejected, and the nearest one suggested', async (_line, args) => {
    const stderr = await rejected('unknown_event_type', args);
    expect(stderr).toMatch(/^error: .*"user\.creatd".*\n.*\buser\.created\b/);
  });

  it.each(
    titled([
      ['send', '--interceptor', 'PRE_SIGNUPP'],
      ['check', '3000', '--interceptor', 'PRE_SIGNUPP'],
    ]),
  )('%s: a mistyped trigger point is rejected, and the nearest one suggested', async (_line, args) => {
    const stderr = await rejected('unknown_trigger_point', args);
    expect(stderr).toMatch(/^error: .*"PRE_SIGNUPP".*\n.*\bPRE_SIGNUP\b/);
  });

  it.each(
    titled([
      ['captures', '--type', 'user.creatd'],
      ['replay', '--type', 'user.creatd'],
    ]),
  )('%s: an unknown type may be new, so it gets only a note', async (_line, args) => {
    const { stderr } = await runCommand(args, { cwd, env });
    expect(stderr).toMatch(/^note: .*\buser\.creatd\b.*\buser\.created\b/);
    expect(stderr).not.toContain('[unknown_event_type]');
  });

  it.each(
    titled([
      ['captures', '--type', ' user.created '],
      ['replay', '--dry-run', '--type', ' user.created '],
      ['send', ' user.created ', '--dry-run'],
    ]),
  )('spaces around a type are ignored: %s', async (_line, args) => {
    const ran = await runCommand(args, { cwd, env });
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
  )('%s, %s', async (_name, _kind, args, make) => {
    const path = join(cwd, 'in.json');
    await make(path);
    expect(await rejected('unreadable_file', args('./in.json'))).toMatch(/^error: .*\bin\.json /m);
  });

  it.each(readers)('%s, an endless device', async (_name, args) => {
    expect(await rejected('unreadable_file', args('/dev/zero'))).toMatch(
      /^error: .*\/dev\/zero .*\n.*device/m,
    );
  });

  it.each(readers.filter(([name]) => name !== 'replay --from'))(
    '%s, a file of 600 MiB',
    async (_name, args) => {
      const path = join(cwd, 'huge.json');
      writeFileSync(path, '');
      truncateSync(path, 600 * 1024 * 1024);
      const stderr = await rejected('unreadable_file', args('./huge.json'));
      expect(stderr).toMatch(/^error: .*\bhuge\.json .*\n.*(\b67108864\b|\b64 MiB\b)/m);
    },
  );

  it.each(
    titled([
      ['send', '--body', '-'],
      ['verify', '-'],
      ['verify', '--body', '-', '-H', 'a: b'],
    ]),
  )('%s: an endless stdin is read only up to the limit', async (_line, args) => {
    const started = startProcess('sh', ['-c', `exec "$0" "$@" < /dev/zero`, process.execPath, bin, ...args], {
      env,
    });
    expect(await started.ended, started.stderr()).toBe(2);
    expect(started.stderr()).toMatch(/^error: .*\bstdin \[unreadable_file\]\n.*\b64 MiB\n/);
  });

  it('a file in a folder without access', async () => {
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
      expect(ran.stderr).toMatch(/^error: .*\bin\.json \[unreadable_file\]\n/);
    }
  });

  it('a pipe without read permission', async () => {
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
      expect(ran.stderr).toMatch(/^error: .*\bpipe \[unreadable_file\]\n/);
    }
  });

  it.each(
    titled([
      ['send', 'user.created', '--fixtures', 'fx'],
      ['events', 'user.created', '--fixtures', 'fx'],
      ['check', '3000', '--type', 'user.created', '--fixtures', 'fx'],
    ]),
  )('%s: a fixture that is not JSON is rejected with line and column', async (_line, args) => {
    mkdirSync(join(cwd, 'fx'));
    writeFileSync(join(cwd, 'fx/user.created.json'), '{"type": "user.created",\n  "data": {\n}');
    const stderr = await rejected('invalid_json', args);
    expect(stderr).toMatch(/^error: .*\bfx\/user\.created\.json .*\bline 3, column 2\b/);
  });

  it('a report in a folder that cannot be created', async () => {
    const args = ['check', target.url, '--report', 'junit:/proc/x/y.xml'];
    expect(await rejected('unwritable_file', args)).toMatch(/^error: .*\/proc\/x\/y\.xml /m);
  });
});

it('control characters in a printed event are escaped, and its value is unchanged', async () => {
  mkdirSync(join(cwd, 'fx'));
  const event = { type: 'user.created', data: { note: 'a\u009b31m\u202eb\u0007' } };
  writeFileSync(join(cwd, 'fx/user.created.json'), JSON.stringify(event, null, '\t'));
  const { stdout } = await runCommand(['events', 'user.created', '--fixtures', 'fx'], { cwd, env });
  expect(JSON.parse(stdout)).toEqual(event);
  expect(stdout).not.toMatch(/[\u009b\u202e\u0007]/);
});

it('the key without its prefix is masked like the whole secret', async () => {
  const key = testSecret.slice('whsec_'.length);
  const leaking = await httpTarget((_request, response) => response.writeHead(401).end(`expected ${key}`));
  for (const args of [
    ['send', 'user.created'],
    ['replay', 'last'],
    ['send', 'user.created', '--json', '--verbose'],
  ]) {
    const ran = await runCommand([...args, '--to', leaking.url], { cwd, env });
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout + ran.stderr).not.toContain(key);
  }
});
