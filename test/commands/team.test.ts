import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCommand, testSecret } from '../support/memory-io.ts';
import { startProcess } from '../support/processes.ts';
import { describeWithRedis, makeCertificate, startRedis } from '../support/redis.ts';
import { bin, repository } from '../support/repository.ts';
import { closedPort, httpTarget } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

const page = readFileSync(join(repository, 'docs/team.md'), 'utf8');
const blockOf = (language: string) => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)![1]!;
const compose = parse(blockOf('yaml'));
const aclFile = [...page.matchAll(/```text\n(user [\s\S]*?)```/g)].map(([, text]) => text!)[0]!;

/** The store of the page, with its users; the image's program is the installed one. */
async function pageStore() {
  const path = join(temporaryFolder(), 'users.acl');
  writeFileSync(path, `${aclFile}user root on nopass ~* &* +@all\n`);
  const [program, ...args] = compose.services.store.command.split(/\s+/);
  expect(program).toBe('valkey-server');
  const server = await startRedis(args.map((arg: string) => (arg.endsWith('users.acl') ? path : arg)));
  const urlOf = (user: string, password: string) => server.url.replace('//', `//${user}:${password}@`);
  const root = (...command: string[]) =>
    server.cli('--user', 'root', '--pass', 'x', '--no-auth-warning', ...command);
  return {
    server,
    root,
    receiver: urlOf('receiver', 'RECEIVER_PASSWORD'),
    ada: urlOf('ada', 'ADA_PASSWORD'),
    asAda: (...command: string[]) =>
      server.cli('--user', 'ada', '--pass', 'ADA_PASSWORD', '--no-auth-warning', ...command),
  };
}

/** A process of the program in an empty folder. */
function startIn(args: readonly string[], env: Record<string, string>) {
  const started = startProcess(process.execPath, [bin, ...args], {
    cwd: temporaryFolder(),
    env: { ...process.env, XDG_STATE_HOME: temporaryFolder(), XDG_CONFIG_HOME: temporaryFolder(), ...env },
  });
  started.child.stdin.end();
  return started;
}

describeWithRedis('the team page', () => {
  it('works as it is written: a receiver, and a laptop that follows', { timeout: 60_000 }, async () => {
    const { receiver, ada } = await pageStore();
    const { command, environment } = compose.services.receiver;
    expect(Object.keys(environment)).toEqual(['SCALEKIT_WEBHOOK_SECRET', 'SCALEKIT_HOOKS_CAPTURES']);
    const port = await closedPort();
    const words: string[] = command.split(/\s+/);
    const listenArgs = words
      .slice(words.indexOf('scalekit-hooks') + 1)
      .map((arg) => (arg === '3000' ? String(port) : arg));
    const listening = startIn(listenArgs, {
      SCALEKIT_WEBHOOK_SECRET: testSecret,
      SCALEKIT_HOOKS_CAPTURES: receiver,
    });
    await expect.poll(listening.stderr, { timeout: 10_000 }).toMatch(/ready on/);
    expect(listening.stderr()).toMatch(/appendfsync always/);
    expect(listening.stderr()).toMatch(/storing captures in .* for 7 days\n/);
    expect(listening.stderr()).not.toContain('RECEIVER_PASSWORD');

    const app = await httpTarget();
    const laptopSecret = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    const [, line] = /npx scalekit-hooks (replay .*)/.exec(blockOf('sh'))!;
    const laptop = { SCALEKIT_WEBHOOK_SECRET: laptopSecret, SCALEKIT_HOOKS_CAPTURES: ada };
    const following = startIn(
      line!.split(' ').map((arg) => (arg === '3000' ? app.url : arg)),
      laptop,
    );
    await expect.poll(following.stderr, { timeout: 10_000 }).toMatch(/following from now on/);
    const sent = await runCommand([
      'send',
      '--all',
      '--to',
      `http://127.0.0.1:${port}`,
      '--secret',
      testSecret,
      '--json',
    ]);
    expect(sent.exitCode).toBe(0);
    await expect.poll(() => app.requests.length, { timeout: 20_000 }).toBe(52);
    const ids = sent.facts.flatMap(({ kind, event_id }) => (kind === 'delivered' ? [event_id] : []));
    expect(app.requests.map(({ body }) => JSON.parse(String(body)).id)).toEqual(ids);
    following.child.kill('SIGINT');
    expect(await following.ended).toBe(130);

    // Re-signed with the laptop's secret, as the request that arrived shows.
    const { headers, body } = app.requests[0]!;
    const request = [
      `POST / HTTP/1.1`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ];
    const file = join(temporaryFolder(), 'request.http');
    writeFileSync(file, `${request.join('\r\n')}\r\n\r\n${body}`);
    expect((await runCommand(['verify', file, '--secret', laptopSecret])).exitCode).toBe(0);

    for (const args of [
      ['captures', '--limit', '3'],
      ['captures', 'show', 'last'],
      ['verify', 'last', '--secret', testSecret],
    ]) {
      const ran = startIn(args, laptop);
      expect(await ran.ended, ran.stderr()).toBe(0);
      expect(ran.stdout() + ran.stderr()).not.toContain('ADA_PASSWORD');
    }
    const none = startIn(['replay', '--failed', '--name', 'ada', '--to', app.url], laptop);
    expect(await none.ended).toBe(0);
    expect(none.stderr()).toMatch(/no failed deliveries/);
    const cleared = startIn(['captures', 'clear', '--yes'], laptop);
    expect(await cleared.ended).toBe(2);
    expect(cleared.stderr()).toMatch(/store_denied/);
    listening.child.kill('SIGTERM');
    expect(await listening.ended).toBe(143);
    const clearing = startIn(['captures', 'clear', '--yes', '--json'], { SCALEKIT_HOOKS_CAPTURES: receiver });
    expect(await clearing.ended, clearing.stderr()).toBe(0);
    expect(JSON.parse(clearing.stdout())).toMatchObject({ kind: 'cleared', captures: 52, done: true });
  });

  it('keeps every capture when the server is killed, and lets nobody in without a password', async () => {
    const { server, root, receiver } = await pageStore();
    const listening = startIn(['listen', '--port', '0'], {
      SCALEKIT_WEBHOOK_SECRET: testSecret,
      SCALEKIT_HOOKS_CAPTURES: receiver,
    });
    await expect.poll(listening.stderr, { timeout: 10_000 }).toMatch(/ready on/);
    const [, address] = /ready on (\S+)/.exec(listening.stderr())!;
    const sent = ['send', 'user.*', '--to', address!, '--secret', testSecret];
    expect(await runCommand(sent)).toMatchObject({ exitCode: 0 });
    const stored = Number(root('XLEN', 'scalekit-hooks:captures'));
    expect(stored).toBeGreaterThan(5);
    await server.kill();
    await server.start();
    expect(Number(root('XLEN', 'scalekit-hooks:captures'))).toBe(stored);
    for (const command of [['PING'], ['AUTH', ''], ['XLEN', 'scalekit-hooks:captures']])
      expect(server.cli(...command)).toMatch(/NOAUTH|WRONGPASS/);
    listening.child.kill('SIGTERM');
    await listening.ended;
  });

  it('a follower composes and checks in the inspector, although its captures cannot be stored', async () => {
    const { ada } = await pageStore();
    const app = await httpTarget();
    const inspecting = startIn(['inspect', '--captures', ada, '--to', app.url], {
      SCALEKIT_WEBHOOK_SECRET: testSecret,
    });
    await expect.poll(inspecting.stderr, { timeout: 10_000 }).toMatch(/inspector at/);
    const [, origin = '', token = ''] = /(http:\/\/127\.0\.0\.1:\d+)\/#t=([\w-]+)/.exec(inspecting.stderr())!;
    const post = async (path: string, body: object) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const response = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
      return response.text();
    };
    const target = app.url.replace('http://', '');
    const event = '{"type":"user.created","data":{}}';
    const sent = await post('/api/send', { body: event, target, actor: {}, fault: null });
    expect(JSON.parse(sent)).toMatchObject({ capture: null, attempt: { status: 201 } });
    const ran = await post('/api/check', { target, checks: ['plain'], fuzz: { events: 1, seed: null } });
    expect(JSON.parse(ran.trim().split('\n').at(-1)!)).toMatchObject({ kind: 'ended' });
    inspecting.child.kill('SIGINT');
    expect(await inspecting.ended).toBe(130);
    expect(inspecting.stderr()).toMatch(/cannot/);
    expect(inspecting.stderr()).not.toMatch(/listen answers|ADA_PASSWORD/);
  });

  it('a follower can neither forge, delete, trim nor block captures, nor write as another', async () => {
    const { asAda, root } = await pageStore();
    root('XADD', 'scalekit-hooks:captures', '*', 'r', '{}');
    root('HSET', 'scalekit-hooks:followers', 'grace', 'now');
    for (const command of [
      ['XADD', 'scalekit-hooks:captures', '*', 'r', '{}'],
      ['XADD', 'scalekit-hooks:captures', '18446744073709551615-0', 'r', '{}'],
      ['XADD', 'scalekit-hooks:outcomes', '*', 'r', '{}'],
      ['XADD', 'scalekit-hooks:outcomes:grace', '*', 'r', '{}'],
      ['XADD', 'scalekit-hooks:followers', '*', 'r', '{}'],
      ['XTRIM', 'scalekit-hooks:captures', 'MAXLEN', '0'],
      ['XDEL', 'scalekit-hooks:captures', '0-1'],
      ['DEL', 'scalekit-hooks:captures'],
      ['SET', 'scalekit-hooks:captures', 'x'],
      ['RENAME', 'scalekit-hooks:captures', 'x'],
      ['EXPIRE', 'scalekit-hooks:captures', '1'],
      ['HDEL', 'scalekit-hooks:followers', 'grace'],
      ['EVAL', 'return 1', '0'],
      ['FLUSHALL'],
      ['CONFIG', 'SET', 'maxmemory', '1'],
      ['SHUTDOWN'],
    ])
      expect(asAda(...command), command.join(' ')).toMatch(/NOPERM/);
    expect(asAda('XADD', 'scalekit-hooks:outcomes:ada', '*', 'r', '{}')).toMatch(/^\d+-\d+$/);
    expect(root('XLEN', 'scalekit-hooks:captures')).toBe('1');
  });

  it('over TLS, with a certificate that is trusted, and not with one that is not', async () => {
    const { cert, key } = makeCertificate();
    const settings = [
      '--tls-port',
      '--tls-cert-file',
      cert,
      '--tls-key-file',
      key,
      '--tls-ca-cert-file',
      cert,
    ];
    const server = await startRedis([...settings, '--tls-auth-clients', 'no']);
    const env = { SCALEKIT_HOOKS_CAPTURES: server.url.replace('redis:', 'rediss:') };
    const trusted = startIn(['captures'], { ...env, NODE_EXTRA_CA_CERTS: cert });
    expect(await trusted.ended, trusted.stderr()).toBe(0);
    const foreign = startIn(['captures'], env);
    expect(await foreign.ended).toBe(3);
    expect(foreign.stderr()).toMatch(/store_unreachable[\s\S]*certificate/);
    const plain = startIn(['captures'], { SCALEKIT_HOOKS_CAPTURES: server.url });
    expect(await plain.ended).toBe(3);
  });

  it('an answer is 503 while the store is down, 507 while it is full, and the password is never printed', async () => {
    const server = await startRedis(['--requirepass', 'hidden-password', '--maxmemory-policy', 'noeviction']);
    const url = server.url.replace('//', '//:hidden-password@');
    const listening = startIn(['listen', '--port', '0', '--verbose'], {
      SCALEKIT_WEBHOOK_SECRET: testSecret,
      SCALEKIT_HOOKS_CAPTURES: url,
    });
    await expect.poll(listening.stderr, { timeout: 10_000 }).toMatch(/ready on/);
    const [, address] = /ready on (\S+)/.exec(listening.stderr())!;
    const statusOf = async () => {
      const ran = await runCommand([
        'send',
        'user.created',
        '--to',
        address!,
        '--secret',
        testSecret,
        '--json',
      ]);
      return ran.facts[0]!.status;
    };
    const cli = (...args: string[]) => server.cli('-a', 'hidden-password', '--no-auth-warning', ...args);
    expect(await statusOf()).toBe(201);
    cli('CONFIG', 'SET', 'maxmemory', '1');
    expect(await statusOf()).toBe(507);
    cli('CONFIG', 'SET', 'maxmemory', '0');
    expect(await statusOf()).toBe(201);
    await server.kill();
    expect(await statusOf()).toBe(503);
    await server.start();
    await expect.poll(statusOf, { timeout: 10_000 }).toBe(201);
    listening.child.kill('SIGTERM');
    await listening.ended;
    expect(listening.stdout() + listening.stderr()).not.toContain('hidden-password');
  });
});

describe('a place that is no folder', () => {
  it.each([
    ['http://localhost:6379', /redis:\/\//],
    ['localhost:6379', /redis:\/\//],
    ['127.0.0.1:6379/0', /redis:\/\//],
    ['redis://', /redis:\/\//],
    ['redis://:secret-word@localhost:6379/x', /database/],
    ['redis://:secret-word@localhost:6379/0?tls=1', /namespace/],
    ['redis://localhost:6379?namespace=a%20b', /namespace/],
    ['redis://ada:secret-word/x@localhost:6379', /%2F/],
    ['rediss://ada:secret-word#x@localhost:6379', /%23/],
    ['redis://ada:secret-word@localhost:99999', /a folder, or a URL/],
    ['redis://ada:12/secret-word@h', /database/],
    ['redis://ada:1#secret-word@h', /%23/],
    ['redis://ada:%secret-word@h:1', /%25/],
    ['ada:secret-word@h:6379', /redis:\/\//],
    ['redis:/ada:secret-word@h', /redis:\/\//],
  ])('%s', async (captures, why) => {
    const ran = await runCommand(['captures', '--captures', captures]);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toMatch(why);
    expect(ran.stderr).not.toContain('secret-word');
  });

  it('of a server that is not there is exit code 3', async () => {
    const captures = `redis://localhost:${await closedPort()}`;
    for (const args of [
      ['captures'],
      ['replay', 'last', '--to', '3000'],
      ['verify', 'last'],
      ['listen', '--port', '0'],
    ])
      expect(await runCommand([...args, '--captures', captures])).toMatchObject({ exitCode: 3 });
  });

  it('is not read from .env', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, '.env'), `SCALEKIT_HOOKS_CAPTURES=redis://localhost:${await closedPort()}\n`);
    expect(await runCommand(['captures'], { cwd })).toMatchObject({ exitCode: 0 });
  });

  it('--retention is for a server only', async () => {
    const ran = await runCommand(['listen', '--port', '0', '--retention', '7d']);
    expect(ran).toMatchObject({ exitCode: 2 });
    expect(ran.stderr).toMatch(/captures clear/);
  });
});
