import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../../src/captures/journal/writer.ts';
import type { Capture } from '../../../src/captures/record.ts';
import { kept, keptOutcome, someCapture, someOutcome, withSignature } from '../../support/captures.ts';
import { secretInEnv } from '../../support/listener.ts';
import { runCommand, type World } from '../../support/memory-io.ts';
import { eventOf, now, useReplaySetup } from '../../support/replaying.ts';
import { closedPort, httpTarget } from '../../support/targets.ts';

const setup = useReplaySetup();
const { replay, sent } = setup;

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
    await replay(['--since', new Date(setup.captures[1]!.time).toISOString()]);
    expect(sent()).toEqual(['evt_b', 'evt_c']);
    setup.app.requests.length = 0;
    const ran = await replay(['--since', '1s']);
    expect(ran).toMatchObject({ exitCode: 2 });
    expect(ran.stderr).toContain('[no_matching_captures]');
  });

  it('by capture id, with or without cap_, by event id and by webhook-id', async () => {
    const { id, webhookId } = setup.captures[1]!;
    for (const name of [id, webhookId!, 'evt_b', id.slice(4)]) {
      setup.app.requests.length = 0;
      const ran = await replay([name]);
      expect(ran.exitCode, `${name} ${ran.stderr}`).toBe(0);
      expect(sent()).toEqual(['evt_b']);
    }
  });

  it('--failed: each webhook-id once, with its newest capture, and not after it was accepted', async () => {
    const { journal } = openJournal(setup.folder, { sync: false, now: () => 1795360050000 });
    const [, b] = setup.captures as [Capture, Capture];
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
    setup.app.requests.length = 0;
    const none = await replay(['--failed']);
    expect(none).toMatchObject({ exitCode: 0, stdout: '' });
    expect(none.stderr).toContain('nothing to replay');
    expect(sent()).toEqual([]);
  });

  it('--failed: a forged message with the same id does not hide the real one', async () => {
    const { journal } = openJournal(setup.folder, { sync: false, now: () => 1795360050000 });
    const [, b] = setup.captures as [Capture, Capture];
    const forged = {
      verified: false,
      reason: 'signature_mismatch',
      webhookId: b.webhookId,
      time: b.time + 60_000,
    } as const;
    await journal.keep(kept(someCapture({ ...forged, status: 401 })));
    // Forwarded with --forward-unverified, and accepted.
    const accepted = someCapture({ ...forged, status: null, forwardTo: setup.app.url });
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
      cwd: setup.cwd,
      now,
    });
    expect(failed.exitCode).toBe(3);
    const { exitCode, facts } = await replay(['--failed', '--json']);
    expect({ exitCode, sent: sent() }).toEqual({ exitCode: 0, sent: ['evt_b', 'evt_c'] });
    expect(facts.at(-1)).toMatchObject({ kind: 'summary', total: 2, unsent: 0, accepted: 2 });
  });

  it('--failed does not repeat an accepted capture without a webhook-id', async () => {
    const { journal } = openJournal(setup.folder, { sync: false, now: () => 1795360050000 });
    const nameless = someCapture({
      time: now() - 1000,
      webhookId: null,
      verified: false,
      reason: 'missing_header',
      status: null,
      forwardTo: setup.app.url,
      headers: [],
    });
    await journal.keep(kept(nameless));
    await journal.keep(keptOutcome(someOutcome(nameless, { status: 500 })));
    await journal.close();
    await replay(['--failed', '--trust']);
    expect(setup.app.requests).toHaveLength(3);
    expect((await replay(['--failed', '--trust'])).stderr).toContain('nothing to replay');
    expect(setup.app.requests).toHaveLength(3);
  });

  it('a damaged record elsewhere is reported, but is no failure', async () => {
    writeFileSync(join(setup.folder, '2026-11-22T15-06-41.000-00000000.jsonl'), '{"v":1,"rec');
    const ran = await replay(['--all']);
    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toMatch(/note: .*\bdamaged\b.* 2026-11-22T15-06-41\.000-00000000\.jsonl line 1\n/);
  });

  it('rejected captures are skipped and counted; an id and --trust replay one, with a note', async () => {
    const all = await replay(['--all']);
    expect(all.stderr).toMatch(/\b1 rejected capture\b/);
    setup.app.requests.length = 0;
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
    const listener = await startListen([], { cwd: setup.cwd });
    const ran = await runCommand(['replay', '--all', '--to', listener.url], {
      env: secretInEnv,
      cwd: setup.cwd,
    });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(listener.facts('received')).toHaveLength(3);
  });
});

describe('--failed without --to', () => {
  const failed = (world: World = {}) =>
    runCommand(['replay', '--failed', '--json'], { env: secretInEnv, cwd: setup.cwd, now, ...world });
  const keep = async (...kinds: Partial<Capture>[]) => {
    const { journal } = openJournal(setup.folder, { sync: false, now: () => 1795360050000 });
    for (const changes of kinds) await journal.keep(kept(someCapture({ status: null, ...changes })));
    await journal.close();
  };

  it('each goes where it had been forwarded', async () => {
    const other = await httpTarget();
    await keep({ eventId: 'evt_x', forwardTo: other.url }, { eventId: 'evt_y', forwardTo: other.url });
    expect((await failed()).exitCode).toBe(0);
    expect([setup.app.requests.length, other.requests.length]).toEqual([2, 2]);
  });

  it('a target that is not allowed is an error before anything is sent', async () => {
    await keep({ forwardTo: 'https://example.com/webhook' });
    expect(await failed()).toMatchObject({ exitCode: 2, facts: [{ code: 'foreign_host' }] });
    expect(setup.app.requests).toEqual([]);
  });

  it('one app is down: exit code 1, and the others get theirs', async () => {
    await keep({ forwardTo: `http://127.0.0.1:${await closedPort()}/webhook` });
    expect((await failed()).exitCode).toBe(1);
    expect(setup.app.requests).toHaveLength(2);
  });
});
