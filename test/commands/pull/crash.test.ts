import { describe, expect, it } from 'vitest';
import { startProcess } from '../../support/processes.ts';
import { numbered, pull, pullEnv } from '../../support/pulling.ts';
import { bin } from '../../support/repository.ts';
import { logEntry, scalekitStandIn } from '../../support/scalekit-stand-in.ts';
import { httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

describe('pull --follow', () => {
  it('killed and started again, the app sees every event at least once, and those that were answered only once', {
    timeout: 120_000,
  }, async () => {
    const api = await scalekitStandIn(numbered(3));
    const app = await httpTarget();
    const cwd = temporaryFolder();
    const home = temporaryFolder();
    const start = () => {
      const started = startProcess(process.execPath, [bin, 'pull', '--follow', '--to', app.url, '--json'], {
        cwd,
        env: {
          ...process.env,
          ...pullEnv(api.url),
          XDG_STATE_HOME: home,
          XDG_CONFIG_HOME: home,
        },
      });
      started.child.stdin.end();
      return started;
    };
    const first = start();
    await expect.poll(first.stderr, { timeout: 10_000 }).toMatch(/following from now on/);
    api.log.push(...Array.from({ length: 5 }, (_, index) => logEntry(100 + index)));
    // Printed after the answer was recorded.
    const delivered = () => first.stdout().match(/"kind":"delivered"/g)?.length;
    await expect.poll(delivered, { timeout: 15_000 }).toBe(5);
    first.child.kill('SIGKILL');
    await first.ended;
    // One late entry, older than what was seen, and new ones.
    api.log.push(logEntry(50), logEntry(200), logEntry(201));
    const second = start();
    await expect.poll(() => app.requests.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(8);
    second.child.kill('SIGINT');
    expect(await second.ended).toBe(130);
    const ids = app.requests.map(({ body }) => JSON.parse(String(body)).id as string);
    expect(new Set(ids)).toEqual(
      new Set([100, 101, 102, 103, 104, 50, 200, 201].map((number) => `evt_${100_000 + number}`)),
    );
    expect(ids).toHaveLength(8);
  });

  it.each([
    [['--follow', '--dry-run']],
    [['--follow', '--save', 'x']],
    [['--name', 'ada']],
    [['--scrub']],
    [['--save', 'x', '--to', '3000']],
  ])('%j is a usage error', async (args) => {
    expect(await pull('http://127.0.0.1:1', args)).toMatchObject({ exitCode: 2 });
  });
});
