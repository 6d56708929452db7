import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkAt, checkProcess } from '../../support/checking.ts';
import { testSecret } from '../../support/memory-io.ts';
import { needs } from '../../support/parts.ts';
import { repository } from '../../support/repository.ts';
import { closedPort } from '../../support/targets.ts';

const handlers = join(repository, 'test/support/handlers');
const express = `"${process.execPath}" "${join(handlers, 'effects.mjs')}"`;

const folder = mkdtempSync(join(tmpdir(), 'scalekit-hooks-effects-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the checks of effects against an app that is started for it. `observe` gets the URL of the state. */
async function effectsOf(
  mode: string,
  {
    settle = '100ms',
    observe = (url: string) => url,
    flags = [] as string[],
    start = express,
    only = ['effects'],
  } = {},
) {
  const port = await closedPort();
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    SCALEKIT_WEBHOOK_SECRET: testSecret,
    MODE: mode,
    PORT: String(port),
    DATABASE: join(mkdtempSync(join(folder, 'state-')), 'state.db'),
  };
  const selected = ['plain', ...only].flatMap((name) => ['--only', name]);
  const observed = ['--observe', observe(`http://localhost:${port}/state`), '--settle', settle];
  return checkProcess([`localhost:${port}/webhook`, ...selected, ...observed, '--start', start, ...flags], {
    env,
    cwd: folder,
  });
}

const order = ['deleted-twice', 'deleted-early', 'updated-once', 'updated-early'];
const repeats = ['repeated', 'repeated-re-signed', 'repeated-at-once', 'repeated-after-restart'];
const restarts = ['repeated-after-restart', 'kept-after-crash'];
const forgeries = ['missing-headers', 'tampered-messages', 'times', 'malformed-signatures', 'other-keys'];

describe.concurrent('right handlers', { timeout: 60_000 }, () => {
  it.each([
    ['right', []],
    ['right-map', restarts],
    ['right-log', order],
    ['right-count', order],
    ['right-slow', []],
  ])('%s: no failure; it cannot be asked %j', async (mode, skipped) => {
    const verdict = await effectsOf(mode);
    expect(verdict).toMatchObject({ exitCode: 0, failed: [], warned: [], skipped });
  });

  it('right-queue: acts later than it answers', async () => {
    const verdict = await effectsOf('right-queue', { settle: '1s' });
    expect(verdict).toMatchObject({ exitCode: 0, failed: [], warned: [], skipped: [] });
    const visible = verdict.facts.find(({ name }) => name === 'visible-effect');
    expect(Number(/(\d+) ms after the response/.exec(String(visible!.got))![1])).toBeLessThan(1000);
  });
});

describe.concurrent('faults that only the state shows', { timeout: 60_000 }, () => {
  it.each([
    ['double-insert', repeats, order],
    ['mail', repeats, order],
    ['race', ['repeated-at-once'], order],
    ['counter', ['many-at-once'], order],
    ['by-signature', ['repeated-re-signed', 'repeated-after-restart'], order],
    ['memory-of-ids', ['repeated-after-restart'], order],
    ['acts-first', [...repeats, ...forgeries.map((part) => `${part}-unchanged`)], order],
    ['acts-on-stale', ['times-unchanged'], []],
    ['remembers-forged', ['forged-first'], []],
    ['strict-deletion', ['deleted-twice', 'deleted-early'], []],
    ['second-record', ['updated-once'], []],
    ['no-upsert', ['updated-early'], []],
    ['worker-dies', ['acts-until-the-end'], undefined],
  ])('%s: %j', async (mode, failed, skipped) => {
    const verdict = await effectsOf(mode);
    expect(verdict.failed.toSorted()).toEqual([...failed].sort());
    expect(verdict.exitCode).toBe(1);
    if (skipped) expect(verdict.skipped).toEqual(skipped);
    const isAgain = failed.includes('repeated');
    expect(verdict.diagnoses.includes('acts-on-repeats')).toBe(isAgain);
  });

  it('remembers-first: a message that got a 5xx is dropped when it is retried', async () => {
    const { failed, facts } = await effectsOf('remembers-first');
    expect(failed).toContain('many-at-once');
    expect(facts.find(({ name }) => name === 'many-at-once')).toMatchObject({ code: 'lost' });
  });

  it('acts-late: what it answered is lost in a crash', async () => {
    const { failed } = await effectsOf('acts-late', { settle: '1s', only: restarts });
    expect(failed).toEqual(['kept-after-crash']);
  });
});

const php = needs('php');

describe.skipIf(php.isMissing)(`PHP with PDO${php.title}`, () => {
  const start = `PHP_CLI_SERVER_WORKERS=4 php -S 127.0.0.1:$PORT "${join(handlers, 'effects.php')}"`;

  it('right: no failure', async () => {
    const verdict = await effectsOf('right', { start });
    expect(verdict).toMatchObject({ exitCode: 0, failed: [], warned: [], skipped: [] });
  });

  it('double-insert', async () => {
    const { failed } = await effectsOf('double-insert', { start });
    expect(failed.toSorted()).toEqual([...repeats].sort());
  });
});

describe.concurrent('observers', { timeout: 60_000 }, () => {
  const visible = (verdict: Awaited<ReturnType<typeof effectsOf>>) =>
    verdict.facts.find(({ name }) => name === 'visible-effect');

  it.each([
    ['fails', () => 'echo no database >&2; exit 3', /exit code 3: no database/],
    ['prints nothing', () => 'true', /prints nothing/],
    ['prints 10 MB', () => 'head -c 10000000 /dev/zero', /more than 1 MB/],
    ['never ends', () => 'sleep 60', /did not end within 10 s/],
    ['sees nothing of it', () => 'echo 1', /do not change the state/],
    ['is not there', (url: string) => url.replace('/state', '/nothing'), /404/],
  ])('one that %s: everything is skipped, with the reason', async (_what, observe, reason) => {
    const verdict = await effectsOf('right', { observe });
    expect(verdict.failed).toEqual([]);
    expect(verdict.exitCode).toBe(1);
    expect(visible(verdict)).toMatchObject({ status: 'skip', code: 'inconclusive' });
    expect(visible(verdict)!.got).toMatch(reason);
    const others = verdict.facts.filter(
      ({ group, name }) => group === 'effects' && name !== 'visible-effect',
    );
    expect(new Set(others.map(({ status, got }) => `${status} ${got}`)).size).toBe(1);
  });

  it('one that changes by itself', async () => {
    const verdict = await effectsOf('clock');
    expect(visible(verdict)).toMatchObject({ status: 'skip' });
    expect(visible(verdict)!.got).toMatch(/although no message/);
  });

  it('one that changes seldom by itself, and one that shows only the first page, prove nothing', async () => {
    const [heartbeat, page] = await Promise.all([effectsOf('heartbeat'), effectsOf('right-page')]);
    expect([heartbeat.failed, page.failed]).toEqual([[], []]);
  });

  it('a command', async () => {
    const observe = (url: string) =>
      `"${process.execPath}" -e "fetch('${url}').then((it) => it.text()).then(console.log)"`;
    expect(await effectsOf('right', { observe, only: ['repeated'] })).toMatchObject({
      failed: [],
    });
  });

  it('the type to observe is searched for, and can be named', async () => {
    const named = ['--observe-type', 'organization.directory.user_updated'];
    const verdict = await effectsOf('right', { flags: named, only: ['visible-effect'] });
    expect(visible(verdict)!.got).toMatch(/^organization\.directory\.user_updated/);
    const found = await effectsOf('right', {
      flags: ['--type', 'session.*', '--type', '*user_created'],
      only: ['visible-effect'],
    });
    expect(visible(found)!.got).toMatch(/^organization\.directory\.user_created/);
  });
});

it('without one, effects are not asked for', async () => {
  const { exitCode, facts } = await checkAt('localhost:1', ['--only', 'effects']);
  expect([exitCode, facts[0]!.code]).toEqual([2, 'missing_flag']);
  const other = await checkAt('localhost:1', ['--observe', 'true', '--observe-type', 'user.creatd']);
  expect([other.exitCode, other.facts[0]!.code]).toEqual([2, 'unknown_event_type']);
  const url = await checkAt('localhost:1', ['--observe', 'https://example.com/state']);
  expect([url.exitCode, url.facts[0]!.code]).toEqual([2, 'foreign_host']);
});
