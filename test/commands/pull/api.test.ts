import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { Scalekit } from '@scalekit-sdk/node';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testSecret } from '../../support/memory-io.ts';
import { startProcess } from '../../support/processes.ts';
import { numbered, old, pull, pullEnv } from '../../support/pulling.ts';
import { makeCertificate } from '../../support/redis.ts';
import { bin } from '../../support/repository.ts';
import {
  clientId,
  clientSecret,
  eventsSchema,
  logEntry,
  scalekitStandIn,
} from '../../support/scalekit-stand-in.ts';
import { closedPort, httpTarget } from '../../support/targets.ts';
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
