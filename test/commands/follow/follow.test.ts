import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openJournal } from '../../../src/captures/journal/writer.ts';
import type { Capture } from '../../../src/captures/record.ts';
import { kept, someCapture } from '../../support/captures.ts';
import { secretInEnv } from '../../support/listener.ts';
import { type Started, startBin } from '../../support/processes.ts';
import { answering, closedPort, httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

/** A folder that a test writes captures to, as a listener does. */
function place() {
  const cwd = temporaryFolder();
  const state = temporaryFolder();
  const { journal } = openJournal(join(cwd, '.scalekit-hooks/captures'), { sync: false, now: Date.now });
  const keep = async (...changes: Partial<Capture>[]) => {
    const captures = changes.map((change) => someCapture({ time: Date.now(), ...change }));
    for (const capture of captures) await journal.keep(kept(capture));
    return captures;
  };
  const start = (...args: string[]) =>
    startBin(args, { cwd, env: { ...secretInEnv, XDG_STATE_HOME: state } });
  const follow = async (...args: string[]) => {
    const started = start('replay', '--follow', ...args);
    await started.until(/following from/);
    return started;
  };
  return { cwd, keep, start, follow };
}

const stopped = async (started: Started) => {
  started.child.kill('SIGINT');
  return started.ended;
};

describe('replay --follow', () => {
  it('delivers what arrives from now on, re-signed and in order, and nothing from before', async () => {
    const { keep, follow } = place();
    const app = await httpTarget();
    await keep({});
    const following = await follow('--to', app.url);
    const later = await keep({}, {}, {});
    await following.until(/(✓ 201.*\n){3}|(?:✓ 201[\s\S]*){3}/);
    expect(await stopped(following)).toBe(130);
    expect(app.requests.map(({ headers }) => headers['webhook-id'])).toEqual(
      later.map(({ webhookId }) => webhookId),
    );
  });

  it('goes on where it stopped, under another name from now on', async () => {
    const { keep, follow } = place();
    const app = await httpTarget();
    const first = await follow('--to', app.url);
    await keep({});
    await first.until(/✓ 201/);
    await stopped(first);
    expect(first.stderr()).toMatch(/^1 replayed: 1 accepted /m);
    const missed = await keep({}, {});
    const other = await follow('--to', app.url, '--name', 'other');
    expect(other.stderr()).toContain('from now on');
    const again = await follow('--to', app.url);
    expect(again.stderr()).toContain('where this follower stopped');
    await again.until(/(?:✓ 201[\s\S]*){2}/);
    await Promise.all([stopped(other), stopped(again)]);
    expect(app.requests.slice(1).map(({ headers }) => headers['webhook-id'])).toEqual(
      missed.map(({ webhookId }) => webhookId),
    );
  });

  it('advances after any status, and waits where there is no response', async () => {
    const { keep, follow } = place();
    const failing = await answering(500);
    const following = await follow('--to', failing.url);
    await keep({}, {});
    await following.until(/(?:500[\s\S]*){2}/);
    expect(await stopped(following)).toBe(130);
    expect(failing.requests).toHaveLength(2);

    const closed = `http://127.0.0.1:${await closedPort()}/webhook`;
    const waiting = await follow('--to', closed);
    await keep({});
    await waiting.until(/attempt 2/);
    await stopped(waiting);
    // It was not delivered, so the next run begins with it.
    const again = await follow('--to', closed);
    await again.until(/attempt 1/);
    await stopped(again);
  });

  it('--type, --organization and --limit; --limit ends with 0', async () => {
    const { keep, follow } = place();
    const app = await httpTarget();
    const filters = ['--type', 'user.*', '--organization', 'org_1', '--limit', '2'];
    const following = await follow('--to', app.url, ...filters);
    const [one, , , two] = await keep(
      { organizationId: 'org_1' },
      { organizationId: 'org_2' },
      { organizationId: 'org_1', eventType: 'session.created' },
      { organizationId: 'org_1' },
      { organizationId: 'org_1' },
    );
    expect(await following.ended).toBe(0);
    expect(app.requests.map(({ headers }) => headers['webhook-id'])).toEqual([
      one!.webhookId,
      two!.webhookId,
    ]);
  });

  it('--since also delivers earlier captures, except those that this follower has delivered', async () => {
    const { keep, start, follow } = place();
    const app = await httpTarget();
    const [first, second] = await keep({}, {});
    const replayed = start('replay', first!.id, '--to', app.url);
    expect(await replayed.ended).toBe(0);
    const following = await follow('--to', app.url, '--since', '1h', '--limit', '1');
    expect(await following.ended).toBe(0);
    expect(app.requests.map(({ headers }) => headers['webhook-id'])).toEqual([
      first!.webhookId,
      second!.webhookId,
    ]);
  });

  it('skips what does not verify, what was rejected, and what was composed for another handler', async () => {
    const { keep, follow } = place();
    const app = await httpTarget();
    const following = await follow('--to', app.url);
    const [, , , real] = await keep(
      { headers: [['webhook-id', 'msg_forged']] },
      { verified: false, reason: 'signature_mismatch', status: 401 },
      { source: 'compose' },
      {},
    );
    await following.until(/✓ 201/);
    await stopped(following);
    expect(app.requests.map(({ headers }) => headers['webhook-id'])).toEqual([real!.webhookId]);
    expect(following.stderr()).toMatch(/does not verify/);
  });

  it('names a capture whose body is damaged, and goes on', async () => {
    const { cwd, keep, follow } = place();
    const app = await httpTarget();
    const following = await follow('--to', app.url);
    const folder = join(cwd, '.scalekit-hooks/captures');
    const [first] = await keep({});
    await following.until(new RegExp(first!.eventId!));
    const [name] = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
    const line = readFileSync(join(folder, name!), 'utf8').replaceAll(first!.id, 'cap_damaged');
    writeFileSync(join(folder, 'damaged.jsonl'), line.replace('"headers":[', '"headers":[['));
    await following.until(/skipped cap_damaged: .*damaged/);
    const [second] = await keep({});
    await following.until(new RegExp(second!.eventId!));
    expect(await stopped(following)).toBe(130);
    expect(app.requests).toHaveLength(2);
  });

  it('a second follower of the same name and target is an error', async () => {
    const { start, follow } = place();
    const app = await httpTarget();
    const first = await follow('--to', app.url);
    const second = start('replay', '--follow', '--to', app.url);
    expect(await second.ended).toBe(2);
    expect(second.stderr()).toContain('follower_running');
    await stopped(first);
    // A lock of a process that was killed is taken over.
    const killed = await follow('--to', app.url);
    killed.child.kill('SIGKILL');
    await killed.ended;
    await stopped(await follow('--to', app.url));
  });

  it.each([
    ['--follow', '--all'],
    ['--follow', '--failed'],
    ['--follow', '--retry'],
    ['--follow', '--concurrency', '2'],
    ['--follow', '--dry-run'],
    ['--all', '--limit', '2'],
  ])('%s %s: an error', async (...args) => {
    const { start } = place();
    expect(await start('replay', ...args, '--to', '9').ended).toBe(2);
  });
});

describe('captures --follow', () => {
  it('prints captures as they arrive, until Ctrl-C', async () => {
    const { keep, start } = place();
    await keep({});
    const following = start('captures', '--follow', '--type', 'user.*');
    await following.until(/press Ctrl-C/);
    const [capture] = await keep({}, { eventType: 'session.created' });
    await following.until(new RegExp(capture!.id));
    expect(await stopped(following)).toBe(130);
    expect(following.stdout().trim().split('\n')).toHaveLength(1);
  });

  it('--name goes on where it stopped, --since begins earlier, --limit ends', async () => {
    const { keep, start } = place();
    const json = ['captures', '--follow', '--json'];
    const named = start(...json, '--name', 'desk');
    await named.until(/press Ctrl-C/);
    await stopped(named);
    const captures = await keep({}, {});
    const again = start(...json, '--name', 'desk', '--limit', '2');
    expect(await again.ended).toBe(0);
    const since = start(...json, '--since', '1h', '--limit', '2');
    expect(await since.ended).toBe(0);
    for (const { stdout } of [again, since]) {
      const facts = stdout()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(facts.map(({ capture }) => capture)).toEqual(captures.map(({ id }) => id));
    }
  });

  it('--name: what arrives after the reader of the output has gone is for the next run', async () => {
    const { keep, start } = place();
    const follow = ['captures', '--follow', '--json', '--name', 'desk'];
    const named = start(...follow);
    await named.until(/press Ctrl-C/);
    const [first] = await keep({});
    await named.until(new RegExp(first!.id));
    named.child.stdout.destroy();
    const [second] = await keep({});
    expect(await named.ended).toBe(0);
    const again = start(...follow, '--limit', '1');
    await again.until(new RegExp(second!.id));
    expect(await again.ended).toBe(0);
  });
});

describe('a reader of the output that does not read', () => {
  /** More than a pipe holds. */
  const many = Array.from({ length: 4000 }, () => ({}));

  it('does not keep captures --follow after Ctrl-C, and gets the rest in the next run', async () => {
    const { keep, start } = place();
    const captures = await keep(...many);
    const follow = ['captures', '--follow', '--name', 'desk', '--json'];
    const blocked = start(...follow, '--since', '1h');
    await blocked.until(/cap_/);
    blocked.child.stdout.pause();
    const ended = stopped(blocked);
    await once(blocked.child, 'exit');
    blocked.child.stdout.resume();
    expect(await ended).toBe(130);
    const again = start(...follow);
    await again.until(new RegExp(captures.at(-1)!.id));
    await stopped(again);
    const printed = `${blocked.stdout()}${again.stdout()}`.match(/cap_\w+/g);
    expect(new Set(printed)).toEqual(new Set(captures.map(({ id }) => id)));
    expect(blocked.stdout()).not.toContain(captures.at(-1)!.id);
  });

  it('does not keep replay --follow after Ctrl-C', async () => {
    const { keep, follow } = place();
    const app = await httpTarget();
    await keep(...many);
    const blocked = await follow('--since', '1h', '--to', app.url);
    await blocked.until(/evt_/);
    blocked.child.stdout.pause();
    let delivered = 0;
    const goesOn = () => {
      const before = delivered;
      delivered = app.requests.length;
      return delivered > before;
    };
    await vi.waitFor(() => expect(goesOn()).toBe(false), { interval: 500, timeout: 20_000 });
    const ended = stopped(blocked);
    await once(blocked.child, 'exit');
    blocked.child.stdout.resume();
    expect(await ended).toBe(130);
    expect(delivered).toBeLessThan(many.length);
  });
});
