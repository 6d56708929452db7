import { spawnSync } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type FollowedLog, followLog } from '../../../src/commands/pull/follow.ts';
import type { PageReading } from '../../../src/commands/pull/pages.ts';
import { openReport, type Report } from '../../../src/report/index.ts';
import { EventLog } from '../../../src/scalekit/client.ts';
import type { SpooledEvent } from '../../../src/scalekit/spool.ts';
import { memoryIo } from '../../support/memory-io.ts';
import { startProcess } from '../../support/processes.ts';
import { numbered, pullEnv } from '../../support/pulling.ts';
import { bin } from '../../support/repository.ts';
import { clientId, clientSecret, logEntry, scalekitStandIn } from '../../support/scalekit-stand-in.ts';
import { httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const hasScript = spawnSync('script', ['--version']).status === 0;

type StandIn = Awaited<ReturnType<typeof scalekitStandIn>>;

const since = Date.parse('2026-11-28T00:00:00Z');

/** A follower of a stand-in that can be opened again, as after a crash. */
async function followers(api: StandIn, { patterns = ['*'], maxPages = 1000 } = {}) {
  const { io } = memoryIo([], { env: { XDG_STATE_HOME: temporaryFolder() } });
  const report = await openReport(io, {});
  const log = new EventLog({ environment: new URL(api.url), clientId, clientSecret });
  onTestFinished(() => log.close());
  return (from = Number.NEGATIVE_INFINITY, progress: Report['progress'] = () => {}): FollowedLog => {
    const context = { io, report: { ...report, progress } };
    const filter = { patterns, organizations: [], since: from, before: Number.POSITIVE_INFINITY };
    const reading: PageReading = {
      log,
      host: 'stand-in',
      filter,
      includesInternal: false,
      isPatient: true,
      maxPages,
      skipped: new Set(),
      context,
    };
    const key = { name: 'ada', environment: 'stand-in', target: 'http://127.0.0.1/' };
    return followLog(reading, key, { since: from, limit: undefined }, context);
  };
}

/** Takes events that are answered at once, until there are `count`, or it is idle. */
async function take(
  open: (from?: number, progress?: Report['progress']) => FollowedLog,
  { from, count = Number.POSITIVE_INFINITY }: { from?: number; count?: number } = {},
): Promise<SpooledEvent[]> {
  const idle = new AbortController();
  const followed = open(from, (_part, words) => /waiting|ago/.test(words) && idle.abort());
  const taken: SpooledEvent[] = [];
  while (taken.length < count) {
    const event = await followed.next(idle.signal);
    if (!event) break;
    followed.answered(event);
    taken.push(event);
  }
  followed.close();
  return taken;
}

const ids = (events: readonly { id: string }[]) => events.map(({ id }) => id);

describe('nothing is skipped', () => {
  it('by a stop between two pages', async () => {
    const matching = numbered(100);
    // On the first page, and so long after the others that an overlap does not reach them.
    const newer = Array.from({ length: 100 }, (_, index) =>
      logEntry(100_000 + index, { type: 'user.deleted' }),
    );
    const api = await scalekitStandIn([...matching, ...newer]);
    const open = await followers(api, { patterns: ['user.c*'] });
    const stop = new AbortController();
    api.answerWith(({ path, number }) => {
      if (path.startsWith('/api') && number === 3) stop.abort();
      return false;
    });
    const stopped = open(since);
    expect(await stopped.next(stop.signal)).toBeUndefined();
    stopped.close();
    expect(ids(await take(open))).toEqual(ids(matching));
  });

  it('by a pass with more pages than are read at once, and each comes once', async () => {
    const api = await scalekitStandIn(numbered(450));
    const open = await followers(api, { maxPages: 2 });
    // Interrupted after the first part, of the 200 newest, whose answers are recorded.
    const first = await take(open, { from: since, count: 250 });
    const rest = await take(open);
    const all = ids(numbered(450));
    expect(ids(first)).toEqual([...all.slice(250), ...all.slice(50, 100)]);
    expect(ids(rest)).toEqual([...all.slice(100, 250), ...all.slice(0, 50)]);
    expect(await take(open)).toEqual([]);
  });

  it('by a crash in the first pass, also if it is started without --since then', async () => {
    const api = await scalekitStandIn(numbered(10));
    const open = await followers(api);
    expect(await take(open, { from: since, count: 3 })).toHaveLength(3);
    expect(ids(await take(open))).toEqual(ids(numbered(10).slice(3)));
    expect(await take(open)).toEqual([]);
  });

  it('of what reached an empty log while it was not running', async () => {
    const api = await scalekitStandIn();
    const open = await followers(api);
    expect(await take(open)).toEqual([]);
    api.log.push(logEntry(1));
    expect(ids(await take(open))).toEqual(ids([logEntry(1)]));
  });
});

describe('an event whose time is in the future', () => {
  const future = { occurred_at: new Date(Date.now() + 365 * 86_400_000).toISOString() };

  it('hides none of those that come after it', async () => {
    const api = await scalekitStandIn([logEntry(1)]);
    const open = await followers(api);
    expect(await take(open)).toEqual([]);
    api.log.push(logEntry(2, future));
    expect(ids(await take(open))).toEqual(ids([logEntry(2)]));
    api.log.push(logEntry(3));
    expect(ids(await take(open))).toEqual(ids([logEntry(3)]));
    expect(await take(open)).toEqual([]);
  });

  it('does not make a follower that begins now deliver the whole log', async () => {
    const api = await scalekitStandIn([...numbered(3), logEntry(4, future)]);
    const open = await followers(api);
    expect(await take(open)).toEqual([]);
    api.log.push(logEntry(5, { occurred_at: new Date().toISOString() }));
    expect(ids(await take(open))).toEqual(ids([logEntry(5)]));
  });
});

describe('once a page was read', () => {
  const answers: readonly (readonly [string, (response: ServerResponse) => unknown])[] = [
    ['a web page', (response) => response.end('<!doctype html><title>Sign in</title>')],
    ['JSON that is cut off', (response) => response.end('{"events":[{"id":"evt_1"')],
    ['status 404', (response) => response.writeHead(404).end('{}')],
    ['status 408', (response) => response.writeHead(408).end()],
  ];

  it.each(answers)('%s in between does not end it', async (_name, answer) => {
    const api = await scalekitStandIn(numbered(250));
    const open = await followers(api);
    let pages = 0;
    api.answerWith(({ path }, response) => {
      pages += path.startsWith('/api') ? 1 : 0;
      if (pages !== 2) return false;
      pages += 1;
      answer(response);
      return true;
    });
    expect(ids(await take(open, { from: since }))).toEqual(ids(numbered(250)));
  });

  it('a page token that is no longer accepted makes it read the first page again', async () => {
    const api = await scalekitStandIn(numbered(250));
    const open = await followers(api);
    let isRejected = false;
    api.answerWith(({ path, number }, response) => {
      if (!path.startsWith('/api') || number !== 4 || isRejected) return false;
      isRejected = true;
      response.writeHead(400).end('{"code":3,"message":"invalid page token"}');
      return true;
    });
    expect(ids(await take(open, { from: since }))).toEqual(ids(numbered(250)));
    expect(isRejected).toBe(true);
    const tokens = api.requests
      .filter(({ path }) => path.startsWith('/api'))
      .map(({ search }) => search.get('page_token'));
    expect(tokens.slice(0, 4)).toEqual([null, expect.any(String), expect.any(String), null]);
  });

  it('page tokens that are never accepted end it', async () => {
    const api = await scalekitStandIn(numbered(250));
    const open = await followers(api);
    let pages = 0;
    api.answerWith(({ path }, response) => {
      pages += path.startsWith('/api') ? 1 : 0;
      const isSecond = path.startsWith('/api') && pages % 2 === 0;
      if (isSecond) response.writeHead(400).end('{"code":3,"message":"invalid page token"}');
      return isSecond;
    });
    await expect(take(open, { from: since })).rejects.toMatchObject({ code: 'event_log_rejected' });
  });
});

it.each([401, 403])('%i ends it at once', async (status) => {
  const api = await scalekitStandIn(numbered(1));
  const open = await followers(api);
  await take(open);
  api.answerWith((_request, response) => Boolean(response.writeHead(status).end('{}')));
  await expect(take(open)).rejects.toMatchObject({ code: 'credentials_denied', exitCode: 2 });
});

it('a pass of 130,000 events, and the next one that knows them all, take no time to compare', {
  timeout: 20_000,
}, async () => {
  const many = Array.from({ length: 130_000 }, (_, number) => ({
    // As long as real ones, which are not compared by their address.
    id: `evt_${150_120_031_022n * 1_000_000n + BigInt(number)}`,
    type: 'x.y',
    occurred_at: '2026-11-28T12:00:00Z',
  }));
  const page = JSON.stringify({ events: many });
  const api = await scalekitStandIn();
  api.answerWith(({ path }, response: ServerResponse) => {
    if (path.startsWith('/api')) response.end(page);
    return path.startsWith('/api');
  });
  const open = await followers(api);
  expect(await take(open, { from: since })).toEqual([]);
  expect(await take(open)).toEqual([]);
});

it.skipIf(!hasScript)(
  'on a terminal, it shows the age of the last event until Ctrl-C (skipped without script of util-linux)',
  { timeout: 30_000 },
  async () => {
    const api = await scalekitStandIn(numbered(1));
    const app = await httpTarget();
    const command = `stty cols 80 rows 24; '${process.execPath}' '${bin}' pull --follow --no-capture --to ${app.url}`;
    const started = startProcess('script', ['-qefc', command, '/dev/null'], {
      env: { ...pullEnv(api.url), TERM: 'xterm' },
    });
    await started.until(/waiting for events/);
    api.log.push(logEntry(1), logEntry(1, { id: 'evt_internal', type: 'internal.job_done' }));
    await started.until(/last event [6-9] s ago/);
    started.child.stdin.write('\x03');
    expect(await started.ended).toBe(130);
    expect(app.requests.map(({ body }) => JSON.parse(String(body)).id)).toEqual([logEntry(1).id]);
    // Named once, though each pass reads it again.
    expect(started.stdout().match(/internal\.job_done/g)).toHaveLength(1);
    // The line is erased at the end.
    expect(started.stdout()).toMatch(/\x1b\[0K[^░]*$/);
  },
);
