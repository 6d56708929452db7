import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommand, testSecret, type World } from '../support/memory-io.ts';
import { runBin } from '../support/processes.ts';
import { bin } from '../support/repository.ts';
import { httpTarget } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

const secret = { env: { SCALEKIT_WEBHOOK_SECRET: testSecret } };

const inEnv = { PATH: process.env.PATH ?? '', SCALEKIT_WEBHOOK_SECRET: testSecret };

/** The first port that anybody may have, and whether that does not matter to this process. */
function unprivilegedPorts() {
  const path = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
  const first = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 1024;
  return { isRoot: process.getuid?.() === 0, first };
}

interface WrongCommandLine {
  readonly name: string;
  readonly args: string[];
  readonly exitCode?: number;
  readonly says: RegExp;
  readonly world?: World;
  /** Files to make in the working directory first. */
  readonly files?: Record<string, string | Buffer>;
}

const send = (...args: string[]) => ['send', 'user.created', ...args];
const fileError = (content: string | Buffer, says: RegExp, name: string): WrongCommandLine => ({
  name,
  args: ['send', './event.json'],
  files: { 'event.json': content },
  says,
});

const wrong: WrongCommandLine[] = [
  {
    name: 'a mistyped type',
    args: ['send', 'user.creatd'],
    says: /did you mean user\.created.*\n.*from a file/,
  },
  {
    name: 'a type in other case',
    args: ['send', 'User.Created'],
    says: /did you mean user\.created\?/,
  },
  { name: '__proto__', args: ['send', '__proto__'], says: /there is no event type "__proto__"/ },
  { name: 'constructor', args: ['send', 'constructor'], says: /there is no event type/ },
  { name: 'toString', args: ['events', 'toString'], says: /there is no event type/ },
  { name: 'an unknown flag', args: ['listen', '--portt', '1'], says: /did you mean --port\?/ },
  {
    name: 'a flag without value',
    args: ['listen', '--port'],
    says: /"--port <port>" argument missing/,
  },
  {
    name: 'a flag given twice',
    args: ['listen', '--port', '1', '--port', '2'],
    says: /--port is given twice/,
  },
  {
    name: 'a malformed URL',
    args: send('--to', 'htp:/x'),
    says: /"htp:\/x" is not a target[\s\S]*try: 3000/,
  },
  { name: 'an empty URL', args: send('--to', ''), says: /it is empty/ },
  { name: 'a URL of blanks', args: send('--to', '  '), says: /it is empty/ },
  {
    name: 'a foreign host without scheme',
    args: send('--to', 'example.com/x'),
    says: /write http:\/\/ or https:\/\//,
  },
  ...['ftp://localhost/', 'file:///x', 'javascript:alert(1)', 'unix:/x'].map((url) => ({
    name: url,
    args: send('--to', url),
    says: /is not http:/,
  })),
  { name: 'port 0', args: send('--to', 'http://localhost:0/'), says: /from 1 to 65535/ },
  { name: 'port 70000', args: send('--to', 'http://localhost:70000/'), says: /from 1 to 65535/ },
  ...['abc', '8e3', ' 80', '0x50', '-1', '65536', '3.5'].map((port) => ({
    name: `--port ${port}`,
    args: ['listen', '--port', port],
    says: port === '-1' ? /--port/ : /a number from 1 to 65535, or 0 for any free port/,
  })),
  {
    name: 'a host of another machine',
    args: ['listen', '--port', '0', '--host', '192.0.2.1'],
    says: /does not have that address/,
  },
  {
    name: 'an empty host',
    args: ['listen', '--port', '0', '--host', ''],
    says: /--host 0\.0\.0\.0 for all/,
  },
  ...(
    [
      ['', 'it is empty'],
      ['whsec_', 'no key after the prefix'],
      ['whsec_!!', 'not base64'],
      ['whsec_a_b', 'second underscore'],
      [`'${testSecret}'`, 'quotation marks'],
      [`v1,${testSecret}`, '"v1,"'],
      ['whpk_abcd', 'public key'],
      ['test_abcdefgh', 'API client secret'],
    ] as const
  ).map(([value, reason]) => ({
    name: `secret ${value}`,
    args: send('--secret', value),
    says: new RegExp(reason),
  })),
  fileError(
    '{"type":"x",\n "data":{"a":}}',
    /line 2, column 14[\s\S]*why: .+\n {2}try: look near/,
    'invalid JSON in an event file',
  ),
  fileError('\ufeff{}', /byte order mark/, 'a byte order mark'),
  {
    name: 'invalid JSON in an edit',
    args: send('--set', 'data.email:=x'),
    says: /not JSON; = takes plain text/,
  },
  { name: 'a missing file', args: ['send', './nothing.json'], says: /no such file/ },
  { name: 'a folder', args: ['send', './'], says: /it is a folder/ },
  fileError('', /it is empty/, 'a file of 0 bytes'),
  fileError(Buffer.alloc(64 * 1024 * 1024 + 1, ' '), /an event has at most 67108864/, 'a huge file'),
  { name: 'a device', args: ['send', '/dev/zero'], says: /it is a device/ },
  {
    name: 'a deep edit of what is not there',
    args: send('--set', 'a.b.c.d=1'),
    says: /there is no a\.b\.c\.d/,
  },
  { name: 'a mistyped edit', args: send('--set', 'data.emial=1'), says: /did you mean data\.email/ },
  {
    name: 'an edit through a scalar',
    args: send('--set', 'data.email.x=1'),
    says: /data\.email is text and has no fields/,
  },
  {
    name: 'an edit past the end of an array',
    args: ['send', 'user.updated', '--add', 'data.changes.99=1'],
    says: /an array of 2/,
  },
  ...['__proto__.x=1', 'constructor.prototype.x=1', 'a.__proto__.x=1'].map((edit) => ({
    name: edit,
    args: send('--add', edit),
    says: /not fields of events/,
  })),
  fileError(
    `{"type":"x","data":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
    /nested too deeply/,
    'nesting of 20,000 levels',
  ),
  fileError('['.repeat(200_000), /is not JSON/, 'nesting that never ends'),
];

describe.each(wrong)('$name', ({ args, says, world, files = {}, exitCode = 2 }) => {
  it('sends nothing, says what, why and what to try', async () => {
    const cwd = temporaryFolder();
    for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
    const target = await httpTarget();
    const env = { ...secret.env, SCALEKIT_HOOKS_TO: target.url };
    const human = await runCommand(args, { cwd, env, ...world });
    expect(human).toMatchObject({ exitCode, stdout: '' });
    expect(human.stderr).toMatch(says);
    expect(human.stderr).toMatch(/^error: .+\n {2}why: .+\n {2}try: .+\n$/);
    const json = await runCommand(['--json', ...args], { cwd, env, ...world });
    expect(json.facts).toMatchObject([
      { kind: 'error', message: expect.any(String), detail: expect.any(String), fix: expect.any(String) },
    ]);
    expect(target.requests).toEqual([]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

/** Input whose point is not, or not only, an error. */
const others: Record<string, () => Promise<void>> = {
  'a port that only privileged programs may use': async () => {
    const { isRoot, first } = unprivilegedPorts();
    // Where anybody may have port 80 there is nothing to refuse.
    if (first <= 80) return;
    const args = [bin, 'listen', '--port', '80', '--no-capture'];
    const asNobody = ['--reuid=65534', '--clear-groups', process.execPath];
    const ran = isRoot
      ? spawnSync('setpriv', [...asNobody, ...args], { env: inEnv, cwd: '/', encoding: 'utf8' })
      : spawnSync(process.execPath, args, { env: inEnv, encoding: 'utf8' });
    if (ran.error || /setpriv: /.test(ran.stderr)) return;
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/only privileged programs[\s\S]*--port 3000/);
  },
  'spaces around a type': async () => {
    const target = await httpTarget();
    expect(await runCommand(['send', ' user.created ', '--to', target.url], secret)).toMatchObject({
      exitCode: 0,
    });
  },
  'a target without a scheme': async () => {
    const target = await httpTarget();
    const ran = await runCommand(send('--to', target.url.replace('http://', '')), secret);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stderr).toContain(`to ${target.url}`);
  },
  'a user and password in the target: sent, and never printed': async () => {
    const target = await httpTarget();
    const ran = await runCommand(
      send('--verbose', '--to', target.url.replace('//', '//ada:hunter22@')),
      secret,
    );
    expect(target.requests[0]!.headers.authorization).toBe(`Basic ${btoa('ada:hunter22')}`);
    expect(ran.stdout + ran.stderr).not.toContain('hunter22');
    const wrong = await runCommand(send('--debug', '--to', 'http://ada:hunter22@localhost:99999/'), secret);
    expect(wrong.stdout + wrong.stderr).not.toContain('hunter22');
  },
  'a fragment in the target': async () => {
    const target = await httpTarget();
    const ran = await runCommand(send('--to', `${target.url}#part`), secret);
    expect(ran.stderr).toContain('the fragment #part was left out');
  },
  'ports that browsers block': async () => {
    for (const port of [1, 25, 6000, 6666, 10080]) {
      const { facts } = await runCommand(send('--json', '--to', `http://127.0.0.1:${port}/`), secret);
      expect(facts[0]!.failure === 'connection_refused' || facts[0]!.status !== null).toBe(true);
    }
  },
  'a port in use': async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const ran = await runCommand(['listen', '--port', String(port)], secret);
    expect(ran).toMatchObject({ exitCode: 2 });
    expect(ran.stderr).toMatch(/port \d+ is in use[\s\S]*--port \d+, which is free/);
  },
  'a secret on the command line': async () => {
    const target = await httpTarget();
    const ran = await runCommand(send('--secret', testSecret, '--to', target.url));
    expect(ran.stderr).toContain('--secret can be read by others on this machine');
  },
  'a stored secret that others can read': async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, 'scalekit-hooks'));
    writeFileSync(join(home, 'scalekit-hooks', 'secret'), testSecret, { mode: 0o644 });
    chmodSync(join(home, 'scalekit-hooks', 'secret'), 0o644);
    const ran = await runCommand(['secret'], { env: { XDG_CONFIG_HOME: home } });
    expect(ran.stderr).toContain('chmod 600');
  },
  'two secrets in one variable': async () => {
    const target = await httpTarget();
    const other = `whsec_${'A'.repeat(32)}`;
    await runCommand(send('--to', target.url), {
      env: { SCALEKIT_WEBHOOK_SECRET: `${testSecret},${other}` },
    });
    expect(String(target.requests[0]!.headers['webhook-signature']).split(' ')).toHaveLength(2);
  },
  '__proto__ in a body': async () => {
    const target = await httpTarget();
    const body = '{"__proto__":{"x":1}}';
    await runCommand(['send', '--body', body, '--to', target.url], secret);
    expect(target.requests[0]!.body.toString()).toBe(body);
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'event.json'), `{"type":"x","data":${body}}`);
    await runCommand(['send', './event.json', '--to', target.url], { ...secret, cwd });
    expect(target.requests[1]!.body.toString()).toContain('{"__proto__":{"x":1}}');
  },
  'numbers and text of an edit': async () => {
    const target = await httpTarget();
    const values = ['n=1', 's="1"', 'e:=1e400', 'i:=9007199254740993'].flatMap((value) => [
      '--add',
      `data.${value}`,
    ]);
    await runCommand(send(...values, '--to', target.url), secret);
    expect(target.requests[0]!.body.toString()).toMatch(
      /"e":1e400,.*"i":9007199254740993,"n":"1",.*"s":"\\"1\\""/,
    );
  },
  'a Node.js that is too old': async () => {
    const old = `Object.defineProperty(process.versions, 'node', { value: '18.20.0' }); require(${JSON.stringify(bin)})`;
    const ran = promisify(execFile)(process.execPath, ['-e', old]);
    const { code, stderr } = await ran.catch((error) => error);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: scalekit-hooks needs Node\.js 20\.18\.1 or newer.*\n {2}why: this is Node\.js 18\.20\.0\n/,
    );
  },
  'an odd home folder, and none': async () => {
    const folder = join(temporaryFolder(), 'höme with blanks');
    mkdirSync(folder);
    expect(await runBin(['secret'], { env: { HOME: folder } })).toMatchObject({ exitCode: 0 });
    const ran = await runBin(['secret'], { env: { HOME: '/proc/nothing' } });
    expect(ran).toMatchObject({ exitCode: 2 });
    expect(ran.stderr).toContain('/proc/nothing/.config');
    expect((await runBin(['secret'], { env: { HOME: '' } })).exitCode).toBe(0);
  },
};

describe('arguments and settings', () => {
  it.each(Object.entries(others))('%s', (_name, holds) => holds());
});
