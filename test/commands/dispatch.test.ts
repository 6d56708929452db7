import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../src/captures/journal/writer.ts';
import { kept, someCapture } from '../support/captures.ts';
import { secretInEnv } from '../support/listener.ts';
import { runCommand } from '../support/memory-io.ts';
import { answering } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** A working directory with `count` captures, so that `replay --all` delivers as many messages as `send --count`. */
async function withCaptures(count: number): Promise<string> {
  const cwd = temporaryFolder();
  const folder = join(cwd, '.scalekit-hooks/captures');
  const { journal } = openJournal(folder, { sync: false, now: () => 1795360000000 });
  for (let index = 0; index < count; index += 1) await journal.keep(kept(someCapture()));
  await journal.close();
  return cwd;
}

const commands = {
  send: (count: number) => ['send', 'user.created', '--count', String(count)],
  replay: () => ['replay', '--all'],
};

describe.each(['send', 'replay'] as const)('delivery by %s', (command) => {
  async function deliver(count: number, url: string, ...more: string[]) {
    const cwd = await withCaptures(count);
    return runCommand([...commands[command](count), '--to', url, ...more], { env: secretInEnv, cwd });
  }

  it('reports a Retry-After that is too long to wait for', async () => {
    const never = await answering(503, '', { 'retry-after': '315360000' });
    const ran = await deliver(1, never.url, '--retry', '--retry-scale', '0.001');
    expect(never.requests).toHaveLength(1);
    expect(ran.stderr).toMatch(/^note: .*\b315360000 s\b/m);
    expect(ran.exitCode).toBe(1);
  });

  it('reports ten failures of a large batch, and counts all of them', async () => {
    const target = await answering(500);
    const ran = await deliver(120, target.url);
    // A replay does not know how many captures follow, so it counts as large only after 100 deliveries.
    expect(ran.stdout.match(/✗ 500/g)).toHaveLength(command === 'send' ? 10 : 101);
    expect(ran.stderr.match(/^note: further failures /gm)).toHaveLength(1);
    const json = await deliver(120, target.url, '--json');
    expect(json.facts.filter(({ kind }) => kind === 'delivered')).toHaveLength(120);
    expect(json.facts.at(-1)).toMatchObject({ kind: 'summary', command, total: 120, statuses: { 500: 120 } });
  });

  it('exits with 3 when no response arrived, and with 1 when some did', async () => {
    const target = await answering(500);
    expect((await deliver(3, target.url)).exitCode).toBe(1);
    expect((await deliver(3, 'http://127.0.0.1:1/webhook')).exitCode).toBe(3);
  });

  it('--verbose prints each message with its credentials masked', async () => {
    const target = await answering(201);
    const ran = await deliver(1, target.url, '--verbose', '-H', 'authorization: Bearer abc');
    expect(ran.stderr).toMatch(/> webhook-id: /i);
    expect(ran.stderr).not.toContain('Bearer abc');
  });
});
