import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import type { Capture } from '../../../src/captures/record.ts';
import type { Catalog, SampleEvent, SendResult } from '../../../src/inspector/compose-protocol.ts';
import { inspector } from '../../support/inspector-server.ts';
import { testSecret } from '../../support/memory-io.ts';
import { answering, httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const body = '{"type":"user.created","data":{"id":"usr_1","email":"a@example.com","n":1.0}}';

/** A request that sends this event, with changes. */
const sending = (target: string, changes: object = {}) => ({
  body,
  target: new URL(target).host,
  actor: {},
  fault: null,
  ...changes,
});

/** The user's fixtures folder with one event of a type. */
function fixturesWith(type: string, data: object): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'mine'));
  writeFileSync(join(folder, 'mine', `${type}.json`), JSON.stringify({ type, data }));
  return folder;
}

describe('the catalog', () => {
  it('has every type of the package, and those of the user', async () => {
    const { api } = await inspector([], [], { fixtures: fixturesWith('invoice.paid', { amount: 1 }) });
    const { types, faults } = (await (await api('/api/catalog')).json()) as Catalog;
    expect(types).toHaveLength(53);
    expect(types).toContainEqual({ name: 'invoice.paid', category: 'mine', isOwn: true });
    expect(types).toContainEqual({ name: 'user.created', category: 'user', isOwn: false });
    expect(faults.map(({ name }) => name)).toContain('wrong-secret');
  });

  it("has a sample of each, the user's in place of the package's, without what is new each time", async () => {
    const { api } = await inspector([], [], { fixtures: fixturesWith('user.created', { amount: 1 }) });
    const sample = (await (await api('/api/sample?type=user.created')).json()) as SampleEvent;
    const event = JSON.parse(sample.body);
    expect(event).toMatchObject({ type: 'user.created', data: { amount: 1 }, spec_version: '1' });
    expect(event).not.toHaveProperty('id');
    expect(event).not.toHaveProperty('occurred_at');
  });

  it.each([
    ['', 404],
    ['nothing', 404],
    ['../../package', 400],
    ['/etc/passwd', 404],
    ['mine/user.created', 404],
  ])('has no sample of "%s"', async (type, status) => {
    const { api } = await inspector([], [], { fixtures: fixturesWith('user.created', {}) });
    expect((await api(`/api/sample?type=${encodeURIComponent(type)}`)).status).toBe(status);
  });
});

describe('sending', () => {
  it('builds, signs and delivers an event, and stores it with its outcome', async () => {
    const app = await answering(201, '{"received":true}');
    const { api, post, store } = await inspector([], [app.url]);
    const result = (await (await post('/api/send', sending(app.url))).json()) as SendResult;
    expect(result).toMatchObject({ attempt: { status: 201, follower: 'ada' }, judgment: null });
    const [request] = app.requests;
    const received = String(request!.body);
    const headers = request!.headers as Record<string, string>;
    const event = new Webhook(testSecret).verify(received, headers) as { id: unknown; occurred_at: unknown };
    expect(event).toMatchObject({ type: 'user.created', data: { id: 'usr_1' } });
    expect(event.id).toMatch(/^evt_\d+$/);
    expect(event.occurred_at).toEqual(expect.any(String));
    expect(received).toContain('"n":1.0');

    const captures: Capture[] = [];
    for await (const batch of (await store.openReader()).oldestFirst())
      captures.push(...batch.flatMap((entry) => (entry.kind === 'capture' ? (entry.load() ?? []) : [])));
    expect(captures).toMatchObject([
      {
        id: result.capture,
        source: 'compose',
        verified: true,
        forwardTo: app.url,
        eventType: 'user.created',
      },
    ]);
    expect(String(captures[0]!.body)).toBe(received);
    expect(await (await api(`/api/attempts/${result.capture}`)).json()).toMatchObject([
      { status: 201, via: 'forward', response: '{"received":true}' },
    ]);
  });

  it('keeps an id and time that the event has, and sets who it is about', async () => {
    const app = await httpTarget();
    const { post } = await inspector([], [app.url]);
    const kept = { id: 'evt_119988877766655544', occurred_at: '2026-01-02T03:04:05Z' };
    const actor = { email: 'grace@example.com' };
    const request = sending(app.url, { body: JSON.stringify({ ...JSON.parse(body), ...kept }), actor });
    expect((await post('/api/send', request)).status).toBe(200);
    expect(JSON.parse(String(app.requests[0]!.body))).toMatchObject({ ...kept, data: actor });
  });

  it.each([
    [401, 'rejected'],
    [201, 'accepted'],
    [404, 'not_judged'],
  ] as const)('a forged message that is answered with %i is %s', async (status, judgment) => {
    const app = await answering(status);
    const { api, post } = await inspector([], [app.url]);
    const request = sending(app.url, { fault: 'wrong-secret' });
    const result = (await (await post('/api/send', request)).json()) as SendResult;
    expect(result.judgment).toBe(judgment);
    expect(await (await api(`/api/captures/${result.capture}`)).json()).toMatchObject({
      row: { source: 'compose', verified: false },
    });
  });

  it.each([
    ['a URL as a target', { target: 'http://127.0.0.1:1/' }, 400],
    ['no target', { target: undefined }, 400],
    ['an unknown fault', { fault: 'nothing' }, 400],
    ['another member', { path: '/etc/passwd' }, 400],
    ['a body that is not text', { body: {} }, 400],
    ['a long name', { actor: { user: 'x'.repeat(1001) } }, 400],
    ['text that is not JSON', { body: '{"type":' }, 409],
    ['an event without data', { body: '{"type":"user.created"}' }, 409],
    ['an actor that the event does not name', { actor: { organization: 'org_1' } }, 409],
  ])('%s is rejected, and nothing is sent', async (_name, changes, status) => {
    const app = await answering(201);
    const { post } = await inspector([], [app.url]);
    const answer = await post('/api/send', sending(app.url, changes));
    expect(answer.status).toBe(status);
    expect(app.requests).toEqual([]);
  });
});

describe('checking', () => {
  const check = async (event: unknown) => {
    const { post } = await inspector();
    return (await post('/api/check-event', { body: JSON.stringify(event) })).json();
  };

  it('finds nothing in a sample', async () => {
    const { api, post } = await inspector();
    const { body } = (await (await api('/api/sample?type=user.created')).json()) as SampleEvent;
    expect(await (await post('/api/check-event', { body })).json()).toEqual({
      problem: null,
      differences: [],
    });
  });

  it('finds what is not as documented, and where', async () => {
    expect(await check({ type: 'role.created', data: { id: 1, name: [] } })).toMatchObject({
      problem: null,
      differences: expect.arrayContaining([
        { path: ['data', 'id'], field: 'data.id', reason: expect.any(String) },
        { path: ['data', 'name'], field: 'data.name', reason: expect.any(String) },
      ]),
    });
  });

  it.each([[[]], [{ type: 'role.created' }], [{ type: 1, data: {} }]])(
    'says that %j is not an event',
    async (event) => {
      expect(await check(event)).toEqual({ problem: expect.any(String), differences: [] });
    },
  );
});

describe('scenarios', () => {
  const places = () => {
    const fixtures = temporaryFolder();
    mkdirSync(join(fixtures, 'scenarios'));
    const steps = [
      { type: 'user.created', expect: 201 },
      { type: 'user.updated', expect: 503, after: '1ms' },
      { type: 'user.deleted' },
    ];
    writeFileSync(join(fixtures, 'scenarios', 'mine.json'), JSON.stringify({ description: 'Mine', steps }));
    return { fixtures };
  };

  it('are listed, and shown step by step', async () => {
    const { api } = await inspector([], [], places());
    const { scenarios } = (await (await api('/api/catalog')).json()) as Catalog;
    expect(scenarios).toContainEqual({ name: 'mine', isOwn: true });
    expect(scenarios).toContainEqual({ name: 'user-lifecycle', isOwn: false });
    expect(await (await api('/api/scenario?name=mine')).json()).toEqual({
      description: 'Mine',
      steps: [
        { type: 'user.created', afterMs: 0, expects: ['201'] },
        { type: 'user.updated', afterMs: 1, expects: ['503'] },
        { type: 'user.deleted', afterMs: 0, expects: ['2xx'] },
      ],
    });
  });

  it('end at the first step that fails', async () => {
    const app = await answering(201);
    const { post, store } = await inspector([], [app.url], places());
    const answer = await post('/api/run-scenario', { name: 'mine', target: new URL(app.url).host });
    const results = (await answer.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(results).toMatchObject([
      { index: 0, isMet: true, attempt: { status: 201 } },
      { index: 1, isMet: false, attempt: { status: 201 } },
    ]);
    const types = app.requests.map(({ body: sent }) => JSON.parse(String(sent)).type);
    expect(types).toEqual(['user.created', 'user.updated']);
    const ids: string[] = [];
    for await (const batch of (await store.openReader()).oldestFirst())
      ids.push(...batch.flatMap((entry) => (entry.kind === 'capture' ? entry.head.id : [])));
    expect(ids).toEqual(results.map(({ capture }) => capture));
  });

  it.each([
    [{ name: 'scenarios/mine' }, 404],
    [{ name: './scenarios/mine.json' }, 404],
    [{ target: 'http://127.0.0.1:1/' }, 400],
    [{ path: '/etc/passwd' }, 400],
  ])('%j is rejected', async (changes, status) => {
    const app = await answering(201);
    const { post } = await inspector([], [app.url], places());
    const request = { name: 'mine', target: new URL(app.url).host, ...changes };
    expect((await post('/api/run-scenario', request)).status).toBe(status);
    expect(app.requests).toEqual([]);
  });
});

describe('the command line', () => {
  const commandFor = async (changes: (event: { readonly data: object }) => object, more: object = {}) => {
    const { api, post } = await inspector([], ['http://127.0.0.1:8080/hooks']);
    const sample = (await (await api('/api/sample?type=role.created')).json()) as SampleEvent;
    const edited = JSON.stringify(changes(JSON.parse(sample.body)));
    const request = sending('http://127.0.0.1:8080', { body: edited, type: 'role.created', ...more });
    const { command } = (await (await post('/api/command', request)).json()) as { command: string };
    return command;
  };
  const to = '--to http://127.0.0.1:8080/hooks';

  it('is the type alone for a sample', async () => {
    expect(await commandFor((event) => event)).toBe(`scalekit-hooks send role.created ${to}`);
  });

  it('has the edits, quoted for a shell, the actor and the fault', async () => {
    const command = await commandFor(
      (event) => ({ ...event, id: 'evt_1234567890', data: { ...event.data, name: "it's", extra: { n: 1 } } }),
      { actor: { organization: 'org_1' }, fault: 'stale' },
    );
    expect(command).toBe(
      `scalekit-hooks send role.created --set 'data.name=it'\\''s' --set id=evt_1234567890 --add 'data.extra:={"n":1}' --as-organization org_1 ${to} --fault stale`,
    );
  });

  it('has the whole body where edits cannot express it', async () => {
    const { post } = await inspector([], ['http://127.0.0.1:8080/hooks']);
    const request = sending('http://127.0.0.1:8080', { body, type: 'user.created' });
    const { command } = (await (await post('/api/command', request)).json()) as { command: string };
    expect(command).toMatch(/^scalekit-hooks send --body '\{.*"n":1\.0.*\}' --to /);
  });
});

describe('saving', () => {
  const save = (event: object, replace = false) => ({ body: JSON.stringify(event), replace });
  const event = { type: 'invoice.paid', data: { amount: 1 } };

  it('writes an event file of the type, and replaces it only when asked', async () => {
    const fixtures = temporaryFolder();
    const { post } = await inspector([], [], { fixtures });
    const saved = async (request: object) => (await post('/api/fixtures', request)).json();
    expect(await saved(save(event))).toEqual({ kind: 'saved', file: 'invoice.paid.json' });
    const read = () => JSON.parse(readFileSync(join(fixtures, 'invoice.paid.json'), 'utf8'));
    expect(read()).toEqual(event);
    const changed = { ...event, data: { amount: 2 } };
    expect(await saved(save(changed))).toMatchObject({ kind: 'exists' });
    expect(read()).toEqual(event);
    expect(await saved(save(changed, true))).toMatchObject({ kind: 'saved' });
    expect(read()).toEqual(changed);
  });

  it('replaces the file that the type already has, in its folder', async () => {
    const fixtures = fixturesWith('invoice.paid', { amount: 0 });
    const { post } = await inspector([], [], { fixtures });
    expect(await (await post('/api/fixtures', save(event))).json()).toMatchObject({ kind: 'exists' });
    await post('/api/fixtures', save(event, true));
    expect(JSON.parse(readFileSync(join(fixtures, 'mine/invoice.paid.json'), 'utf8'))).toEqual(event);
    expect(readdirSync(fixtures)).toEqual(['mine']);
  });

  it.each(['../evil', '/tmp/evil', 'a/b', 'a\\b', '..', '.hidden', 'a\u0000b', 'x'.repeat(500), 'a..b'])(
    'writes nothing for the type "%s"',
    async (type) => {
      const parent = temporaryFolder();
      const fixtures = join(parent, 'fixtures');
      mkdirSync(fixtures);
      const { post } = await inspector([], [], { fixtures });
      for (const replace of [false, true])
        expect((await post('/api/fixtures', save({ ...event, type }, replace))).status).toBe(400);
      expect(readdirSync(parent, { recursive: true })).toEqual(['fixtures']);
    },
  );

  it('follows no link out of the folder', async () => {
    const [fixtures, outside] = [temporaryFolder(), temporaryFolder()];
    const target = join(outside, 'target.json');
    writeFileSync(target, 'untouched');
    symlinkSync(target, join(fixtures, 'invoice.paid.json'));
    symlinkSync(join(outside, 'new.json'), join(fixtures, 'invoice.void.json'));
    const { post } = await inspector([], [], { fixtures });
    expect((await post('/api/fixtures', save(event, true))).status).toBe(409);
    expect((await post('/api/fixtures', save({ ...event, type: 'invoice.void' }, true))).status).toBe(409);
    expect(readFileSync(target, 'utf8')).toBe('untouched');
    expect(readdirSync(outside)).toEqual(['target.json']);
  });

  it.each([
    ['without a folder', undefined, save(event), 409],
    ['a path in the request', true, { ...save(event), path: '/tmp/evil.json' }, 400],
    ['no event', true, save([]), 409],
  ])('%s, nothing is written', async (_name, hasFolder, request, status) => {
    const fixtures = hasFolder && temporaryFolder();
    const { post } = await inspector([], [], fixtures ? { fixtures } : {});
    expect((await post('/api/fixtures', request)).status).toBe(status);
  });
});
