import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { Scalekit } from '@scalekit-sdk/node';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bodyOf, webhookIdOf } from '../../../src/scalekit/logged-message.ts';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { startBin, startProcess } from '../../support/processes.ts';
import { numbered, old, pull, pullEnv } from '../../support/pulling.ts';
import { makeCertificate } from '../../support/redis.ts';
import { bin, repository } from '../../support/repository.ts';
import {
  clientId,
  clientSecret,
  eventsSchema,
  type LogEntry,
  logEntry,
  scalekitStandIn,
} from '../../support/scalekit-stand-in.ts';
import { answering, closedPort, httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

describe('the API, as the SDK has it', () => {
  it('has the method, the path and the members that are used here', () => {
    const method = eventsSchema.EventsService.method.listEventsPaginated;
    const options = method.proto.options;
    // The extension google.api.http, whose text holds the path of the REST gateway.
    const text = JSON.stringify(options, (_key, value) =>
      value instanceof Uint8Array
        ? Buffer.from(value).toString('latin1')
        : typeof value === 'bigint'
          ? String(value)
          : value,
    );
    expect(text).toContain('/api/v1/events/paginated');
    const members = (schema: { fields: { name: string }[] }) => schema.fields.map(({ name }) => name);
    expect(members(eventsSchema.EventFilterSchema)).toEqual(
      expect.arrayContaining(['event_types', 'start_time', 'end_time', 'organization_id']),
    );
    expect(members(eventsSchema.ListEventsPaginatedRequestSchema)).toEqual(
      expect.arrayContaining(['page_size', 'page_token', 'filter']),
    );
    expect(members(eventsSchema.ListEventsPaginatedResponseSchema)).toEqual(
      expect.arrayContaining(['events', 'next_page_token']),
    );
    const { message } = eventsSchema.ListEventsPaginatedResponseSchema.field.events;
    expect(members(message)).toEqual(
      expect.arrayContaining([
        'spec_version',
        'id',
        'type',
        'occurred_at',
        'environment_id',
        'organization_id',
        'object',
        'data',
        'display_name',
      ]),
    );
  });

  it('gives the same 2,500 events over 25 pages to the SDK and here', { timeout: 60_000 }, async () => {
    const api = await scalekitStandIn(numbered(2500));
    const sdk = new Scalekit(api.url, clientId, clientSecret);
    const fromSdk: string[] = [];
    let next = '';
    do {
      const page = await sdk.events.listEventsPaginated(100, next);
      fromSdk.push(...page.events.map(({ id }) => id));
      next = page.nextPageToken;
    } while (next !== '');
    const app = await httpTarget();
    const { exitCode, facts } = await pull(api.url, [...old, '--to', app.url, '--json', '--no-capture']);
    expect(exitCode).toBe(0);
    const delivered = facts.flatMap(({ kind, event_id }) => (kind === 'delivered' ? [event_id] : []));
    expect(delivered).toEqual([...fromSdk].reverse());
    const pages = api.requests.filter(({ path }) => path === '/api/v1/events/paginated');
    expect(pages).toHaveLength(25);
    expect(pages.every(({ search }) => search.get('page_size') === '100')).toBe(true);
    // One for the SDK, one here.
    expect(api.requests.filter(({ path }) => path === '/oauth/token')).toHaveLength(2);
    // An app that verifies as the SDK does.
    const verifier = new Webhook(testSecret.replace('whsec_', ''));
    for (const { headers, body } of app.requests)
      verifier.verify(String(body), headers as Record<string, string>);
  });
});

describe('fidelity', () => {
  it('keys sorted, compact, times without trailing zeros, an empty name left out', () => {
    const event = {
      ...logEntry(1, { occurred_at: '2026-11-28T12:00:00.120000Z', display_name: '' }),
      object: 'SomethingNew',
      extra: { b: 1, a: 2 },
    };
    expect(String(bodyOf(event))).toBe(
      '{"data":{"a":{"y":[1,2.5,null],"z":"ü"},"b":1},"environment_id":"env_1","extra":{"a":2,"b":1},"id":"evt_100001","object":"SomethingNew","occurred_at":"2026-11-28T12:00:00.12Z","organization_id":"org_1","spec_version":"1","type":"user.created"}',
    );
    expect(String(bodyOf({ ...event, occurred_at: '2026-11-28T12:00:00.000Z' }))).toContain(
      '"2026-11-28T12:00:00Z"',
    );
    expect(String(bodyOf({ ...event, occurred_at: '2026-11-28T12:00:00.123456789Z' }))).toContain(
      '.123456789Z',
    );
  });

  it('a webhook-id that follows from the event id', () => {
    expect(webhookIdOf('evt_1')).toMatch(/^msg_[0-9A-Za-z]{27}$/);
    expect(webhookIdOf('evt_1')).toBe(webhookIdOf('evt_1'));
    expect(webhookIdOf('evt_1')).not.toBe(webhookIdOf('evt_2'));
  });

  it('an event without data, with __proto__, of 10 MB, of a type that is no webhook', async () => {
    const events = [
      { ...logEntry(1), data: undefined },
      { ...logEntry(2), data: JSON.parse('{"__proto__":{"x":1}}') },
      logEntry(3, { data: { text: 'x'.repeat(9_000_000) } }),
      logEntry(4, { type: 'internal.job_done' }),
    ] as LogEntry[];
    const api = await scalekitStandIn(events);
    const app = await httpTarget();
    const ran = await pull(api.url, [...old, '--to', app.url]);
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(app.requests).toHaveLength(3);
    expect(String(app.requests[1]!.body)).toContain('"data":{"__proto__":{"x":1}}');
    expect(ran.stderr).toMatch(/internal\.job_done.*--include-internal/);
    expect((await pull(api.url, [...old, '--to', app.url, '--include-internal'])).exitCode).toBe(0);
    expect(app.requests).toHaveLength(7);
  });

  it('an event that is nested too deeply is named, and nothing is sent', async () => {
    const api = await scalekitStandIn();
    const [event, deep] = [logEntry(1, { data: {} }), `${'['.repeat(50_000)}${']'.repeat(50_000)}`];
    api.answerWith(({ path }, response) => {
      if (!path.startsWith('/api')) return false;
      response.end(`{"events":[${JSON.stringify(event).replace('{}', `{"a":${deep}}`)}]}`);
      return true;
    });
    const app = await httpTarget();
    const ran = await pull(api.url, [...old, '--to', app.url, '--json']);
    expect(ran).toMatchObject({ exitCode: 2, facts: [{ kind: 'error', code: 'invalid_event' }] });
    expect(ran.stdout).toContain(event.id);
    expect(app.requests).toEqual([]);
  });
});

describe('what is pulled', () => {
  const events = [
    ...numbered(6),
    logEntry(6, { type: 'user.deleted' }),
    logEntry(7, { type: 'organization.created' }),
  ];

  it.each<[string[], number[]]>([
    [['--type', 'user.deleted'], [6]],
    [
      ['--type', 'user.*'],
      [0, 1, 2, 3, 4, 5, 6],
    ],
    [
      ['--organization', 'org_1'],
      [1, 3, 5, 7],
    ],
    [
      ['--organization', 'org_1', '--type', 'user.*'],
      [1, 3, 5],
    ],
    [
      ['--limit', '2'],
      [6, 7],
    ],
    [
      ['--before', '2026-11-28T12:00:02Z'],
      [0, 1],
    ],
  ])('%j', async (args, numbers) => {
    const api = await scalekitStandIn(events);
    const app = await httpTarget();
    const ran = await pull(api.url, [...old, '--to', app.url, ...args]);
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(app.requests.map(({ body }) => JSON.parse(String(body)).id)).toEqual(
      numbers.map((number) => `evt_${100_000 + number}`),
    );
  });

  it('exact types and one organization are sent to the API', async () => {
    const api = await scalekitStandIn(events);
    await pull(api.url, [...old, '--dry-run', '--type', 'user.deleted', '--organization', 'org_0']);
    expect(JSON.parse(api.requests.at(-1)!.body)).toEqual({
      event_types: ['user.deleted'],
      organization_id: 'org_0',
      start_time: '2026-11-28T00:00:00.000Z',
    });
  });

  it('--dry-run prints and sends nothing; without --since, it is the last hour', async () => {
    const api = await scalekitStandIn([
      logEntry(0, { occurred_at: new Date(Date.now() - 60_000).toISOString() }),
      logEntry(1),
    ]);
    const app = await httpTarget();
    const ran = await pull(api.url, ['--dry-run', '--to', app.url, '--json']);
    expect(ran.facts.map(({ kind }) => kind)).toEqual(['message']);
    expect(app.requests).toEqual([]);
    expect(readdirSync(ran.cwd)).toEqual([]);
  });

  it('is stored with its outcome, so that captures, verify and replay know it', async () => {
    const api = await scalekitStandIn(numbered(2));
    const app = await answering(500);
    const ran = await pull(api.url, [...old, '--to', app.url, '--json']);
    expect(ran.exitCode).toBe(1);
    const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };
    const listed = await runCommand(['captures', '--json'], { env, cwd: ran.cwd });
    const delivered = ran.facts.flatMap(({ kind, capture }) => (kind === 'delivered' ? [capture] : []));
    expect(delivered).toEqual(listed.facts.map(({ capture }) => capture).reverse());
    expect(listed.facts).toMatchObject([
      { event_id: 'evt_100001', source: 'pull', verified: true, outcomes: [{ status: 500 }] },
      { event_id: 'evt_100000', source: 'pull', outcomes: [{ status: 500 }] },
    ]);
    expect(await runCommand(['verify', 'last'], { env, cwd: ran.cwd })).toMatchObject({ exitCode: 0 });
    const again = await runCommand(['replay', '--failed', '--to', app.url], { env, cwd: ran.cwd });
    expect(again.exitCode).toBe(1);
    expect(app.requests).toHaveLength(4);
    expect(app.requests[2]!.headers['webhook-id']).toBe(webhookIdOf('evt_100000'));
  });
});

describe('odd flags and settings: named before anything is requested', () => {
  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['invalid_value', ['--limit', '0'], {}, /--limit/],
    ['usage', ['--since', '1h', '--before', '2h'], {}, /--since.*--before/],
    ['invalid_value', ['--save', ''], {}, /--save/],
    ['invalid_target', ['--to', 'example.com'], {}, /example\.com/],
    ['invalid_proxy', [], { HTTPS_PROXY: 'nonsense' }, /HTTPS_PROXY/],
    ['invalid_proxy', [], { http_proxy: 'socks5://user:password@127.0.0.1:1' }, /http_proxy/],
  ])('%s: %j %j', async (code, args, env, names) => {
    const api = await scalekitStandIn(numbered(1));
    const ran = await pull(api.url, [...args, '--json'], env);
    expect(ran).toMatchObject({ exitCode: 2, facts: [{ kind: 'error', code }] });
    expect(ran.stdout).toMatch(names);
    expect(ran.stdout).not.toContain('password');
    expect(api.requests).toEqual([]);
  });

  it('without --since, the hour before --before', async () => {
    const api = await scalekitStandIn([logEntry(0), logEntry(3600), logEntry(7200)]);
    const ran = await pull(api.url, ['--before', '2026-11-28T13:30:00Z', '--dry-run', '--json']);
    expect(ran.facts).toMatchObject([{ event_id: logEntry(3600).id }]);
  });

  it('if nothing matches, a mistyped --type is named', async () => {
    const api = await scalekitStandIn(numbered(1));
    const ran = await pull(api.url, [...old, '--type', 'user.creatd', '--type', 'user.deleted']);
    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toMatch(/^note: .*2026-11-28T00:00:00/m);
    expect(ran.stderr).toMatch(/^note: .*"user\.creatd".*\buser\.created\b/m);
    expect(ran.stderr).not.toContain('"user.deleted"');
  });

  it('Ctrl-C while the log is read: nothing is delivered', async () => {
    const api = await scalekitStandIn();
    let isAsked = () => {};
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    api.answerWith(({ path }, response) => {
      if (!path.startsWith('/api')) return false;
      response.write('{"events":[');
      isAsked();
      return true;
    });
    const app = await httpTarget();
    const started = startBin(['pull', '--to', app.url], { env: pullEnv(api.url) });
    await asked;
    started.child.kill('SIGINT');
    expect(await started.ended).toBe(130);
    expect(app.requests).toEqual([]);
  });
});

describe('credentials', () => {
  it('are named with their source and host before the first request, and never printed', async () => {
    const api = await scalekitStandIn(numbered(1));
    const ran = await pull(api.url, [...old, '--dry-run', '--verbose', '--debug']);
    expect(ran.stderr.split('\n')[0]).toMatch(
      /reading events from http:\/\/127\.0\.0\.1:\d+ with the credentials from the environment/,
    );
    expect(ran.stdout + ran.stderr).not.toContain(clientSecret);
    expect(ran.stdout + ran.stderr).not.toContain('token_1');
  });

  it('come from one source: a .env with the URL alone is an error, and nothing is sent to it', async () => {
    const api = await scalekitStandIn(numbered(1));
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, '.env'), `SCALEKIT_ENVIRONMENT_URL=${api.url}\n`);
    const env = { SCALEKIT_CLIENT_ID: clientId, SCALEKIT_CLIENT_SECRET: clientSecret };
    const mixed = await runCommand(['pull', ...old], { env, cwd });
    expect(mixed).toMatchObject({ exitCode: 2 });
    expect(mixed.stderr).toMatch(/missing_credentials/);
    expect(mixed.stderr).toMatch(/SCALEKIT_ENVIRONMENT_URL is not set in the environment/);
    expect(api.requests).toEqual([]);
    const lines = Object.entries(pullEnv(api.url)).map(([name, value]) => `${name}=${value}`);
    writeFileSync(join(cwd, '.env'), lines.join('\n'));
    expect(await runCommand(['pull', ...old, '--dry-run'], { cwd })).toMatchObject({ exitCode: 0 });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'none',
      { SCALEKIT_ENVIRONMENT_URL: '', SCALEKIT_CLIENT_ID: '', SCALEKIT_CLIENT_SECRET: '' },
      /SCALEKIT_ENVIRONMENT_URL, SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET are not set/,
    ],
    ['no secret', { SCALEKIT_CLIENT_SECRET: '' }, /SCALEKIT_CLIENT_SECRET is not set in the environment/],
    ['http', { SCALEKIT_ENVIRONMENT_URL: 'http://acme.example' }, /unencrypted/],
    ['a path', { SCALEKIT_ENVIRONMENT_URL: 'https://acme.example/api' }, /path/],
    ['no URL', { SCALEKIT_ENVIRONMENT_URL: 'acme' }, /https:\/\//],
  ])('%s', async (_name, env, why) => {
    const ran = await pull('http://127.0.0.1:1', old, env);
    expect(ran).toMatchObject({ exitCode: 2 });
    expect(ran.stderr).toMatch(why);
  });

  it('a wrong secret ends at once', async () => {
    const api = await scalekitStandIn(numbered(1));
    const ran = await pull(api.url, old, { SCALEKIT_CLIENT_SECRET: 'another' });
    expect(ran).toMatchObject({ exitCode: 2 });
    expect(ran.stderr).toMatch(/credentials_denied/);
    expect(ran.stderr).not.toContain('another');
    expect(api.requests).toHaveLength(1);
  });
});

describe('what the API can do', () => {
  it('a token that ends while paging is renewed', async () => {
    const api = await scalekitStandIn(numbered(250));
    api.answerWith(({ number }) => {
      if (number === 3) api.revokeTokens();
      return false;
    });
    const ran = await pull(api.url, [...old, '--dry-run', '--json']);
    expect(ran.facts.filter(({ kind }) => kind === 'message')).toHaveLength(250);
  });

  it('the same event on two pages, and a list that grows while it is read, give each event once', async () => {
    const api = await scalekitStandIn(numbered(150));
    api.answerWith(({ path, number }) => {
      if (path.startsWith('/api') && number === 3) api.log.push(logEntry(500), logEntry(75));
      return false;
    });
    const ran = await pull(api.url, [...old, '--dry-run', '--json']);
    const ids = ran.facts.flatMap(({ kind, event_id }) => (kind === 'message' ? [event_id] : []));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(150);
  });

  it('an empty page with a next token is not the end', async () => {
    const api = await scalekitStandIn(numbered(1));
    api.answerWith(({ path }, response) => {
      const isFirst = api.requests.filter((request) => request.path === path).length === 1;
      if (!path.startsWith('/api') || !isFirst) return false;
      response.end('{"events":[],"next_page_token":"more"}');
      return true;
    });
    expect((await pull(api.url, [...old, '--dry-run', '--json'])).facts).toHaveLength(1);
  });

  it.each<[string, (response: import('node:http').ServerResponse) => void, RegExp, number]>([
    [
      'a login page',
      (response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Login</title>'),
      /not_the_api[\s\S]*web page/,
      2,
    ],
    [
      'a redirect',
      (response) => response.writeHead(302, { location: '/login' }).end(),
      /not_the_api[\s\S]*302/,
      2,
    ],
    ['null for none', (response) => response.end('{"events":null,"next_page_token":null}'), /no events/, 0],
    ['JSON that is cut off', (response) => response.end('{"events":['), /not_the_api[\s\S]*not JSON/, 2],
    ['other JSON', (response) => response.end('{"events":[{"id":1}]}'), /not_the_api[\s\S]*another form/, 2],
    [
      'a page token that it rejects',
      (response) => response.writeHead(400).end('{"code":3,"message":"bad token"}'),
      /bad token/,
      2,
    ],
    ['403', (response) => response.writeHead(403).end('{}'), /may not read/, 2],
  ])('%s', async (_name, answer, why, exitCode) => {
    const api = await scalekitStandIn(numbered(1));
    api.answerWith(({ path }, response) => {
      if (!path.startsWith('/api')) return false;
      answer(response);
      return true;
    });
    const ran = await pull(api.url, [...old, '--dry-run']);
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stderr).toMatch(why);
  });

  it.each([
    [3 * 3600, /3 h ahead of/],
    [-600, /10 min behind/],
  ])('a clock that is off by %i s is named if nothing matches', async (seconds, words) => {
    const api = await scalekitStandIn(numbered(1));
    api.answerWith((_request, response) => {
      response.setHeader('date', new Date(Date.now() - seconds * 1000).toUTCString());
      return false;
    });
    const ran = await pull(api.url, ['--type', 'session.created', ...old, '--dry-run']);
    expect(ran).toMatchObject({ exitCode: 0, stdout: '' });
    expect(ran.stderr).toMatch(words);
    expect((await pull(api.url, [...old, '--dry-run'])).stderr).not.toMatch(words);
  });

  it('a placeholder for the client secret does not garble the output', async () => {
    const api = await scalekitStandIn(numbered(1));
    const env = { SCALEKIT_CLIENT_SECRET: 'e' };
    const ran = await pull(api.url, ['--json'], env);
    expect(ran.exitCode).toBe(2);
    expect(JSON.parse(ran.stdout)).toMatchObject({ kind: 'error', code: 'credentials_denied' });
  });

  it('429 is tried again when it asks, in seconds or at a date, and 503 without', async () => {
    const api = await scalekitStandIn(numbered(1));
    const soon = () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000).toUTCString();
    const failures = [
      { status: 429, 'retry-after': '1' },
      { status: 429, 'retry-after': soon },
      { status: 503 },
      { status: 429, 'retry-after': '0' },
    ];
    const times: number[] = [];
    api.answerWith(({ path }, response) => {
      if (!path.startsWith('/api')) return false;
      times.push(Date.now());
      const { status, 'retry-after': after } = failures.shift() ?? {};
      if (!status) return false;
      const value = typeof after === 'function' ? after() : after;
      response.writeHead(status, value === undefined ? {} : { 'retry-after': value }).end('{}');
      return true;
    });
    const ran = await pull(api.url, [...old, '--dry-run', '--json']);
    expect(ran.facts).toHaveLength(1);
    expect(ran.stderr.match(/\((?:429|503)\)|answered 503/g)).toHaveLength(4);
    // Timers can be a little early.
    expect(times[1]! - times[0]!).toBeGreaterThan(990);
    expect(times[2]! - times[1]!).toBeGreaterThan(990);
  });

  it('a Retry-After of a day ends a pull at once', async () => {
    const api = await scalekitStandIn(numbered(1));
    api.answerWith(({ path }, response) => {
      if (path.startsWith('/api')) response.writeHead(429, { 'retry-after': '86400' }).end('{}');
      return path.startsWith('/api');
    });
    const ran = await pull(api.url, [...old, '--dry-run', '--json']);
    expect(ran).toMatchObject({ exitCode: 3, facts: [{ code: 'event_log_unreachable' }] });
  });

  it('an answer that is too long, and a certificate that is not trusted, end at once', async () => {
    const api = await scalekitStandIn(numbered(1));
    api.answerWith(({ path }, response) => {
      if (!path.startsWith('/api')) return false;
      const write = () => {
        while (!response.destroyed && response.write(Buffer.alloc(1_000_000, ' ')));
      };
      response.on('drain', write).on('error', () => {});
      write();
      return true;
    });
    const endless = await pull(api.url, [...old, '--dry-run']);
    expect(endless).toMatchObject({ exitCode: 3 });
    expect(endless.stderr).toMatch(/longer than 64 MB/);
    const { cert, key } = makeCertificate();
    const server = createTlsServer(
      { cert: readFileSync(cert), key: readFileSync(key) },
      (_request, response) => response.end(),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const foreign = await pull(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, [
      ...old,
      '--dry-run',
    ]);
    expect(foreign).toMatchObject({ exitCode: 3 });
    expect(foreign.stderr).toMatch(/certificate is not trusted .*NODE_EXTRA_CA_CERTS/);
  });

  it('goes through the proxy of the environment, and not for hosts of NO_PROXY', async () => {
    const api = await scalekitStandIn(numbered(3));
    const tunnels: string[] = [];
    const proxy = createServer().on('connect', (request, socket, head) => {
      tunnels.push(request.url ?? '');
      const [host, port] = (request.url ?? '').split(':');
      const next = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        next.write(head);
        socket.pipe(next).pipe(socket);
      });
      for (const end of [socket, next]) end.on('error', () => {});
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      proxy.close();
      proxy.closeAllConnections();
    });
    const through = async (env: Record<string, string>) => {
      const ran = startProcess(process.execPath, [bin, 'pull', ...old, '--dry-run', '--json'], {
        cwd: temporaryFolder(),
        env: { ...process.env, ...pullEnv(api.url), ...env },
      });
      ran.child.stdin.end();
      expect(await ran.ended, ran.stderr()).toBe(0);
      expect(ran.stdout().trim().split('\n')).toHaveLength(3);
    };
    const HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    await through({ HTTP_PROXY, NO_PROXY: '' });
    expect(new Set(tunnels)).toEqual(new Set([new URL(api.url).host]));
    tunnels.length = 0;
    await through({ HTTP_PROXY, NO_PROXY: '127.0.0.1' });
    expect(tunnels).toEqual([]);
  });

  it('an environment without TLS is named after one attempt', async () => {
    const api = await scalekitStandIn(numbered(1));
    const ran = await pull(api.url.replace('http:', 'https:'), [...old, '--dry-run']);
    expect(ran).toMatchObject({ exitCode: 3 });
    expect(ran.stderr).toMatch(/event_log_unreachable\]\n.*\bTLS\b/);
    expect(ran.stderr).not.toMatch(/attempt/);
  });

  it('an environment that nobody answers for is exit code 3', { timeout: 60_000 }, async () => {
    const ran = await pull(`http://127.0.0.1:${await closedPort()}`, [...old, '--dry-run']);
    expect(ran).toMatchObject({ exitCode: 3 });
    expect(ran.stderr).toMatch(/event_log_unreachable\]\n.*\blistening\b/);
  });
});

describe('docs/pull.md', () => {
  const page = readFileSync(join(repository, 'docs/pull.md'), 'utf8');
  const commands = [...page.matchAll(/^scalekit-hooks ((?:pull|send) .*)$/gm)].map(([, line]) =>
    line!.split(' '),
  );

  it('has commands that work as they are written', async () => {
    const recent = Array.from({ length: 3 }, (_, index) =>
      logEntry(index, { occurred_at: new Date(Date.now() - 60_000 * index - 1000).toISOString() }),
    );
    const api = await scalekitStandIn(recent);
    const app = await httpTarget();
    const cwd = temporaryFolder();
    const env = pullEnv(api.url);
    // Following does not end, and has a test below.
    for (const line of commands.filter((args) => !args.includes('--follow'))) {
      const args = line.map((arg) => (arg === '8080' ? app.url : arg));
      const ran = await runCommand(args, { env, cwd });
      expect(ran.exitCode, `${line.join(' ')}\n${ran.stderr}`).toBe(0);
    }
    expect(commands.length).toBeGreaterThanOrEqual(5);
    expect(app.requests).toHaveLength(4);
  });
});

describe('pull --follow', () => {
  it('killed and started again, the app sees every event at least once, and those that were answered only once', {
    timeout: 120_000,
  }, async () => {
    const api = await scalekitStandIn(numbered(3));
    const app = await httpTarget();
    const cwd = temporaryFolder();
    const home = temporaryFolder();
    const start = () => {
      const started = startProcess(process.execPath, [bin, 'pull', '--follow', '--to', app.url, '--json'], {
        cwd,
        env: {
          ...process.env,
          ...pullEnv(api.url),
          XDG_STATE_HOME: home,
          XDG_CONFIG_HOME: home,
        },
      });
      started.child.stdin.end();
      return started;
    };
    const first = start();
    await expect.poll(first.stderr, { timeout: 10_000 }).toMatch(/following from now on/);
    api.log.push(...Array.from({ length: 5 }, (_, index) => logEntry(100 + index)));
    // Printed after the answer was recorded.
    const delivered = () => first.stdout().match(/"kind":"delivered"/g)?.length;
    await expect.poll(delivered, { timeout: 15_000 }).toBe(5);
    first.child.kill('SIGKILL');
    await first.ended;
    // One late entry, older than what was seen, and new ones.
    api.log.push(logEntry(50), logEntry(200), logEntry(201));
    const second = start();
    await expect.poll(() => app.requests.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(8);
    second.child.kill('SIGINT');
    expect(await second.ended).toBe(130);
    const ids = app.requests.map(({ body }) => JSON.parse(String(body)).id as string);
    expect(new Set(ids)).toEqual(
      new Set([100, 101, 102, 103, 104, 50, 200, 201].map((number) => `evt_${100_000 + number}`)),
    );
    expect(ids).toHaveLength(8);
  });

  it.each([
    [['--follow', '--dry-run']],
    [['--follow', '--save', 'x']],
    [['--name', 'ada']],
    [['--scrub']],
    [['--save', 'x', '--to', '3000']],
  ])('%j is a usage error', async (args) => {
    expect(await pull('http://127.0.0.1:1', args)).toMatchObject({ exitCode: 2 });
  });
});
