import { execFileSync } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../../src/captures/journal/writer.ts';
import { kept, recordsIn, someCapture } from '../../support/captures.ts';
import { post, secretInEnv, startListen } from '../../support/listener.ts';
import { runCommand } from '../../support/memory-io.ts';
import { startBin } from '../../support/processes.ts';
import { httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const env = secretInEnv;
const folderOf = (cwd: string) => join(cwd, '.scalekit-hooks/captures');

/** A working directory as somebody else has made it: with a record that claims to be verified. */
async function foreign() {
  const cwd = temporaryFolder();
  const { journal } = openJournal(folderOf(cwd), { sync: false, now: Date.now });
  const real = someCapture({ time: Date.now() - 1000 });
  const forged = someCapture({
    time: Date.now(),
    headers: [['webhook-id', 'msg_evil']],
    eventId: 'evt_evil',
  });
  await journal.keep(kept(real));
  await journal.keep(kept(forged));
  await journal.close();
  const app = await httpTarget();
  const replay = (...args: string[]) => runCommand(['replay', ...args, '--to', app.url], { env, cwd });
  return { cwd, real, forged, app, replay };
}

describe('a record that claims to be verified', () => {
  it.each([['--all'], ['--failed'], ['--type', 'user.*']])(
    '%s leaves it out, and says so',
    async (...args) => {
      const { app, replay } = await foreign();
      const { stderr } = await replay(...args);
      expect(app.requests.filter(({ headers }) => headers['webhook-id'] === 'msg_evil')).toEqual([]);
      if (args[0] !== '--failed') expect(stderr).toMatch(/skipped 1 capture that does not verify/);
    },
  );

  it('named by id, it needs --trust', async () => {
    const { app, replay } = await foreign();
    expect(await replay('evt_evil')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('untrusted_capture'),
    });
    expect(app.requests).toEqual([]);
    expect((await replay('evt_evil', '--trust')).exitCode).toBe(0);
    expect(app.requests).toHaveLength(1);
  });

  it('--exact signs nothing, so it sends it as it is', async () => {
    const { app, replay } = await foreign();
    expect((await replay('evt_evil', '--exact')).exitCode).toBe(0);
    expect(app.requests[0]!.headers['webhook-signature']).toBeUndefined();
  });

  it('with all secrets: one that was signed with an older secret is genuine', async () => {
    const { cwd, app } = await foreign();
    const older = {
      SCALEKIT_WEBHOOK_SECRET: `whsec_${'N'.repeat(32)} ${secretInEnv.SCALEKIT_WEBHOOK_SECRET}`,
    };
    await runCommand(['replay', '--all', '--to', app.url], { env: older, cwd });
    expect(app.requests).toHaveLength(1);
  });
});

describe('whose captures they are', () => {
  it('in version control: said by captures, replay and listen, without running git', async () => {
    const { cwd, replay } = await foreign();
    writeFileSync(join(folderOf(cwd), '.gitignore'), '!*\n');
    const git = (...args: string[]) => execFileSync('git', args, { cwd, stdio: 'ignore' });
    git('init', '-q');
    git('add', '-f', '.');
    const said = /in version control/;
    expect((await runCommand(['captures'], { env, cwd })).stderr).toMatch(said);
    expect((await replay('--all')).stderr).toMatch(said);
    const listener = await startListen([], { cwd });
    expect(listener.io.stderr.text).toMatch(said);
    // From now on, git ignores them again.
    expect(readFileSync(join(folderOf(cwd), '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('in version control with an index of version 4, which has only the ends of names', async () => {
    const { cwd } = await foreign();
    const folder = folderOf(cwd);
    const [name] = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
    const before = `${name!.slice(0, -'00000000.jsonl'.length)}!.jsonl`;
    copyFileSync(join(folder, name!), join(folder, before));
    const git = (...args: string[]) => execFileSync('git', args, { cwd, stdio: 'ignore' });
    git('init', '-q');
    git('add', '-f', '.');
    git('update-index', '--index-version', '4');
    rmSync(join(folder, before));
    expect((await runCommand(['captures'], { env, cwd })).stderr).toMatch(/in version control/);
  });

  it.skipIf(process.getuid?.() !== 0)('of another user (skipped unless run as root)', async () => {
    const { cwd } = await foreign();
    for (const name of readdirSync(folderOf(cwd))) chownSync(join(folderOf(cwd), name), 12345, 12345);
    expect((await runCommand(['captures'], { env, cwd })).stderr).toMatch(/another user/);
  });

  it('a .git that is a link to itself: nothing is said', async () => {
    const { cwd, real } = await foreign();
    symlinkSync('.git', join(cwd, '.git'));
    const ran = await runCommand(['captures'], { env, cwd });
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toContain(real.eventId);
  });

  it('ignored captures of one’s own: nothing is said', async () => {
    const { cwd } = await foreign();
    execFileSync('git', ['init', '-q'], { cwd });
    execFileSync('git', ['add', '.'], { cwd });
    expect((await runCommand(['captures'], { env, cwd })).stderr).toBe('');
  });
});

describe('times without a listener', () => {
  const minute = 60_000;
  const listenFrom = async (cwd: string, from: number, until: number) => {
    let time = from;
    const listener = await startListen([], { cwd, now: () => time });
    time = until;
    await listener.stop();
  };

  it('a gap between two listeners is listed, a restart is not', async () => {
    const cwd = temporaryFolder();
    const start = Date.parse('2026-11-20T10:00:00Z');
    await listenFrom(cwd, start, start + minute);
    await listenFrom(cwd, start + minute + 5000, start + 10 * minute);
    await listenFrom(cwd, start + 60 * minute, start + 61 * minute);
    const { facts } = await runCommand(['captures', '--json'], { env, cwd });
    expect(facts).toMatchObject([
      { kind: 'not_listening', from: '2026-11-20T10:10:00.000Z', until: '2026-11-20T11:00:00.000Z' },
    ]);
    const { stdout } = await runCommand(['captures'], { env, cwd });
    expect(stdout).toMatch(/^no listener was running from 2026-\S+ \d\d:10:00 to 2026-\S+ \d\d:00:00\n$/);
  });

  it('none while another listener is still running', async () => {
    const cwd = temporaryFolder();
    const running = startBin(['listen', '--port', '0'], { cwd, env });
    await running.until(/ready on/);
    const later = Date.now() + 60 * minute;
    const listener = await startListen([], {
      cwd,
      now: () => later,
      runs: (pid) => pid === running.child.pid,
    });
    await listener.stop();
    expect((await runCommand(['captures', '--json'], { env, cwd })).facts).toEqual([]);
  });

  it('a listener that was killed was there until its last record', async () => {
    const cwd = temporaryFolder();
    const killed = startBin(['listen', '--port', '0'], { cwd, env });
    await killed.until(/ready on/);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const later = Date.now() + 60 * minute;
    const listener = await startListen([], { cwd, now: () => later });
    await listener.stop();
    const { facts } = await runCommand(['captures', '--json'], { env, cwd });
    expect(facts).toMatchObject([{ kind: 'not_listening', until: new Date(later).toISOString() }]);
  });
});

describe('captures clear', () => {
  it('without a time, also removes captures that a wrong clock dated in the future', async () => {
    const cwd = temporaryFolder();
    const { journal } = openJournal(folderOf(cwd), { sync: false, now: Date.now });
    await journal.keep(kept(someCapture({ time: Date.parse('9999-12-31T00:00:00Z') })));
    await journal.close();
    expect((await runCommand(['captures', 'clear', '--yes'], { env, cwd })).exitCode).toBe(0);
    expect(recordsIn(folderOf(cwd))).toEqual([]);
  });
});

describe('long rejected messages', () => {
  it('are stored in part, shown and verified as such, and never replayed or saved', async () => {
    const cwd = temporaryFolder();
    const { url } = await startListen([], { cwd });
    const body = JSON.stringify({ type: 'user.created', data: 'x'.repeat(400_000) });
    const response = await post(url, { body, headers: { 'webhook-id': 'msg_other' } });
    expect(response.status).toBe(401);
    const run = (...args: string[]) => runCommand(args, { env, cwd });
    const [shown] = (await run('captures', 'show', 'last', '--json')).facts as [{ body: string }];
    expect(shown).toMatchObject({ truncated: true, body_bytes: body.length, verified: false });
    expect(shown.body).toBe(body.slice(0, 65_536));
    const verified = await run('verify', 'last');
    expect(verified).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/only 65536 of 4000\d\d bytes/),
    });
    for (const args of [
      ['replay', 'last', '--trust', '--to', '9'],
      ['captures', 'save', 'last', 'x.json'],
    ])
      expect(await run(...args)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('truncated_capture'),
      });
  });
});

describe('two listeners that forward to each other', () => {
  it('notice that a message comes back', async () => {
    const cwd = temporaryFolder();
    let back = '';
    // In the place of the other listener: it forwards what it gets, with what identifies the first.
    const relay = await httpTarget((request, response) => {
      void fetch(back, {
        method: 'POST',
        headers: Object.fromEntries(
          Object.entries(request.headers).filter(([name]) => /^(webhook-|via|content-type)/.test(name)),
        ) as Record<string, string>,
        body: relay.requests.at(-1)!.body,
      }).then(async (answer) => response.writeHead(answer.status).end(await answer.text()));
    });
    const { url, io } = await startListen(['--forward-to', relay.url], { cwd });
    back = url;
    const answer = await post(url);
    expect([answer.status, await answer.text()]).toEqual([508, '{"error":"forwarding_loop"}']);
    expect(relay.requests).toHaveLength(1);
    expect(io.stderr.text).toMatch(/508/);
  });
});
