import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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

/** A command line that starts the app, and the file that the app writes its process ids to. */
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
    /** Processes of the app that are still running. */
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
    // A zombie is no longer running.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('--start', () => {
  it.each(['', 'late', 'forks', 'stubborn'])('MODE=%j: the app is checked, then stopped', async (mode) => {
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

  it('a failing check stops the app, too', async () => {
    const { args, cwd, left } = await prepared('crashes');
    const { exitCode, stdout, stderr } = await runBin(args, { cwd });
    const { diagnoses, failed } = sortFacts(readFacts(stdout));
    expect(exitCode).toBe(1);
    expect(diagnoses).toEqual(['crashes']);
    expect(failed).toContain('empty-body');
    expect(stderr).toMatch(/^note: the app .*\bexit code 9\b.*\bduring\b/m);
    expect(await gone(left)).toEqual([]);
  });

  it('without a secret, the app gets a new one, and messages are signed with it', async () => {
    const { args, cwd } = await prepared('', ['--only', 'plain', '--verbose']);
    const { exitCode, stderr } = await runBin(args, { cwd });
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/whsec_\S{2}… from this run\b.*\bas SCALEKIT_WEBHOOK_SECRET$/m);
    expect(stderr).toContain(`app: the secret has ${testSecret.length} characters`);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['the environment', { SCALEKIT_WEBHOOK_SECRET: testSecret }, []],
    ['--secret', {}, ['--secret', testSecret]],
    ['.env', {}, []],
  ])('the app gets the secret from %s', async (source, env, flags) => {
    const { args, cwd } = await prepared('', ['--only', 'plain', ...flags]);
    if (source === '.env') writeFileSync(join(cwd, '.env'), `SCALEKIT_WEBHOOK_SECRET=${testSecret}`);
    const { exitCode, stderr } = await runBin(args, { cwd, env });
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('checking http://127.0.0.1:');
    expect(stderr).toContain('whsec_C2…');
  });

  it('the port is already in use: exit code 2, and nothing is started', async () => {
    const target = await answering(201);
    const { port } = new URL(target.url);
    const cwd = temporaryFolder();
    const args = ['check', target.url, '--json', '--start', 'touch started'];
    const { exitCode, stdout } = await runBin(args, { cwd });
    expect(exitCode).toBe(2);
    expect(readFacts(stdout)).toMatchObject([{ kind: 'error', code: 'already_listening' }]);
    expect(stdout).toContain(`port ${port}`);
    expect(existsSync(join(cwd, 'started'))).toBe(false);
    expect(target.requests).toEqual([]);
  });

  it('an app that exits before it is ready: exit code 2, with its exit code and its last 20 lines', async () => {
    const { args, cwd, left } = await prepared('fails');
    const { exitCode, stdout, stderr } = await runBin(args, { cwd });
    expect(exitCode).toBe(2);
    expect(readFacts(stdout)).toMatchObject([{ kind: 'error', code: 'app_ended' }]);
    expect(stdout).toMatch(/\bexit code 7\b/);
    expect(stderr.match(/app: line \d+/g)).toEqual(
      Array.from({ length: 20 }, (_, index) => `app: line ${index + 11}`),
    );
    expect(await gone(left)).toEqual([]);
  });

  it('an app that crashes on the first message: its exit code and its last lines are printed', async () => {
    const { args, cwd } = await prepared('dies');
    const { exitCode, stderr } = await runBin(args, { cwd });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^note: the app .*\bexit code 9\b.*\bduring\b/m);
    expect(stderr).toContain('app: dying of a message');
  });

  it('under GITHUB_ACTIONS, an app that does not start gets an annotation', async () => {
    const { args, cwd } = await prepared('fails');
    const { stderr } = await runBin(args, { cwd, env: { GITHUB_ACTIONS: 'true' } });
    expect(stderr).toMatch(/^::error title=check%3A .*\bexit code 7\b.*::.*%0Afix: /m);
  });

  it('an empty command', async () => {
    const { exitCode, stdout } = await runBin(['check', '--json', '--start', ' ']);
    expect(exitCode).toBe(2);
    expect(readFacts(stdout)).toMatchObject([{ code: 'invalid_value' }]);
  });

  it('a command that does not exist', async () => {
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

  it('an app that never listens: exit code 2 after --wait', async () => {
    const { args, cwd, left } = await prepared('deaf', ['--wait', '2s']);
    const { exitCode, stdout } = await runBin(args, { cwd });
    expect(exitCode).toBe(2);
    expect(readFacts(stdout)).toMatchObject([{ code: 'app_not_ready' }]);
    expect(await gone(left)).toEqual([]);
  });
});

describe('the app stops however check ends', () => {
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
  ])('%s while check waits', async (signals, code) => {
    expect(await interrupted('deaf', signals)).toEqual({ ended: code, left: [] });
  });

  it('Ctrl-C while the app is being stopped', async () => {
    const { args, cwd, left } = await prepared('stubborn', ['--only', 'plain', '--verbose']);
    const started = startBin(args, { cwd });
    started.child.stdin.end();
    // The app ignores SIGTERM.
    await started.until(/app: not yet/);
    started.child.kill('SIGINT');
    started.child.kill('SIGINT');
    await started.ended;
    expect(await gone(left)).toEqual([]);
  });

  it('a closed stdout', async () => {
    const { args, cwd, left } = await prepared('forks');
    const started: Started = startBin(args, { cwd });
    started.child.stdout.destroy();
    started.child.stdin.end();
    await started.ended;
    expect(await gone(left)).toEqual([]);
  });
});

/** The processes of the app that are still running, after up to 2 s for killed ones to disappear. */
async function gone(left: () => string[]): Promise<string[]> {
  for (let look = 0; left().length > 0 && look < 100; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return left();
}
