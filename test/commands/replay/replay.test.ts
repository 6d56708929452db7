import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../../src/captures/journal/writer.ts';
import { kept, recordsIn, someCapture } from '../../support/captures.ts';
import { secretInEnv } from '../../support/listener.ts';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { now, useReplaySetup } from '../../support/replaying.ts';
import { answering, closedPort, httpTarget } from '../../support/targets.ts';

const setup = useReplaySetup();
const { replay } = setup;

describe('delivery', () => {
  const verifier = new StandardWebhook(testSecret);
  const verifyAll = () => {
    for (const { headers, body } of setup.app.requests)
      verifier.verify(body, headers as Record<string, string>);
  };

  it('re-signs, with the same webhook-id, body and other headers', async () => {
    await replay(['--all'], { now: Date.now });
    verifyAll();
    expect(setup.app.requests.map(({ headers }) => headers['webhook-id'])).toEqual(
      setup.captures.slice(0, 3).map(({ webhookId }) => webhookId),
    );
    expect(setup.app.requests[0]!.body.equals(setup.captures[0]!.body)).toBe(true);
    expect(setup.app.requests[0]!.rawHeaders).toEqual(
      expect.arrayContaining(['Webhook-Id', 'x-twice', 'a', 'b']),
    );
  });

  it('--new-id: a new webhook-id and event id; the rest of the body is unchanged', async () => {
    await replay(['evt_a', '--new-id'], { now: Date.now });
    verifyAll();
    const [request] = setup.app.requests;
    expect(request!.headers['webhook-id']).toMatch(/^msg_\w{27}$/);
    const id = JSON.parse(String(request!.body)).id;
    expect(id).toMatch(/^evt_1\d{17}$/);
    expect(String(request!.body).replace(id, 'evt_a')).toBe(String(setup.captures[0]!.body));
  });

  it('--exact: the original bytes and headers; masked headers are omitted and listed, after a warning', async () => {
    const { journal } = openJournal(setup.folder, { sync: false, now });
    const headers = [
      ['webhook-id', 'msg_x'],
      ['webhook-timestamp', '1700000000'],
      ['webhook-signature', 'v1,abc'],
      ['Authorization', 'Bearer abc'],
      ['cookie', 'a=b'],
    ] as const;
    await journal.keep(kept(someCapture({ time: now(), headers })));
    await journal.close();
    const ran = await replay(['last', '--exact']);
    const [request] = setup.app.requests;
    expect(request!.headers).toMatchObject({
      'webhook-timestamp': '1700000000',
      'webhook-signature': 'v1,abc',
    });
    expect(request!.headers).not.toHaveProperty('authorization');
    expect(request!.headers).not.toHaveProperty('cookie');
    expect(ran.stderr).toMatch(/note: .*\bAuthorization\b.* -H .*\nnote: .*\bcookie\b.* -H /);
    expect(ran.stderr).toMatch(/note: --exact: .*\b5 minutes\b[\s\S]*\bAuthorization\b/);
    setup.app.requests.length = 0;
    await replay(['last', '--exact', '-H', 'authorization: Bearer new']);
    expect(setup.app.requests[0]!.headers.authorization).toBe('Bearer new');
  });

  it('a real handler rejects --exact after five minutes, and accepts the default', async () => {
    const { startHandler } = await import('../../support/processes.ts');
    const handler = await startHandler('express');
    const { journal } = openJournal(setup.folder, { sync: false, now });
    const body = '{"type":"user.created","id":"evt_old","data":{}}';
    const then = new Date(Date.now() - 6 * 60_000);
    const headers = [
      ['content-type', 'application/json'],
      ['webhook-id', 'msg_old'],
      ['webhook-timestamp', String(Math.floor(then.getTime() / 1000))],
      ['webhook-signature', verifier.sign('msg_old', then, body)],
    ] as const;
    await journal.keep(
      kept(
        someCapture({
          headers,
          body: Buffer.from(body),
          eventId: 'evt_old',
          webhookId: 'msg_old',
          time: now(),
        }),
      ),
    );
    await journal.close();
    const world = { env: secretInEnv, cwd: setup.cwd };
    const exact = await runCommand(['replay', 'evt_old', '--exact', '--to', handler.url], world);
    expect(exact.exitCode).toBe(1);
    expect(exact.stderr).toMatch(/\n {2}fix: .*--exact/);
    const usual = await runCommand(['replay', 'evt_old', '--to', handler.url], world);
    expect(usual.exitCode, usual.stdout).toBe(0);
    expect(usual.stdout).toContain('was 401, now 201');
  });

  it('edits the original body, keeps every other byte, and signs the result', async () => {
    await replay(['evt_a', '--set', 'data.name=é', '--add', 'data.more:=1e400', '--unset', 'type'], {
      now: Date.now,
    });
    verifyAll();
    expect(String(setup.app.requests[0]!.body)).toBe(
      '{"id":"evt_a",\n "data":{"n":1.0,"name":"é","more": 1e400}}',
    );
  });

  it('omits svix-* headers: a handler would verify the old signature in them', async () => {
    const { journal } = openJournal(setup.folder, { sync: false, now });
    const headers = [
      ['svix-id', 'msg_x'],
      ['svix-timestamp', '1'],
      ['svix-signature', 'v1,x'],
      ['webhook-id', 'msg_x'],
      ['webhook-id', 'msg_y'],
    ] as const;
    await journal.keep(kept(someCapture({ headers, time: now() })));
    await journal.close();
    // Two ids verify with nothing.
    await replay(['last', '--trust'], { now: Date.now });
    verifyAll();
    expect(Object.keys(setup.app.requests[0]!.headers).filter((name) => name.startsWith('svix'))).toEqual([]);
  });

  it('--dry-run and --print curl print the messages and send nothing', async () => {
    const shown = await replay(['--all', '--dry-run', '--json']);
    expect(shown.facts.map(({ kind, event_id }) => [kind, event_id])).toEqual([
      ['message', 'evt_a'],
      ['message', 'evt_b'],
      ['message', 'evt_c'],
    ]);
    expect((await replay(['evt_a', '--print', 'curl'])).stdout).toMatch(/^curl .*webhook-signature/);
    expect(setup.app.requests).toEqual([]);
  });
});

it('the output has the type and ids of the edited event; -H with --force overrides them', async () => {
  const edits = ['--set', 'id=evt_mine', '--set', 'type=x.y', '-H', 'webhook-id: mine', '--force', '--json'];
  const ran = await replay(['evt_a', ...edits]);
  expect(ran.facts[0]).toMatchObject({ event_id: 'evt_mine', event_type: 'x.y', webhook_id: 'mine' });
  expect(setup.app.requests[0]!.headers['webhook-id']).toBe('mine');
});

it('a very deeply nested body: sent unchanged, but not edited', async () => {
  const { journal } = openJournal(setup.folder, { sync: false, now });
  const deep = Buffer.from(`{"id":"evt_deep","data":${'['.repeat(20_000)}${']'.repeat(20_000)}}`);
  const capture = someCapture({ eventId: 'evt_deep', body: deep, time: now() });
  await journal.keep(kept(capture));
  await journal.close();
  const ran = await replay(['evt_deep', 'evt_c', '--new-id']);
  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(setup.app.requests[1]!.body.equals(deep)).toBe(true);
  setup.app.requests.length = 0;
  const edited = await replay(['--all', '--set', 'id=x', '--json']);
  expect(edited).toMatchObject({
    exitCode: 2,
    facts: [
      {
        code: 'uneditable_capture',
        message: expect.stringContaining(capture.id),
        detail: expect.stringContaining('nested'),
      },
    ],
  });
  expect(setup.app.requests).toEqual([]);
});

describe('results', () => {
  it('each line compares the result with that of the previous delivery', async () => {
    setup.app = await answering(200);
    const ran = await replay(['--all']);
    const comparisons = ran.stdout
      .trim()
      .split('\n')
      .map((line) => line.split('  ').at(-1));
    expect(comparisons).toEqual(['was 201, now 200', 'was 500, now 200', 'evt_c']);
    const again = await replay(['--all', '--json']);
    expect(
      again.facts
        .filter(({ kind }) => kind === 'delivered')
        .map(({ was, status, capture }) => [was, status, capture]),
    ).toEqual(setup.captures.slice(0, 3).map(({ id }) => ['200', 200, id]));
  });

  it('outcomes are stored with the captures, in a separate journal; not with --no-capture', async () => {
    const before = recordsIn(setup.folder).length;
    await replay(['evt_b', '--no-capture']);
    expect(recordsIn(setup.folder)).toHaveLength(before);
    await replay(['evt_b']);
    expect(recordsIn(setup.folder).findLast(({ record }) => record === 'outcome')).toMatchObject({
      capture: setup.captures[1]!.id,
      webhook_id: setup.captures[1]!.webhookId,
      via: 'replay',
      url: setup.app.url,
      status: 201,
    });
  });

  it.each([
    ['all accepted', 201, 0],
    ['a response that is not 2xx', 500, 1],
  ])('exit code: %s', async (_name, status, exitCode) => {
    setup.app = await answering(status);
    expect((await replay(['--all'])).exitCode).toBe(exitCode);
  });

  it('exit code 3 if nothing was reached', async () => {
    setup.app = { url: `http://127.0.0.1:${await closedPort()}/`, requests: [] };
    const ran = await replay(['--all']);
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toMatch(/3 replayed: 0 accepted, 3 .*\(connection_refused: 3\)/);
  });

  it('--concurrency delivers several at once', async () => {
    let [open, most] = [0, 0];
    const waiting: (() => void)[] = [];
    setup.app = await httpTarget((_request, response) => {
      open += 1;
      most = Math.max(most, open);
      waiting.push(() => {
        open -= 1;
        response.writeHead(201).end();
      });
      if (waiting.length === 3) for (const respond of waiting.splice(0)) respond();
    });
    expect((await replay(['--all', '--concurrency', '3'])).exitCode).toBe(0);
    expect(most).toBe(3);
  });
});

describe('errors, after which nothing is sent', () => {
  it.each([
    [[], 'nothing_to_replay', /scalekit-hooks replay last/],
    [['cap_nothing'], 'unknown_capture', /cap_nothing/],
    [['last:9'], 'unknown_capture', /last:9.*\b4 captures\b/],
    [['last:0'], 'unknown_capture', /last:0/],
    [['evt_'], 'ambiguous_capture', /evt_\b.*evt_d, evt_c, evt_b, evt_a/],
    [['evt_a', '--all'], 'conflicting_flags', /\bid\b.*--all/],
    [['--all', '--failed'], 'conflicting_flags', /--failed .*--all/],
    [['--all', '--type', 'x'], 'conflicting_flags', /--type .*--all/],
    [['--from', 'x', '--failed'], 'conflicting_flags', /--from .*--failed/],
    [['last', '--exact', '--new-id'], 'conflicting_flags', /--exact .*--new-id/],
    [['last', '--exact', '--set', 'a=b'], 'conflicting_flags', /--exact .*--set/],
    [['--type', 'nothing.here'], 'no_matching_captures', /\.scalekit-hooks\/captures/],
    [['--from', 'nothing.jsonl'], 'unreadable_file', /nothing\.jsonl.*\bno such file\b/],
    [['--since', 'yesterday'], 'invalid_value', /yesterday.*--since/],
    [['--all', '--set', 'data.emial=x'], 'no_such_field', /data\.emial/],
    [['--all', '--add', 'data.name=x'], 'field_exists', /data\.name\b.*--set data\.name=/],
    [['last', '--to', 'https://example.com'], 'repeated_flag', /--to .*https:\/\/example\.com/],
    [['last', '--captures', ''], 'invalid_value', /--captures/],
    [['last', '--captures', 'elsewhere'], 'no_captures', /elsewhere/],
  ])('%j', async (args, code, names) => {
    const ran = await replay([...args, '--json']);
    expect(ran).toMatchObject({ exitCode: 2, facts: [{ kind: 'error', code }] });
    const { message, detail, fix } = ran.facts[0]!;
    expect(`${message} ${detail} ${fix}`).toMatch(names);
    expect(setup.app.requests).toEqual([]);
  });

  it('a record of a later version, wherever it is', async () => {
    writeFileSync(join(setup.folder, 'later.jsonl'), '{"v":2,"record":"capture","headers":[]}\n');
    for (const args of [['--all'], ['--failed'], ['last:2']]) {
      const ran = await replay([...args, '--json']);
      expect(ran).toMatchObject({
        exitCode: 2,
        facts: [{ code: 'newer_captures', message: expect.stringContaining('later.jsonl') }],
      });
    }
    expect(setup.app.requests).toEqual([]);
  });

  it('an edit of a body that is not JSON', async () => {
    const { journal } = openJournal(setup.folder, { sync: false, now });
    await journal.keep(kept(someCapture({ body: Buffer.from('hello'), eventType: 'x.y', time: now() })));
    await journal.close();
    const ran = await replay(['--all', '--set', 'data.name=x', '--json']);
    expect(ran).toMatchObject({ exitCode: 2, facts: [{ code: 'uneditable_capture' }] });
    expect(setup.app.requests).toEqual([]);
  });
});
