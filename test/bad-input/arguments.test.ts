import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommand, testSecret } from '../support/memory-io.ts';
import { runBin } from '../support/processes.ts';
import { bin } from '../support/repository.ts';
import { httpTarget } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

const secret = { env: { SCALEKIT_WEBHOOK_SECRET: testSecret } };

const inEnv = { PATH: process.env.PATH ?? '', SCALEKIT_WEBHOOK_SECRET: testSecret };

/** Whether this process is root, and the first port that other users can listen on. */
function unprivilegedPorts() {
  const path = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
  const first = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 1024;
  return { isRoot: process.getuid?.() === 0, first };
}

interface WrongCommandLine {
  readonly name: string;
  readonly args: string[];
  readonly code: string;
  /** The essential values of the three lines: what was wrong, and what to use instead. */
  readonly names: RegExp;
  /** Files to create in the working directory first. */
  readonly files?: Record<string, string | Buffer>;
}

const send = (...args: string[]) => ['send', 'user.created', ...args];
const invalidFile = (
  name: string,
  content: string | Buffer,
  code: string,
  names: RegExp,
): WrongCommandLine => ({
  name,
  args: ['send', './event.json'],
  files: { 'event.json': content },
  code,
  names,
});

const wrong: WrongCommandLine[] = [
  {
    name: 'a mistyped type',
    args: ['send', 'user.creatd'],
    code: 'unknown_event_type',
    names: /"user\.creatd"[\s\S]*\buser\.created\b[\s\S]*scalekit-hooks send \.\/event\.json/,
  },
  {
    name: 'a type in the wrong case',
    args: ['send', 'User.Created'],
    code: 'unknown_event_type',
    names: /"User\.Created"[\s\S]*\buser\.created\b/,
  },
  ...['__proto__', 'constructor'].map((type) => ({
    name: `${type} as a type`,
    args: ['send', type],
    code: 'unknown_event_type',
    names: new RegExp(`"${type}"[\\s\\S]*\\b52\\b`),
  })),
  {
    name: 'toString as a type',
    args: ['events', 'toString'],
    code: 'unknown_event_type',
    names: /"toString"[\s\S]*\b52\b/,
  },
  {
    name: 'an unknown flag',
    args: ['listen', '--portt', '1'],
    code: 'usage',
    names: /--portt\b[\s\S]*--port\b[\s\S]*scalekit-hooks listen --help/,
  },
  {
    name: 'a flag without a value',
    args: ['listen', '--port'],
    code: 'usage',
    names: /--port\b[\s\S]*scalekit-hooks listen --help/,
  },
  {
    name: 'a repeated flag',
    args: ['listen', '--port', '1', '--port', '2'],
    code: 'repeated_flag',
    names: /--port\b[\s\S]*"1"[\s\S]*"2"/,
  },
  {
    name: 'a malformed URL',
    args: send('--to', 'htp:/x'),
    code: 'invalid_target',
    names: /"htp:\/x"[\s\S]*http:\/\/[\s\S]*https:\/\/[\s\S]*\bhtp:[\s\S]*fix: .*\b3000\b/,
  },
  { name: 'an empty URL', args: send('--to', ''), code: 'invalid_target', names: /""[\s\S]*empty/ },
  { name: 'a URL of spaces', args: send('--to', '  '), code: 'invalid_target', names: /" {2}"[\s\S]*empty/ },
  {
    name: 'a foreign host without a scheme',
    args: send('--to', 'example.com/x'),
    code: 'invalid_target',
    names: /"example\.com\/x"[\s\S]*\bexample\.com [\s\S]*http:\/\/[\s\S]*https:\/\//,
  },
  ...(
    [
      ['ftp://localhost/', 'ftp:'],
      ['file:///x', 'file:'],
      ['javascript:alert(1)', 'javascript:'],
      ['unix:/x', 'unix:'],
    ] as const
  ).map(([url, scheme]) => ({
    name: url,
    args: send('--to', url),
    code: 'invalid_target',
    names: new RegExp(`\\n.*http:.*https:.*\\b${scheme}\\n`),
  })),
  ...['0', '70000'].map((port) => ({
    name: `port ${port} in a URL`,
    args: send('--to', `http://localhost:${port}/`),
    code: 'invalid_target',
    names: new RegExp(`"http://localhost:${port}/"[\\s\\S]*port.*\\b1\\b.*\\b65535\\b`),
  })),
  ...['abc', '8e3', ' 80', '0x50', '-1', '65536', '3.5'].map((port) => ({
    name: `--port ${JSON.stringify(port)}`,
    args: ['listen', '--port', port],
    code: 'invalid_value',
    names: new RegExp(`"${port}".*--port[\\s\\S]*\\b1\\b.*\\b65535\\b.*\\b0\\b[\\s\\S]*--port 3000`),
  })),
  {
    name: 'an address of another machine',
    args: ['listen', '--port', '0', '--host', '192.0.2.1'],
    code: 'cannot_listen',
    names: /\b192\.0\.2\.1\b[\s\S]*--host 127\.0\.0\.1\b[\s\S]*--host 0\.0\.0\.0\b/,
  },
  {
    name: 'an empty host',
    args: ['listen', '--port', '0', '--host', ''],
    code: 'invalid_value',
    names: /"".*--host[\s\S]*--host 127\.0\.0\.1\b[\s\S]*--host 0\.0\.0\.0\b/,
  },
  ...(
    [
      ['', 'empty'],
      ['whsec_', 'no key'],
      ['whsec_!!', 'not base64'],
      ['whsec_a_b', 'second underscore'],
      [`'${testSecret}'`, 'quotation marks'],
      [`v1,${testSecret}`, '"v1,"'],
      ['whpk_abcd', 'whpk_'],
      ['test_abcdefgh', 'client secret'],
    ] as const
  ).map(([value, problem]) => ({
    name: `the secret ${JSON.stringify(value)}`,
    args: send('--secret', value),
    code: 'invalid_secret',
    names: new RegExp(`--secret\\b.*\\n.*${problem}`),
  })),
  invalidFile(
    'invalid JSON in an event file',
    '{"type":"x",\n "data":{"a":}}',
    'invalid_json',
    /\.\/event\.json.*\bline 2, column 14\b[\s\S]*"data":\{"a":\}\}/,
  ),
  invalidFile('a byte order mark', '\ufeff{}', 'unreadable_file', /event\.json[\s\S]*BOM[\s\S]*UTF-8/),
  {
    name: 'invalid JSON in an edit',
    args: send('--set', 'data.email:=x'),
    code: 'invalid_edit',
    names: /--set "data\.email:=x"[\s\S]*:=.*JSON/,
  },
  {
    name: 'a missing file',
    args: ['send', './nothing.json'],
    code: 'unreadable_file',
    names: /nothing\.json[\s\S]*no such file/,
  },
  { name: 'a folder', args: ['send', './'], code: 'unreadable_file', names: /a folder\n/ },
  invalidFile('a file of 0 bytes', '', 'unreadable_file', /event\.json[\s\S]*empty/),
  invalidFile(
    'a huge file',
    Buffer.alloc(64 * 1024 * 1024 + 1, ' '),
    'unreadable_file',
    /event\.json[\s\S]*\b67108865\b[\s\S]*\b67108864\b/,
  ),
  {
    name: 'a device',
    args: ['send', '/dev/zero'],
    code: 'unreadable_file',
    names: /\/dev\/zero\b[\s\S]*device/,
  },
  {
    name: 'an edit of a deep path that does not exist',
    args: send('--set', 'a.b.c.d=1'),
    code: 'no_such_field',
    names: /\ba\.b\.c\.d\b[\s\S]*--add a\.b\.c\.d=/,
  },
  {
    name: 'a mistyped edit',
    args: send('--set', 'data.emial=1'),
    code: 'no_such_field',
    names: /\bdata\.emial\b[\s\S]*\bdata\.email\b/,
  },
  {
    name: 'an edit through a string',
    args: send('--set', 'data.email.x=1'),
    code: 'not_a_container',
    names: /--set .*\bdata\.email\.x\b[\s\S]*\bdata\.email .*string/,
  },
  {
    name: 'an edit past the end of an array',
    args: ['send', 'user.updated', '--add', 'data.changes.99=1'],
    code: 'no_such_index',
    names: /--add .*\bdata\.changes\.99\b[\s\S]*\bdata\.changes .*\b2\b[\s\S]*--add 'data\.changes\[2\]=/,
  },
  ...['__proto__.x=1', 'constructor.prototype.x=1', 'a.__proto__.x=1'].map((edit) => ({
    name: `the edit ${edit}`,
    args: send('--add', edit),
    code: 'invalid_edit',
    names: new RegExp(`--add "${edit}"[\\s\\S]*__proto__, constructor and prototype`),
  })),
  invalidFile(
    'nesting of 20,000 levels',
    `{"type":"x","data":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
    'invalid_event',
    /\.\/event\.json .*nested/,
  ),
  invalidFile('unclosed nesting', '['.repeat(200_000), 'invalid_json', /\.\/event\.json .*\bcolumn 200001\b/),
];

describe.each(wrong)('$name', ({ args, code, names, files = {} }) => {
  it('sends nothing, and reports the problem, the reason and a fix', async () => {
    const cwd = temporaryFolder();
    for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
    const target = await httpTarget();
    const env = { ...secret.env, SCALEKIT_HOOKS_TO: target.url };
    const human = await runCommand(args, { cwd, env });
    expect(human).toMatchObject({ exitCode: 2, stdout: '' });
    expect(human.stderr).toMatch(names);
    expect(human.stderr).toMatch(new RegExp(`^error: .+ \\[${code}\\]\\n {2}\\S.*\\n {2}fix: .+\\n$`));
    expect(human.stderr).not.toMatch(/\bundefined\b|\[object /);
    const json = await runCommand(['--json', ...args], { cwd, env });
    expect(json.exitCode).toBe(2);
    const { message, detail, fix, ...rest } = json.facts[0]!;
    expect(json.facts).toHaveLength(1);
    expect(rest).toMatchObject({ kind: 'error', code });
    expect(`error: ${message} [${code}]\n  ${detail}\n  fix: ${fix}\n`).toMatch(names);
    expect(target.requests).toEqual([]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

/** Input that is valid, or for which the error is not the only point. */
const others: Record<string, () => Promise<void>> = {
  'a privileged port': async () => {
    const { isRoot, first } = unprivilegedPorts();
    // Where every user can listen on port 80, there is no error.
    if (first <= 80) return;
    const args = [bin, 'listen', '--port', '80', '--no-capture'];
    const asNobody = ['--reuid=65534', '--clear-groups', process.execPath];
    const ran = isRoot
      ? spawnSync('setpriv', [...asNobody, ...args], { env: inEnv, cwd: '/', encoding: 'utf8' })
      : spawnSync(process.execPath, args, { env: inEnv, encoding: 'utf8' });
    if (ran.error || /setpriv: /.test(ran.stderr)) return;
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(
      /^error: .*\b127\.0\.0\.1\b.*\b80\b.* \[cannot_listen\]\n.*privilege.*\n {2}fix: .*--port 3000\b/,
    );
  },
  'spaces around a type': async () => {
    const target = await httpTarget();
    const ran = await runCommand(['send', ' user.created ', '--to', target.url], secret);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(target.requests[0]!.body.toString()).toContain('"type":"user.created"');
  },
  'a target without a scheme': async () => {
    const target = await httpTarget();
    const ran = await runCommand(send('--to', target.url.replace('http://', '')), secret);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stderr).toContain(` ${target.url},`);
    expect(target.requests).toHaveLength(1);
  },
  'a user name and password in the target: sent, but never printed': async () => {
    const target = await httpTarget();
    const ran = await runCommand(
      send('--verbose', '--to', target.url.replace('//', '//ada:hunter22@')),
      secret,
    );
    expect(target.requests[0]!.headers.authorization).toBe(`Basic ${btoa('ada:hunter22')}`);
    expect(ran.stdout + ran.stderr).not.toContain('hunter22');
    const wrong = await runCommand(send('--debug', '--to', 'http://ada:hunter22@localhost:99999/'), secret);
    expect(wrong.stderr).toContain('[invalid_target]');
    expect(wrong.stdout + wrong.stderr).not.toContain('hunter22');
  },
  'a fragment in the target': async () => {
    const target = await httpTarget();
    const ran = await runCommand(send('--to', `${target.url}#part`), secret);
    expect(ran.stderr).toMatch(/^note: .*#part\b/m);
    expect(target.requests.map(({ url }) => url)).toEqual(['/webhook']);
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
    expect(ran.stderr).toMatch(
      new RegExp(
        `^error: .*\\b${port}\\b.* \\[port_in_use\\]\\n.*\\n {2}fix: .*--port [1-9]\\d*\\b.*--port 0\\b`,
      ),
    );
    expect(ran.stderr).not.toContain(`--port ${port}`);
  },
  'a secret on the command line': async () => {
    const target = await httpTarget();
    const ran = await runCommand(send('--secret', testSecret, '--to', target.url));
    expect(ran.stderr).toMatch(/^note: .*--secret .*SCALEKIT_WEBHOOK_SECRET/m);
  },
  'a stored secret that other users can read': async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, 'scalekit-hooks'));
    writeFileSync(join(home, 'scalekit-hooks', 'secret'), testSecret, { mode: 0o644 });
    chmodSync(join(home, 'scalekit-hooks', 'secret'), 0o644);
    const ran = await runCommand(['secret'], { env: { XDG_CONFIG_HOME: home } });
    expect(ran.stderr).toContain(`chmod 600 ${join(home, 'scalekit-hooks', 'secret')}`);
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
  'numbers and strings in edits': async () => {
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
  'an old Node.js': async () => {
    const old = `Object.defineProperty(process.versions, 'node', { value: '18.20.0' }); require(${JSON.stringify(bin)})`;
    const ran = promisify(execFile)(process.execPath, ['-e', old]);
    const { code, stderr } = await ran.catch((error) => error);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: .*\b20\.18\.1\b.* \[node_too_old\]\n {2}\S.*\b18\.20\.0\n {2}fix: .*\bscalekit-hooks\n$/,
    );
  },
  'an unusual home folder, an unusable one, and none': async () => {
    const folder = join(temporaryFolder(), 'höme with spaces');
    mkdirSync(folder);
    expect(await runBin(['secret'], { env: { HOME: folder } })).toMatchObject({ exitCode: 0 });
    const ran = await runBin(['secret'], { env: { HOME: '/proc/nothing' } });
    expect(ran).toMatchObject({ exitCode: 2 });
    expect(ran.stderr).toMatch(/^error: .*\/proc\/nothing\/\.config.* \[unusable_config_folder\]\n/);
    expect((await runBin(['secret'], { env: { HOME: '' } })).exitCode).toBe(0);
  },
};

describe('arguments and settings', () => {
  it.each(Object.entries(others))('%s', (_name, holds) => holds());
});
