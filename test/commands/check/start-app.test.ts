import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sortFacts } from '../../support/checking.ts';
import { readFacts, testSecret } from '../../support/memory-io.ts';
import { runBin, type Started, startBin } from '../../support/processes.ts';
import { repository } from '../../support/repository.ts';
import { answering, closedPort } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const app = join(repository, 'test/support/handlers/started.mjs');
const few = ['--only', 'rejects', '--only', 'odd-bodies', '--only', 'afterwards'];

/** A command line that starts the app, and where it leaves its process ids. */
async function prepared(mode: string, flags: string[] = few) {
  const cwd = temporaryFolder();
  const port = await closedPort();
  const pids = join(cwd, 'pids');
  const command = `MODE='${mode}' PORT=${port} PIDS='${pids}' '${process.execPath}' '${app}'`;
  const args = ['check', `127.0.0.1:${port}/webhook`, '--json', '--start', command, ...flags];
  return {
    args,
    cwd,
    port,
    /** Processes of the app that are still there. */
    left: () =>
      readFileSync(pids, 'utf8')
        .trim()
        .split('\n')
        .filter((pid) => isAlive(Number(pid))),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended and waits for its parent is no longer there.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('--start', () => {
  it.each(['', 'late', 'forks', 'stubborn'])('an app that is %s: checked, and then gone', async (mode) => {
    const { args, cwd, left } = await prepared(mode);
    const { exitCode, stdout } = await runBin(args, { cwd });
    expect(stdout, stdout).toContain('"kind":"summary"');
    const { failed } = sortFacts(readFacts(stdout));
    expect({ exitCode, failed, left: await gone(left) }).toEqual({
      exitCode: 0,
      failed: [],
      left: [],
    });
  });

  it('a failing check leaves nothing behind either', async () => {
    const { args, cwd, left } = await prepared('crashes');
    const { exitCode, stdout, stderr } = await runBin(args, { cwd });
    const { diagnoses, failed } = sortFacts(readFacts(stdout));
    expect(exitCode).toBe(1);
    expect(diagnoses).toEqual(['crashes']);
    expect(failed).toContain('empty-body');
    expect(stderr).toContain('the app ended with exit code 9 in the midst of the check');
    expect(await gone(left)).toEqual([]);
  });

  it('the app has a secret made for the run, the same as what it is sent is signed with', async () => {
    const { args, cwd } = await prepared('', ['--only', 'plain', '--verbose']);
    const { exitCode, stderr } = await runBin(args, { cwd });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('from this run, which made it');
    expect(stderr).toContain(`app: the secret has ${testSecret.length} characters`);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['the environment', { SCALEKIT_WEBHOOK_SECRET: testSecret }, []],
    ['--secret', {}, ['--secret', testSecret]],
    ['.env', {}, []],
  ])('the app has the secret of %s', async (source, env, flags) => {
    const { args, cwd } = await prepared('', ['--only', 'plain', ...flags]);
    if (source === '.env') writeFileSync(join(cwd, '.env'), `SCALEKIT_WEBHOOK_SECRET=${testSecret}`);
    const { exitCode, stderr } = await runBin(args, { cwd, env });
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('checking http://127.0.0.1:');
    expect(stderr).toContain('whsec_C2…');
  });

  it('something listens there already: exit code 2 with the port, and nothing is started', async () => {
    const target = await answering(201);
    const { port } = new URL(target.url);
    const { exitCode, stdout } = await runBin(['check', target.url, '--json', '--start', `touch started`]);
    expect(exitCode).toBe(2);
    expect(readFacts(stdout)).toMatchObject([{ kind: 'error', code: 'already_listening' }]);
    expect(stdout).toContain(`port ${port}`);
    expect(target.requests).toEqual([]);
  });

  it('an app that ends before it is ready: exit code 2, with how, and its last 20 lines', async () => {
    const { args, cwd, left } = await prepared('fails');
    const { exitCode, stdout, stderr } = await runBin(args, { cwd });
    expect(exitCode).toBe(2);
    expect(readFacts(stdout)).toMatchObject([{ kind: 'error', code: 'app_ended' }]);
    expect(stdout).toContain('ended with exit code 7');
    expect(stderr.match(/app: line \d+/g)).toEqual(
      Array.from({ length: 20 }, (_, index) => `app: line ${index + 11}`),
    );
    expect(await gone(left)).toEqual([]);
  });

  it('one that dies of the first message: it is said, with its last lines', async () => {
    const { args, cwd } = await prepared('dies');
    const { exitCode, stderr } = await runBin(args, { cwd });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('the app ended with exit code 9 in the midst of the check');
    expect(stderr).toContain('app: dying of a message');
  });

  it('under GITHUB_ACTIONS an app that does not start is annotated', async () => {
    const { args, cwd } = await prepared('fails');
    const { stderr } = await runBin(args, { cwd, env: { GITHUB_ACTIONS: 'true' } });
    expect(stderr).toMatch(/^::error title=check%3A .*ended with exit code 7 before it could be checked::/m);
  });

  it('no command', async () => {
    const { exitCode, stdout } = await runBin(['check', '--json', '--start', ' ']);
    expect(exitCode).toBe(2);
    expect(readFacts(stdout)).toMatchObject([{ code: 'invalid_value' }]);
  });

  it('a command that is not there', async () => {
    const { exitCode, stdout, stderr } = await runBin([
      'check',
      `127.0.0.1:${await closedPort()}`,
      '--json',
      '--start',
      'no-such-command-anywhere',
    ]);
    expect(exitCode).toBe(2);
    expect(readFacts(stdout)).toMatchObject([{ code: 'app_ended' }]);
    expect(stderr).toMatch(/app: .*not found/);
  });

  it('one that never listens: exit code 2 after --wait', async () => {
    const { args, cwd, left } = await prepared('deaf', ['--wait', '2s']);
    const { exitCode, stdout } = await runBin(args, { cwd });
    expect(exitCode).toBe(2);
    expect(readFacts(stdout)).toMatchObject([{ code: 'app_not_ready' }]);
    expect(await gone(left)).toEqual([]);
  });
});

describe('however it ends, the app ends with it', () => {
  const interrupted = async (mode: string, signals: NodeJS.Signals[]) => {
    const { args, cwd, left } = await prepared(mode, ['--verbose']);
    const started = startBin(args, { cwd });
    started.child.stdin.end();
    await started.until(/app: the secret has/);
    for (const signal of signals) started.child.kill(signal);
    return { ended: await started.ended, left: await gone(left) };
  };

  it.each<[NodeJS.Signals[], number | string]>([
    [['SIGINT'], 130],
    [['SIGTERM'], 143],
    [['SIGHUP'], 129],
    [['SIGQUIT'], 131],
    [['SIGINT', 'SIGINT'], 130],
  ])('%s while it waits', async (signals, code) => {
    expect(await interrupted('deaf', signals)).toEqual({ ended: code, left: [] });
  });

  it('Ctrl-C while it is being stopped', async () => {
    const { args, cwd, left } = await prepared('stubborn', ['--only', 'plain', '--verbose']);
    const started = startBin(args, { cwd });
    started.child.stdin.end();
    // It was asked to end, and does not.
    await started.until(/app: not yet/);
    started.child.kill('SIGINT');
    started.child.kill('SIGINT');
    await started.ended;
    expect(await gone(left)).toEqual([]);
  });

  it('a reader that has gone', async () => {
    const { args, cwd, left } = await prepared('forks');
    const started: Started = startBin(args, { cwd });
    started.child.stdout.destroy();
    started.child.stdin.end();
    await started.ended;
    expect(await gone(left)).toEqual([]);
  });
});

/** What is left of the app, once what was killed a moment ago has been cleared away. */
async function gone(left: () => string[]): Promise<string[]> {
  for (let look = 0; left().length > 0 && look < 100; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return left();
}
