import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bodyOf, webhookIdOf } from '../../../src/scalekit/logged-message.ts';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { startBin } from '../../support/processes.ts';
import { numbered, old, pull, pullEnv } from '../../support/pulling.ts';
import { repository } from '../../support/repository.ts';
import { type LogEntry, logEntry, scalekitStandIn } from '../../support/scalekit-stand-in.ts';
import { answering, httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

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
