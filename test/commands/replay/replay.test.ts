import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../../src/captures/journal/writer.ts';
import type { Capture } from '../../../src/captures/record.ts';
import {
  kept,
  keptOutcome,
  recordsIn,
  someCapture,
  someOutcome,
  withSignature,
} from '../../support/captures.ts';
import { secretInEnv } from '../../support/listener.ts';
import { runCommand, testSecret, type World } from '../../support/memory-io.ts';
import { startBin, startProcess } from '../../support/processes.ts';
import { answering, closedPort, type HttpTarget, httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const now = () => 1795360100000;
const eventOf = (type: string, id: string, more = '{}') =>
  Buffer.from(`{"type":"${type}", "id":"${id}",\n "data":${more}}`);

/** Three captures, one accepted, one failed and one without an outcome, and a rejected one. */
let cwd: string;
let folder: string;
let captures: Capture[];
let app: HttpTarget;

beforeEach(async () => {
  cwd = temporaryFolder();
  folder = join(cwd, '.scalekit-hooks/captures');
  app = await httpTarget();
  const of = (type: string, id: string, changes: Partial<Capture> = {}) =>
    someCapture({
      eventType: type,
      eventId: id,
      body: eventOf(type, id, '{"n":1.0,"name":"a"}'),
      ...changes,
    });
  captures = [
    of('user.created', 'evt_a', { forwardTo: app.url, status: null }),
    of('user.updated', 'evt_b', { forwardTo: app.url, status: null }),
    of('session.created', 'evt_c', { forwardTo: app.url, status: null }),
    of('user.created', 'evt_d', { verified: false, reason: 'signature_mismatch', status: 401 }),
  ];
  const { journal } = openJournal(folder, { sync: false, now: () => 1795360000000 });
  const [a, b, c, d] = captures as [Capture, Capture, Capture, Capture];
  await journal.keep(kept(a));
  await journal.keep(keptOutcome(someOutcome(a)));
  await journal.keep(kept(b));
  await journal.keep(keptOutcome(someOutcome(b, { status: 500 })));
  await journal.keep(kept(c));
  await journal.keep(kept(d));
  await journal.close();
});

function replay(args: string[], world: World = {}) {
  return runCommand(['replay', ...args, '--to', app.url], { env: secretInEnv, cwd, now, ...world });
}
const sent = () => app.requests.map(({ body }) => JSON.parse(String(body)).id);

describe('selected captures, in the order in which they were received', () => {
  it.each([
    [['last:2'], ['evt_c']],
    [
      ['last:2', 'last:4', 'last:2'],
      ['evt_a', 'evt_c'],
    ],
    [
      ['evt_b', 'evt_a'],
      ['evt_a', 'evt_b'],
    ],
    [['--failed'], ['evt_b', 'evt_c']],
    [['--failed', '--type', 'user.*'], ['evt_b']],
    [['--all'], ['evt_a', 'evt_b', 'evt_c']],
    [
      ['--type', 'user.*'],
      ['evt_a', 'evt_b'],
    ],
    [
      ['--type', 'user.created', '--type', 'session.*'],
      ['evt_a', 'evt_c'],
    ],
    [
      ['--since', '2026-11-22'],
      ['evt_a', 'evt_b', 'evt_c'],
    ],
    [
      ['--since', '100d'],
      ['evt_a', 'evt_b', 'evt_c'],
    ],
  ])('%j', async (args, ids) => {
    const ran = await replay(args);
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(sent()).toEqual(ids);
  });

  it('--since skips earlier captures', async () => {
    await replay(['--since', new Date(captures[1]!.time).toISOString()]);
    expect(sent()).toEqual(['evt_b', 'evt_c']);
    app.requests.length = 0;
    const ran = await replay(['--since', '1s']);
    expect(ran).toMatchObject({ exitCode: 2 });
    expect(ran.stderr).toContain('[no_matching_captures]');
  });

  it('by capture id, with or without cap_, by event id and by webhook-id', async () => {
    const { id, webhookId } = captures[1]!;
    for (const name of [id, webhookId!, 'evt_b', id.slice(4)]) {
      app.requests.length = 0;
      const ran = await replay([name]);
      expect(ran.exitCode, `${name} ${ran.stderr}`).toBe(0);
      expect(sent()).toEqual(['evt_b']);
    }
  });

  it('--failed: each webhook-id once, with its newest capture, and not after it was accepted', async () => {
    const { journal } = openJournal(folder, { sync: false, now: () => 1795360050000 });
    const [, b] = captures as [Capture, Capture];
    const again = withSignature({
      ...b,
      headers: [['webhook-id', b.webhookId!]],
      id: 'cap_again0000000',
      time: b.time + 50_000,
      body: eventOf('user.updated', 'evt_b2'),
    });
    await journal.keep(kept(again));
    await journal.keep(keptOutcome(someOutcome(again, { status: 503 })));
    await journal.close();
    expect((await replay(['--failed'])).exitCode).toBe(0);
    expect(sent()).toEqual(['evt_c', 'evt_b2']);
    app.requests.length = 0;
    const none = await replay(['--failed']);
    expect(none).toMatchObject({ exitCode: 0, stdout: '' });
    expect(none.stderr).toContain('nothing to replay');
    expect(sent()).toEqual([]);
  });

  it('--failed: a forged message with the same id does not hide the real one', async () => {
    const { journal } = openJournal(folder, { sync: false, now: () => 1795360050000 });
    const [, b] = captures as [Capture, Capture];
    const forged = {
      verified: false,
      reason: 'signature_mismatch',
      webhookId: b.webhookId,
      time: b.time + 60_000,
    } as const;
    await journal.keep(kept(someCapture({ ...forged, status: 401 })));
    // Forwarded with --forward-unverified, and accepted.
    const accepted = someCapture({ ...forged, status: null, forwardTo: app.url });
    await journal.keep(kept(accepted));
    await journal.keep(keptOutcome(someOutcome(accepted, { webhookId: null, status: 200 })));
    await journal.close();
    await replay(['--failed']);
    expect(sent()).toEqual(['evt_b', 'evt_c']);
  });

  it('--failed does not count a rejected capture whose replay failed as unsent', async () => {
    const closed = `http://127.0.0.1:${await closedPort()}/webhook`;
    const failed = await runCommand(['replay', 'evt_d', '--trust', '--to', closed], {
      env: secretInEnv,
      cwd,
      now,
    });
    expect(failed.exitCode).toBe(3);
    const { exitCode, facts } = await replay(['--failed', '--json']);
    expect({ exitCode, sent: sent() }).toEqual({ exitCode: 0, sent: ['evt_b', 'evt_c'] });
    expect(facts.at(-1)).toMatchObject({ kind: 'summary', total: 2, unsent: 0, accepted: 2 });
  });

  it('--failed does not repeat an accepted capture without a webhook-id', async () => {
    const { journal } = openJournal(folder, { sync: false, now: () => 1795360050000 });
    const nameless = someCapture({
      time: now() - 1000,
      webhookId: null,
      verified: false,
      reason: 'missing_header',
      status: null,
      forwardTo: app.url,
      headers: [],
    });
    await journal.keep(kept(nameless));
    await journal.keep(keptOutcome(someOutcome(nameless, { status: 500 })));
    await journal.close();
    await replay(['--failed', '--trust']);
    expect(app.requests).toHaveLength(3);
    expect((await replay(['--failed', '--trust'])).stderr).toContain('nothing to replay');
    expect(app.requests).toHaveLength(3);
  });

  it('a damaged record elsewhere is reported, but is no failure', async () => {
    writeFileSync(join(folder, '2026-11-22T15-06-41.000-00000000.jsonl'), '{"v":1,"rec');
    const ran = await replay(['--all']);
    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toMatch(/note: .*\bdamaged\b.* 2026-11-22T15-06-41\.000-00000000\.jsonl line 1\n/);
  });

  it('rejected captures are skipped and counted; an id and --trust replay one, with a note', async () => {
    const all = await replay(['--all']);
    expect(all.stderr).toMatch(/\b1 rejected capture\b/);
    app.requests.length = 0;
    const refused = await replay(['last']);
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('untrusted_capture') });
    expect(sent()).toEqual([]);
    const one = await replay(['last', '--trust']);
    expect(one.exitCode).toBe(0);
    expect(one.stderr).toMatch(/cap_\d+ was rejected .*\(signature_mismatch\)/);
    expect(sent()).toEqual(['evt_d']);
  });

  it('captures that arrive during the replay are not replayed: replaying to the listener itself ends', async () => {
    const { startListen } = await import('../../support/listener.ts');
    const listener = await startListen([], { cwd });
    const ran = await runCommand(['replay', '--all', '--to', listener.url], { env: secretInEnv, cwd });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(listener.facts('received')).toHaveLength(3);
  });
});

describe('--failed without --to', () => {
  const failed = (world: World = {}) =>
    runCommand(['replay', '--failed', '--json'], { env: secretInEnv, cwd, now, ...world });
  const keep = async (...kinds: Partial<Capture>[]) => {
    const { journal } = openJournal(folder, { sync: false, now: () => 1795360050000 });
    for (const changes of kinds) await journal.keep(kept(someCapture({ status: null, ...changes })));
    await journal.close();
  };

  it('each goes where it had been forwarded', async () => {
    const other = await httpTarget();
    await keep({ eventId: 'evt_x', forwardTo: other.url }, { eventId: 'evt_y', forwardTo: other.url });
    expect((await failed()).exitCode).toBe(0);
    expect([app.requests.length, other.requests.length]).toEqual([2, 2]);
  });

  it('a target that is not allowed is an error before anything is sent', async () => {
    await keep({ forwardTo: 'https://example.com/webhook' });
    expect(await failed()).toMatchObject({ exitCode: 2, facts: [{ code: 'foreign_host' }] });
    expect(app.requests).toEqual([]);
  });

  it('one app is down: exit code 1, and the others get theirs', async () => {
    await keep({ forwardTo: `http://127.0.0.1:${await closedPort()}/webhook` });
    expect((await failed()).exitCode).toBe(1);
    expect(app.requests).toHaveLength(2);
  });
});

describe('delivery', () => {
  const verifier = new StandardWebhook(testSecret);
  const verifyAll = () => {
    for (const { headers, body } of app.requests) verifier.verify(body, headers as Record<string, string>);
  };

  it('re-signs, with the same webhook-id, body and other headers', async () => {
    await replay(['--all'], { now: Date.now });
    verifyAll();
    expect(app.requests.map(({ headers }) => headers['webhook-id'])).toEqual(
      captures.slice(0, 3).map(({ webhookId }) => webhookId),
    );
    expect(app.requests[0]!.body.equals(captures[0]!.body)).toBe(true);
    expect(app.requests[0]!.rawHeaders).toEqual(expect.arrayContaining(['Webhook-Id', 'x-twice', 'a', 'b']));
  });

  it('--new-id: a new webhook-id and event id; the rest of the body is unchanged', async () => {
    await replay(['evt_a', '--new-id'], { now: Date.now });
    verifyAll();
    const [request] = app.requests;
    expect(request!.headers['webhook-id']).toMatch(/^msg_\w{27}$/);
    const id = JSON.parse(String(request!.body)).id;
    expect(id).toMatch(/^evt_1\d{17}$/);
    expect(String(request!.body).replace(id, 'evt_a')).toBe(String(captures[0]!.body));
  });

  it('--exact: the original bytes and headers; masked headers are omitted and listed, after a warning', async () => {
    const { journal } = openJournal(folder, { sync: false, now });
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
    const [request] = app.requests;
    expect(request!.headers).toMatchObject({
      'webhook-timestamp': '1700000000',
      'webhook-signature': 'v1,abc',
    });
    expect(request!.headers).not.toHaveProperty('authorization');
    expect(request!.headers).not.toHaveProperty('cookie');
    expect(ran.stderr).toMatch(/note: .*\bAuthorization\b.* -H .*\nnote: .*\bcookie\b.* -H /);
    expect(ran.stderr).toMatch(/note: --exact: .*\b5 minutes\b[\s\S]*\bAuthorization\b/);
    app.requests.length = 0;
    await replay(['last', '--exact', '-H', 'authorization: Bearer new']);
    expect(app.requests[0]!.headers.authorization).toBe('Bearer new');
  });

  it('a real handler rejects --exact after five minutes, and accepts the default', async () => {
    const { startHandler } = await import('../../support/processes.ts');
    const handler = await startHandler('express');
    const { journal } = openJournal(folder, { sync: false, now });
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
    const world = { env: secretInEnv, cwd };
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
    expect(String(app.requests[0]!.body)).toBe('{"id":"evt_a",\n "data":{"n":1.0,"name":"é","more": 1e400}}');
  });

  it('omits svix-* headers: a handler would verify the old signature in them', async () => {
    const { journal } = openJournal(folder, { sync: false, now });
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
    expect(Object.keys(app.requests[0]!.headers).filter((name) => name.startsWith('svix'))).toEqual([]);
  });

  it('--dry-run and --print curl print the messages and send nothing', async () => {
    const shown = await replay(['--all', '--dry-run', '--json']);
    expect(shown.facts.map(({ kind, event_id }) => [kind, event_id])).toEqual([
      ['message', 'evt_a'],
      ['message', 'evt_b'],
      ['message', 'evt_c'],
    ]);
    expect((await replay(['evt_a', '--print', 'curl'])).stdout).toMatch(/^curl .*webhook-signature/);
    expect(app.requests).toEqual([]);
  });
});

it('the output has the type and ids of the edited event; -H with --force overrides them', async () => {
  const edits = ['--set', 'id=evt_mine', '--set', 'type=x.y', '-H', 'webhook-id: mine', '--force', '--json'];
  const ran = await replay(['evt_a', ...edits]);
  expect(ran.facts[0]).toMatchObject({ event_id: 'evt_mine', event_type: 'x.y', webhook_id: 'mine' });
  expect(app.requests[0]!.headers['webhook-id']).toBe('mine');
});

it('a very deeply nested body: sent unchanged, but not edited', async () => {
  const { journal } = openJournal(folder, { sync: false, now });
  const deep = Buffer.from(`{"id":"evt_deep","data":${'['.repeat(20_000)}${']'.repeat(20_000)}}`);
  const capture = someCapture({ eventId: 'evt_deep', body: deep, time: now() });
  await journal.keep(kept(capture));
  await journal.close();
  const ran = await replay(['evt_deep', 'evt_c', '--new-id']);
  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(app.requests[1]!.body.equals(deep)).toBe(true);
  app.requests.length = 0;
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
  expect(app.requests).toEqual([]);
});

describe('results', () => {
  it('each line compares the result with that of the previous delivery', async () => {
    app = await answering(200);
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
    ).toEqual(captures.slice(0, 3).map(({ id }) => ['200', 200, id]));
  });

  it('outcomes are stored with the captures, in a separate journal; not with --no-capture', async () => {
    const before = recordsIn(folder).length;
    await replay(['evt_b', '--no-capture']);
    expect(recordsIn(folder)).toHaveLength(before);
    await replay(['evt_b']);
    expect(recordsIn(folder).findLast(({ record }) => record === 'outcome')).toMatchObject({
      capture: captures[1]!.id,
      webhook_id: captures[1]!.webhookId,
      via: 'replay',
      url: app.url,
      status: 201,
    });
  });

  it.each([
    ['all accepted', 201, 0],
    ['a response that is not 2xx', 500, 1],
  ])('exit code: %s', async (_name, status, exitCode) => {
    app = await answering(status);
    expect((await replay(['--all'])).exitCode).toBe(exitCode);
  });

  it('exit code 3 if nothing was reached', async () => {
    app = { url: `http://127.0.0.1:${await closedPort()}/`, requests: [] };
    const ran = await replay(['--all']);
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toMatch(/3 replayed: 0 accepted, 3 .*\(connection_refused: 3\)/);
  });

  it('--concurrency delivers several at once', async () => {
    let [open, most] = [0, 0];
    const waiting: (() => void)[] = [];
    app = await httpTarget((_request, response) => {
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

describe('--from', () => {
  it('reads a journal, stdin, or the output of listen --json', async () => {
    const { startListen, post } = await import('../../support/listener.ts');
    const listener = await startListen(['--no-capture']);
    await post(listener.url, { id: 'msg_printed' });
    await listener.stop();
    writeFileSync(join(cwd, 'printed.jsonl'), listener.io.stdout.text);
    const printed = await replay(['--from', 'printed.jsonl']);
    expect(printed.exitCode, printed.stderr).toBe(0);
    expect(app.requests.at(-1)!.headers['webhook-id']).toBe('msg_printed');

    // Empty lines are skipped.
    const lines = recordsIn(folder).map((record) => `${JSON.stringify(record)}\n\n`);
    writeFileSync(join(cwd, 'copy.jsonl'), lines.join(''));
    for (const world of [{}, { stdin: Buffer.from(lines.join('')) }]) {
      for (const args of [[], ['--type', 'session.*'], ['--set', 'data.name=x']]) {
        app.requests.length = 0;
        const from = 'stdin' in world ? '-' : 'copy.jsonl';
        expect((await replay(['--from', from, ...args], world)).exitCode).toBe(0);
        expect(sent()).toEqual(args[0] === '--type' ? ['evt_c'] : ['evt_a', 'evt_b', 'evt_c']);
      }
    }
  });

  it('omits and lists invalid headers', async () => {
    const [first] = recordsIn(folder) as [{ headers: [string, string][] }];
    const headers = [...first.headers, ['x-note', 'two\nlines'], ['bad name', 'x']];
    writeFileSync(join(cwd, 'odd.jsonl'), `${JSON.stringify({ ...first, headers })}\n`);
    const ran = await replay(['--from', 'odd.jsonl', '--exact']);
    expect(ran.stderr).toMatch(/note: .*\bx-note\b.*\nnote: .*\bbad name\b/);
    expect(ran.exitCode).toBe(0);
    expect(app.requests.at(-1)!.headers['x-note']).toBeUndefined();
  });

  it('follows a link and reads a named pipe; a folder is rejected', async () => {
    const [first] = recordsIn(folder);
    writeFileSync(join(cwd, 'one.jsonl'), `${JSON.stringify(first)}\n`);
    symlinkSync(join(cwd, 'one.jsonl'), join(cwd, 'link.jsonl'));
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    const writing = startProcess('sh', ['-c', 'cat one.jsonl > pipe'], { cwd });
    for (const from of ['link.jsonl', 'pipe'])
      expect((await replay(['--from', from])).exitCode, from).toBe(0);
    expect(sent()).toEqual(['evt_a', 'evt_a']);
    await writing.ended;
    const ran = await replay(['--from', '.', '--json']);
    expect(ran).toMatchObject({
      exitCode: 2,
      facts: [{ code: 'unreadable_file', detail: expect.stringContaining('folder') }],
    });
  });

  it('does not send a body in which --json masked a secret', async () => {
    const { startListen, post } = await import('../../support/listener.ts');
    const listener = await startListen(['--no-capture']);
    await post(listener.url, { body: JSON.stringify({ id: 'evt_masked', data: `whsec_${'A'.repeat(32)}` }) });
    await post(listener.url, { body: JSON.stringify({ id: 'evt_whole', data: 'whsec' }) });
    await listener.stop();
    writeFileSync(join(cwd, 'printed.jsonl'), listener.io.stdout.text);
    const ran = await replay(['--from', 'printed.jsonl']);
    expect(ran.exitCode, ran.stderr).toBe(1);
    expect(sent()).toEqual(['evt_whole']);
    expect(ran.stderr).toMatch(/note: .*\bdamaged\b.*\bprinted\.jsonl line 2\n/);
  });

  it('ends with Ctrl-C while stdin is still open', async () => {
    const [first] = recordsIn(folder);
    const started = startBin(['replay', '--from', '-', '--to', app.url], { env: secretInEnv, cwd });
    started.child.stdin.write(`${JSON.stringify(first)}\n`);
    await started.until(/✓ 201/);
    started.child.kill('SIGINT');
    expect(await started.ended).toBe(130);
  });

  it('skips and counts damaged lines, and exits with 1', async () => {
    const [first] = recordsIn(folder);
    const text = `{"v":1,"record\n${JSON.stringify(first)}\nhello\n`;
    writeFileSync(join(cwd, 'damaged.jsonl'), text);
    for (const [from, world] of [
      ['damaged.jsonl', {}],
      ['-', { stdin: Buffer.from(text) }],
    ] as const) {
      app.requests.length = 0;
      const ran = await replay(['--from', from], world);
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toMatch(/note: .*\b2 damaged records\b.*\bline 1\n/);
      expect(sent()).toEqual(['evt_a']);
    }
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
    expect(app.requests).toEqual([]);
  });

  it('a record of a later version, wherever it is', async () => {
    writeFileSync(join(folder, 'later.jsonl'), '{"v":2,"record":"capture","headers":[]}\n');
    for (const args of [['--all'], ['--failed'], ['last:2']]) {
      const ran = await replay([...args, '--json']);
      expect(ran).toMatchObject({
        exitCode: 2,
        facts: [{ code: 'newer_captures', message: expect.stringContaining('later.jsonl') }],
      });
    }
    expect(app.requests).toEqual([]);
  });

  it('an edit of a body that is not JSON', async () => {
    const { journal } = openJournal(folder, { sync: false, now });
    await journal.keep(kept(someCapture({ body: Buffer.from('hello'), eventType: 'x.y', time: now() })));
    await journal.close();
    const ran = await replay(['--all', '--set', 'data.name=x', '--json']);
    expect(ran).toMatchObject({ exitCode: 2, facts: [{ code: 'uneditable_capture' }] });
    expect(app.requests).toEqual([]);
  });
});
