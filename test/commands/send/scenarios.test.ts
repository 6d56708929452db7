import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { startListen } from '../../support/listener.ts';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };
const run = (args: string[], world = {}) => runCommand(args, { env, ...world });

async function target(statusOf: (type: string) => number = () => 200) {
  const app = await httpTarget((_request, response) => {
    response.writeHead(statusOf(JSON.parse(app.requests.at(-1)!.body.toString()).type)).end();
  });
  return app;
}

const bodiesOf = ({ requests }: { requests: { body: Buffer }[] }) =>
  requests.map(({ body }) => JSON.parse(body.toString()));

describe('send --scenario', () => {
  it('sends the steps in order, each signed, with times in order', async () => {
    const app = await target();
    const { exitCode } = await run(['send', '--scenario', 'session', '--to', app.url], {
      now: () => 1_795_800_000_000,
    });
    expect(exitCode).toBe(0);
    const bodies = bodiesOf(app);
    expect(bodies.map(({ type }) => type)).toEqual([
      'user.login',
      'session.created',
      'user.logout',
      'session.expired',
    ]);
    const times = bodies.map(({ occurred_at: time }) => time);
    expect(times).toEqual([...times].sort());
    expect(new Set(times.map((time) => time.slice(0, 23))).size).toBe(4);
    const webhook = new Webhook(testSecret);
    for (const { body, headers } of app.requests) {
      const now = Number(headers['webhook-timestamp']);
      const again = webhook.sign(String(headers['webhook-id']), new Date(now * 1000), body.toString());
      expect(headers['webhook-signature']).toBe(again);
    }
  });

  it('ends at the first failure with 1; --keep-going sends the rest', async () => {
    const failing = () => target((type) => (type === 'session.created' ? 500 : 200));
    const one = await failing();
    const ended = await run(['send', '--scenario', 'session', '--json', '--to', one.url]);
    expect(ended.exitCode).toBe(1);
    expect(one.requests).toHaveLength(2);
    expect(ended.facts.at(-1)).toMatchObject({ ok: false, total: 2, unsent: 2 });
    const all = await failing();
    const { exitCode, facts } = await run([
      'send',
      '--scenario',
      'session',
      '--keep-going',
      '--json',
      '--to',
      all.url,
    ]);
    expect(exitCode).toBe(1);
    expect(facts.map(({ ok }) => ok)).toEqual([true, false, true, true, false]);
  });

  it('a step that expects another status passes with it, without advice, and fails without it', async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, 'flow.json'),
      '{"steps":[{"type":"user.login","expect":"4xx"},{"type":"user.logout","expect":409}]}',
    );
    const app = await target((type) => (type === 'user.login' ? 401 : 200));
    const { exitCode, facts } = await run(['send', '--scenario', './flow.json', '--json', '--to', app.url], {
      cwd,
    });
    expect(exitCode).toBe(1);
    expect(facts.slice(0, 2)).toMatchObject([
      { ok: true, status: 401, expects: ['4xx'], detail: null, causes: [] },
      { ok: false, status: 200, expects: ['409'], detail: expect.stringContaining('409'), causes: [] },
    ]);
  });

  it('waits before a step', async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, 'flow.json'),
      '{"steps":[{"type":"user.login"},{"type":"user.logout","after":"80ms"}]}',
    );
    const times: number[] = [];
    const app = await httpTarget((_request, response) => {
      times.push(performance.now());
      response.end();
    });
    await run(['send', '--scenario', 'flow.json', '--to', app.url], { cwd });
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(79);
  });

  it('--count repeats the flow, and --fresh-ids gives each its own ids', async () => {
    const app = await target();
    await run(['send', '--scenario', 'session', '--count', '2', '--fresh-ids', '--to', app.url]);
    const users = bodiesOf(app).map(({ data }) => data.userId ?? data.user.id);
    expect(users).toHaveLength(8);
    expect(new Set(users.slice(0, 4)).size).toBe(1);
    expect(new Set(users).size).toBe(2);
  });

  it('edits and --as- values reach every step; --dry-run sends nothing and does not wait', async () => {
    const app = await target();
    const args = [
      'send',
      '--scenario',
      'session',
      '--as-user',
      'usr_7000000000',
      '--dry-run',
      '--json',
      '--to',
      app.url,
    ];
    const { facts } = await run(args);
    expect(facts.map(({ body }) => JSON.stringify(JSON.parse(body as string).data))).toEqual(
      facts.map(() => expect.stringContaining('usr_7000000000')),
    );
    expect(app.requests).toEqual([]);
  });

  it.each([
    [['user.created', '--scenario', 'session'], 'conflicting_flags'],
    [['--scenario', 'session', '--all'], 'conflicting_flags'],
    [['--scenario', 'session', '--retry'], 'conflicting_flags'],
    [['--scenario', 'session', '--fault', 'no-id'], 'conflicting_flags'],
    [['user.created', '--keep-going'], 'missing_flag'],
    [['--scenario', 'sesion'], 'unknown_scenario'],
    [['--scenario', './none.json'], 'unreadable_file'],
  ])('%j: %s, and nothing is sent', async (args, code) => {
    const app = await target();
    const { exitCode, facts } = await run(['send', ...args, '--json', '--to', app.url]);
    expect([exitCode, facts[0]?.code]).toEqual([2, code]);
    expect(app.requests).toEqual([]);
  });
});

describe('events --scenarios', () => {
  it('lists each with its steps, and prints one that can be sent', async () => {
    const { facts } = await run(['events', '--scenarios', '--json']);
    expect(facts).toHaveLength(5);
    expect(facts[3]).toMatchObject({
      kind: 'scenario',
      scenario: 'session',
      steps: ['user.login', 'session.created', 'user.logout', 'session.expired'],
      path: null,
    });
    const cwd = temporaryFolder();
    const { stdout } = await run(['events', '--scenarios', 'session']);
    writeFileSync(join(cwd, 'own.json'), stdout);
    const app = await target();
    expect((await run(['send', '--scenario', 'own.json', '--to', app.url], { cwd })).exitCode).toBe(0);
    expect(app.requests).toHaveLength(4);
  });
});

describe('captures export', () => {
  it('writes the newest events in order, and they are sent like any scenario', async () => {
    const cwd = temporaryFolder();
    const listener = await startListen([], { cwd, env });
    for (const type of ['user.login', 'session.created', 'user.logout'])
      await run(['send', type, '--to', listener.url], { cwd });
    await run(['send', 'session.expired', '--fault', 'wrong-secret', '--to', listener.url], { cwd });
    await listener.stop();
    const exported = await run(['captures', 'export', 'flow.json', 'last:2', '--json'], { cwd });
    expect(exported.facts).toMatchObject([{ kind: 'exported', path: 'flow.json', steps: 2 }]);
    const { steps } = JSON.parse(readFileSync(join(cwd, 'flow.json'), 'utf8'));
    expect(steps.map(({ event }: { event: { type: string } }) => event.type)).toEqual([
      'session.created',
      'user.logout',
    ]);
    const app = await target();
    await run(['send', '--scenario', 'flow.json', '--keep-id', '--to', app.url], { cwd });
    expect(bodiesOf(app)).toEqual(steps.map(({ event }: { event: object }) => event));
    const code = async (...args: string[]) =>
      (await run(['captures', 'export', ...args, '--json'], { cwd })).facts[0]?.code;
    expect(await code('flow.json', 'last:2')).toBe('unwritable_file');
    expect(await code('a.json', '--type', 'role.*')).toBe('nothing_to_export');
    expect(await code('a.json', 'last:2', 'last')).toBe('conflicting_ids');
    expect(await code('a.json', 'cap_none')).toBe('unknown_capture');
  });
});
