import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EventSpool } from '../../src/scalekit/spool.ts';
import { startProcess } from '../support/processes.ts';
import { numbered, old, pullEnv } from '../support/pulling.ts';
import { bin } from '../support/repository.ts';
import { logEntry, scalekitStandIn } from '../support/scalekit-stand-in.ts';
import { httpTarget } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

const hasNamespaces = spawnSync('unshare', ['-rm', 'true']).status === 0;

it('gives the event that was added last, each once, also what it has not written yet', () => {
  const spool = new EventSpool();
  const events = numbered(2000);
  for (const event of [...events, events[7]!, events[1999]!]) spool.add(event as never);
  expect(spool.count).toBe(2000);
  const taken = Array.from({ length: 2000 }, () => spool.takeOldest());
  expect(taken.map((event) => JSON.parse(String(event?.body)))).toEqual(
    events.map((event) => ({ ...event, occurred_at: event.occurred_at.replace('0Z', 'Z') })).reverse(),
  );
  expect(taken[0]).toMatchObject({ id: 'evt_101999', type: 'user.created', organizationId: 'org_1' });
  expect(spool.takeOldest()).toBeUndefined();
  spool.close();
});

describe('a temporary folder without room: nothing is sent, and nothing is left there', () => {
  /** `limit` is a shell command that leaves room for some of the events in $TMPDIR. */
  async function pullWithin(shell: readonly string[], limit: string) {
    // 190 kB: written at once, so that no later write fails after a short one.
    const api = await scalekitStandIn(
      Array.from({ length: 150 }, (_, index) => logEntry(index, { data: { text: 'x'.repeat(1000) } })),
    );
    const app = await httpTarget();
    const folder = join(temporaryFolder(), 'temporary');
    mkdirSync(folder);
    const command = `${limit}; '${process.execPath}' '${bin}' pull ${old.join(' ')} --json --no-capture --to ${app.url}; echo "ended $? with $(ls "$TMPDIR" | wc -l) files"`;
    const [file, ...args] = shell;
    const started = startProcess(file!, [...args, command], {
      env: { ...pullEnv(api.url), TMPDIR: folder },
    });
    started.child.stdin.end();
    await started.ended;
    const [error, ended] = started.stdout().trim().split('\n');
    expect(JSON.parse(error!)).toMatchObject({ kind: 'error', code: 'unusable_temporary_folder' });
    expect(ended).toBe('ended 2 with 0 files');
    expect(app.requests).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  }

  // The write that reaches the limit is short and does not fail.
  it('a file size limit', () => pullWithin(['bash', '-c'], 'ulimit -S -f 100'));

  it.skipIf(!hasNamespaces)('a full disk (skipped without user namespaces)', () =>
    pullWithin(['unshare', '-rm', 'sh', '-c'], 'mount -t tmpfs -o size=100k tmpfs "$TMPDIR"'),
  );
});
