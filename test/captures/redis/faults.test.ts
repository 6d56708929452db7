import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { findCaptures } from '../../../src/captures/find.ts';
import type { Capture } from '../../../src/captures/record.ts';
import type { CaptureStore, FollowedBatch } from '../../../src/captures/store.ts';
import { idsOf, kept, keptOutcome, someCapture, someOutcome } from '../../support/captures.ts';
import { noRedis, type RedisProcess, startRedis, storeAt } from '../../support/redis.ts';
import { socketTarget } from '../../support/targets.ts';

const always = ['--appendonly', 'yes', '--appendfsync', 'always'];
const rejected = { verified: false, reason: 'signature_mismatch', status: 401 } as const;

async function writerOf(store: CaptureStore) {
  return (await store.openWriter({ sync: false, now: Date.now })).writer;
}

async function storedIds(store: CaptureStore): Promise<string[]> {
  return idsOf((await store.openReader()).oldestFirst());
}

/** Follows until a batch is what is waited for, and returns all batches. */
async function followUntil(
  store: CaptureStore,
  after: string | undefined,
  isLast: (batch: FollowedBatch) => boolean,
): Promise<FollowedBatch[]> {
  const stop = new AbortController();
  const batches: FollowedBatch[] = [];
  for await (const batch of store.follow(after, stop.signal)) {
    batches.push(batch);
    if (isLast(batch)) stop.abort();
  }
  return batches;
}

const capturesOf = (batches: readonly FollowedBatch[]) =>
  batches.flatMap(({ entries }) =>
    entries.flatMap((entry) => (entry.kind === 'capture' ? [entry.head.id] : [])),
  );

describe.skipIf(noRedis)(`a Redis store${noRedis ? ` (skipped: ${noRedis})` : ''}`, () => {
  it('loses nothing acknowledged when the server is killed under load and starts again', async () => {
    const server = await startRedis(always);
    const store = storeAt(server.url);
    const writer = await writerOf(store);
    const acknowledged: string[] = [];
    let isKilled = false;
    const write = async () => {
      while (!isKilled) {
        const capture = someCapture();
        await writer.keep(kept(capture)).then(
          () => acknowledged.push(capture.id),
          () => {},
        );
        if (acknowledged.length > 2000 && !isKilled) {
          isKilled = true;
          await server.kill();
        }
      }
    };
    await Promise.all(Array.from({ length: 32 }, write));
    await server.start();
    const stored = new Set(await storedIds(storeAt(server.url)));
    expect(acknowledged.length).toBeGreaterThan(2000);
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    const later = someCapture();
    await writer.keep(kept(later));
    expect(await storedIds(store)).toContain(later.id);
    await writer.close();
  });

  it('rejects within the limit while the server stands still, stores none of it later, and recovers', async () => {
    const server = await startRedis();
    const store = storeAt(server.url);
    const writer = await writerOf(store);
    await writer.keep(kept(someCapture()));
    server.child().kill('SIGSTOP');
    const started = performance.now();
    const lost = [someCapture(), someCapture()];
    const results = await Promise.allSettled(lost.map((capture) => writer.keep(kept(capture))));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    // Scalekit waits 10 s.
    expect(performance.now() - started).toBeLessThan(8000);
    server.child().kill('SIGCONT');
    const later = someCapture();
    await expect
      .poll(
        async () =>
          writer.keep(kept(later)).then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true);
    const stored = await storedIds(store);
    expect(stored).toContain(later.id);
    for (const { id } of lost) expect(stored).not.toContain(id);
    await writer.close();
  });

  it('is full when the server is out of memory, and says so as a full disk does', async () => {
    const server = await startRedis(['--maxmemory', '4mb', '--maxmemory-policy', 'noeviction']);
    const store = storeAt(server.url);
    const writer = await writerOf(store);
    const body = Buffer.alloc(200_000, 'x');
    const failures: unknown[] = [];
    for (let index = 0; index < 40; index += 1)
      await writer.keep(kept(someCapture({ body }))).catch((error) => failures.push(error));
    expect(failures.length).toBeGreaterThan(0);
    expect(failures.at(-1)).toMatchObject({ code: 'ENOSPC' });
    await writer.close();
  });

  it('goes on after the link was cut during writes', async () => {
    const server = await startRedis();
    const writer = await writerOf(storeAt(server.url));
    const capture = someCapture({ body: Buffer.alloc(5_000_000, 'x') });
    const writing = writer.keep(kept(capture)).then(
      () => 'stored',
      () => 'rejected',
    );
    server.cli('CLIENT', 'KILL', 'TYPE', 'normal');
    expect(['stored', 'rejected']).toContain(await writing);
    const later = someCapture();
    await writer.keep(kept(later)).catch(() => writer.keep(kept(later)));
    expect(await storedIds(storeAt(server.url))).toContain(later.id);
    await writer.close();
  });

  it('takes a body of 10 MB, and gives it back', async () => {
    const store = storeAt((await startRedis()).url);
    const writer = await writerOf(store);
    const capture = someCapture({ body: Buffer.alloc(10 * 1024 * 1024, 'é') });
    const stored = await writer.keep(kept(capture));
    expect(Buffer.from((await stored.load())!.body).equals(Buffer.from(capture.body))).toBe(true);
    const [found] = await findCaptures([capture.id], await store.openReader(), store.name);
    expect(Buffer.from(found!.capture.body).equals(Buffer.from(capture.body))).toBe(true);
    await writer.close();
  });

  it('is read on while it is trimmed', async () => {
    const server = await startRedis();
    const store = storeAt(server.url);
    const writer = await writerOf(store);
    const captures = Array.from({ length: 400 }, () => someCapture());
    await Promise.all(captures.map((capture) => writer.keep(kept(capture))));
    const ids: string[] = [];
    for await (const batch of (await store.openReader()).oldestFirst()) {
      ids.push(...batch.map((entry) => (entry.kind === 'capture' ? entry.head.id : '')));
      server.cli('XTRIM', 'scalekit-hooks:captures', 'MAXLEN', '=', '10');
    }
    expect(ids.slice(-10)).toEqual(captures.slice(-10).map(({ id }) => id));
    expect(ids.length).toBeLessThan(400);
    await writer.close();
  });

  it.each([
    ['trimmed', ['XTRIM', 'scalekit-hooks:captures', 'MAXLEN', '=', '1'], true],
    ['not touched', ['PING'], false],
  ] as const)('a follower that comes back to a stream that was %s', async (_name, command, hasGap) => {
    const server = await startRedis();
    const store = storeAt(server.url);
    const writer = await writerOf(store);
    await writer.keep(kept(someCapture()));
    const [{ cursor } = { cursor: '' }] = await followUntil(store, undefined, () => true);
    const captures = [someCapture(), someCapture(), someCapture()] as const;
    for (const capture of captures) await writer.keep(kept(capture));
    server.cli(...command);
    const batches = await followUntil(store, cursor, ({ entries }) => entries.length > 0);
    expect(batches.some((batch) => batch.hasGap)).toBe(hasGap);
    expect(capturesOf(batches)).toEqual(captures.slice(hasGap ? 2 : 0).map(({ id }) => id));
    // The gap is reported once.
    const next = someCapture();
    await writer.keep(kept(next));
    const again = await followUntil(store, batches.at(-1)!.cursor, ({ entries }) => entries.length > 0);
    expect(again.some((batch) => batch.hasGap)).toBe(false);
    expect(capturesOf(again)).toEqual([next.id]);
    await writer.close();
  });

  it('a follower waits while the server is down, and goes on where it was', async () => {
    const server = await startRedis(always);
    const store = storeAt(server.url);
    const first = someCapture();
    const batches: FollowedBatch[] = [];
    const stop = new AbortController();
    const following = (async () => {
      for await (const batch of store.follow('', stop.signal)) {
        batches.push(batch);
        if (capturesOf(batches).length === 2) stop.abort();
      }
    })();
    const writer = await writerOf(store);
    await writer.keep(kept(first));
    await expect.poll(() => capturesOf(batches)).toEqual([first.id]);
    await server.kill();
    await expect.poll(() => batches.some(({ link }) => link === 'lost')).toBe(true);
    await server.start();
    const second = someCapture();
    await writer.keep(kept(second)).catch(() => writer.keep(kept(second)));
    await following;
    expect(capturesOf(batches)).toEqual([first.id, second.id]);
    expect(batches.map(({ link }) => link).filter(Boolean)).toEqual(['lost', 'restored']);
    await writer.close();
  });

  it('a follower says that the server is back, also if nothing arrives', async () => {
    const server = await startRedis(always);
    const store = storeAt(server.url);
    const stop = new AbortController();
    const follower = store.follow('', stop.signal)[Symbol.asyncIterator]();
    await follower.next();
    await server.kill();
    expect((await follower.next()).value).toMatchObject({ link: 'lost' });
    await server.start();
    const back = await follower.next();
    expect(back.value).toMatchObject({ link: 'restored', entries: [], hasGap: false });
    stop.abort();
    expect((await follower.next()).done).toBe(true);
  });

  it('20 followers get everything, once each and in order', async () => {
    const store = storeAt((await startRedis()).url);
    const writer = await writerOf(store);
    const cursor = (await followUntil(store, undefined, () => true))[0]!.cursor;
    const captures = Array.from({ length: 300 }, () => someCapture());
    const following = Array.from({ length: 20 }, async () => {
      const last = captures.at(-1)!.id;
      return followUntil(store, cursor, (batch) => capturesOf([batch]).includes(last));
    });
    await Promise.all(captures.map((capture) => writer.keep(kept(capture))));
    for (const batches of await Promise.all(following))
      expect(capturesOf(batches)).toEqual(captures.map(({ id }) => id));
    await writer.close();
  });

  it('finds captures whose index was evicted', async () => {
    const server = await startRedis();
    const store = storeAt(server.url);
    const writer = await writerOf(store);
    const capture = someCapture();
    await writer.keep(kept(capture));
    await writer.keep(kept(someCapture()));
    for (const key of server.cli('KEYS', 'scalekit-hooks:ids:*').split('\n')) server.cli('DEL', key);
    for (const id of [capture.id, capture.eventId!, capture.webhookId!, capture.id.slice(0, -1)]) {
      const found = await findCaptures([id], await store.openReader(), store.name).catch(({ code }) => code);
      expect(id === capture.id.slice(0, -1) ? 'ambiguous_capture' : found[0]?.capture.id).toBe(
        id === capture.id.slice(0, -1) ? found : capture.id,
      );
    }
    await writer.close();
  });

  it('finds the newest capture of an id, several at once in their order, and says which it does not know', async () => {
    const store = storeAt((await startRedis()).url);
    const writer = await writerOf(store);
    const [old, other, last] = [someCapture(), someCapture(), someCapture()] as const;
    const retry: Capture = { ...someCapture(), webhookId: old.webhookId };
    for (const capture of [old, other, retry, last]) await writer.keep(kept(capture));
    const find = async (...ids: string[]) =>
      (await findCaptures(ids, await store.openReader(), store.name)).map(({ capture }) => capture.id);
    expect(await find(old.webhookId!)).toEqual([retry.id]);
    expect(await find(last.id, old.id, other.eventId!)).toEqual([last.id, old.id, other.id]);
    expect(await find('last:2')).toEqual([retry.id]);
    await expect(find('cap_nosuchcapture')).rejects.toMatchObject({ code: 'unknown_capture' });
    const [first, second] = await findCaptures([last.id, old.id], await store.openReader(), store.name);
    expect(first!.newer).toBeLessThan(second!.newer);
    await writer.close();
  });

  it('rejected messages have a limit of their own, and take no room from others', async () => {
    const server = await startRedis();
    const store = storeAt(server.url);
    const writer = await writerOf(store);
    const genuine = someCapture();
    await writer.keep(kept(genuine));
    const forged = Array.from({ length: 2600 }, () =>
      someCapture({ ...rejected, body: Buffer.alloc(60_000, 'x') }),
    );
    for (let from = 0; from < forged.length; from += 100)
      await Promise.all(forged.slice(from, from + 100).map((capture) => writer.keep(kept(capture))));
    expect(Number(server.cli('XLEN', 'scalekit-hooks:rejected'))).toBeLessThan(2200);
    expect(Number(server.cli('MEMORY', 'USAGE', 'scalekit-hooks:rejected', 'SAMPLES', '0'))).toBeLessThan(
      80e6,
    );
    expect(await storedIds(store)).toContain(genuine.id);
    await writer.close();
  });

  it('holds captures as long as the retention says', async () => {
    const server = await startRedis();
    const store = storeAt(server.url);
    const open = async (retention: Parameters<CaptureStore['openWriter']>[0]['retention']) =>
      (await store.openWriter({ sync: false, now: Date.now, retention })).writer;
    const counted = await open({ kind: 'count', count: 100 });
    for (let round = 0; round < 5; round += 1)
      await Promise.all(Array.from({ length: 200 }, () => counted.keep(kept(someCapture()))));
    // The server trims whole nodes of 100 records.
    expect(Number(server.cli('XLEN', 'scalekit-hooks:captures'))).toBeLessThanOrEqual(200);
    const timed = await open({ kind: 'time', ms: 1 });
    await Promise.all(Array.from({ length: 500 }, () => timed.keep(kept(someCapture()))));
    await timed.keep(kept(someCapture()));
    expect(Number(server.cli('XLEN', 'scalekit-hooks:captures'))).toBeLessThanOrEqual(600);
    expect(Number(server.cli('PTTL', server.cli('KEYS', 'scalekit-hooks:ids:*')))).toBeGreaterThan(0);
    await Promise.all([counted.close(), timed.close()]);
  });

  it('two that clear at once spare the same captures', async () => {
    const server = await startRedis();
    const writer = await writerOf(storeAt(server.url));
    const old = Array.from({ length: 300 }, () => someCapture());
    await Promise.all(old.map((capture) => writer.keep(kept(capture))));
    const [seconds, microseconds] = server.cli('TIME').split('\n').map(Number);
    const bound = seconds! * 1000 + Math.floor(microseconds! / 1000) + 1;
    await expect.poll(() => Number(server.cli('TIME').split('\n')[1])).not.toBe(microseconds);
    const spared = Array.from({ length: 50 }, () => someCapture());
    await expect.poll(() => Date.now()).toBeGreaterThan(bound);
    await Promise.all(spared.map((capture) => writer.keep(kept(capture))));
    const [preview] = await Promise.all([storeAt(server.url).clear(bound, false)]);
    expect(preview.captures).toBe(300);
    const cleared = await Promise.all(
      [storeAt(server.url), storeAt(server.url)].map((store) => store.clear(bound, true)),
    );
    expect(Math.max(...cleared.map(({ captures }) => captures))).toBe(300);
    expect((await storedIds(storeAt(server.url))).sort()).toEqual(spared.map(({ id }) => id).sort());
    await writer.close();
  });

  it.each<[string, (server: RedisProcess) => unknown, string]>([
    ['a wrong password', (server) => server.cli('CONFIG', 'SET', 'requirepass', 'another'), 'store_denied'],
    [
      'a key of another type',
      (server) => server.cli('SET', 'scalekit-hooks:captures', 'x'),
      'store_key_in_use',
    ],
    [
      'a record of a later version',
      (server) => server.cli('XADD', 'scalekit-hooks:captures', '*', 'r', '{"v":99,"record":"capture"}'),
      'newer_captures',
    ],
  ])('with %s ends with an error', async (_name, prepare, code) => {
    const server = await startRedis();
    prepare(server);
    const store = storeAt(
      server.url
        .replace('redis://', 'redis://:secret@')
        .replace(':secret@', _name.includes('password') ? ':secret@' : ''),
    );
    await expect(storedIds(store)).rejects.toMatchObject({ code });
  });

  it('skips and counts what another program wrote', async () => {
    const server = await startRedis();
    server.cli('XADD', 'scalekit-hooks:captures', '*', 'field', 'value');
    server.cli('XADD', 'scalekit-hooks:captures', '*', 'r', 'no JSON');
    const store = storeAt(server.url);
    const writer = await writerOf(store);
    const capture = someCapture();
    await writer.keep(kept(capture));
    const reader = await store.openReader();
    expect(await idsOf(reader.oldestFirst())).toEqual([capture.id]);
    expect(reader.damage).toMatchObject({ count: 2, first: expect.stringMatching(/^record \d+-\d+ of /) });
    await writer.close();
  });

  it('a server that nobody can reach is an error at once', async () => {
    const server = await startRedis();
    await server.kill();
    await expect(storeAt(server.url).openReader()).rejects.toMatchObject({
      code: 'store_unreachable',
      exitCode: 3,
    });
  });

  it('outcomes of followers are separate, and found by whoever asks for all', async () => {
    const store = storeAt((await startRedis()).url);
    const writer = await writerOf(store);
    const capture = someCapture();
    await writer.keep(kept(capture));
    for (const follower of [null, 'ada', 'grace'])
      await writer.keep(
        keptOutcome(someOutcome(capture, { via: follower ? 'replay' : 'forward', follower })),
      );
    const followersOf = async (of?: string) => {
      const found: (string | null)[] = [];
      for await (const batch of (await store.openReader()).outcomes(of))
        found.push(...batch.map(({ follower }) => follower));
      return found.map(String).sort();
    };
    expect(await followersOf()).toEqual(['ada', 'grace', 'null']);
    expect(await followersOf('ada')).toEqual(['ada', 'null']);
    await writer.close();
  });

  it('what the settings of the server promise is one sentence', async () => {
    const promiseOf = async (settings: string[]) => {
      const opened = await storeAt((await startRedis(settings)).url).openWriter({
        sync: false,
        now: Date.now,
      });
      await opened.writer.close();
      return opened;
    };
    expect((await promiseOf([])).promise).toMatch(/memory/);
    expect((await promiseOf(always)).promise).toMatch(/appendfsync always/);
    expect((await promiseOf(['--appendonly', 'yes'])).promise).toMatch(/everysec|WAITAOF/);
    const evicting = await promiseOf(['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru']);
    expect(evicting.notes).toEqual([expect.stringMatching(/allkeys-lru/)]);
  });

  it('what a follower writes into its outcomes is never a capture, nor the outcome of another', async () => {
    const server = await startRedis();
    const store = storeAt(server.url);
    const writer = await writerOf(store);
    const capture = someCapture();
    await writer.keep(kept(capture));
    const [genuine] = server.cli('XRANGE', 'scalekit-hooks:captures', '-', '+').split('\n').slice(-1);
    const cursor = (await followUntil(store, undefined, () => true))[0]!.cursor;
    server.cli('HSET', 'scalekit-hooks:followers', 'mallory', 'x');
    server.cli(
      'XADD',
      'scalekit-hooks:outcomes:mallory',
      '*',
      'r',
      genuine!.replace(/cap_\w+/, 'cap_forged'),
    );
    const outcome = {
      capture: capture.id,
      webhook_id: null,
      via: 'forward',
      follower: null,
      url: 'http://x/',
      status: 201,
    };
    const forged = {
      v: 1,
      record: 'outcome',
      ...outcome,
      time: '2026-11-28T12:00:00.000Z',
      failure: null,
      duration_ms: 1,
    };
    server.cli('XADD', 'scalekit-hooks:outcomes:mallory', '*', 'r', JSON.stringify(forged));
    server.cli('XADD', 'scalekit-hooks:outcomes:mallory', '*', 'r', '{"v":99,"record":"outcome"}');
    const later = someCapture();
    await writer.keep(kept(later));
    expect((await storedIds(store)).filter((id) => id.startsWith('cap_'))).toEqual([capture.id, later.id]);
    const batches = await followUntil(store, cursor, (batch) => capturesOf([batch]).includes(later.id));
    expect(capturesOf(batches)).toEqual([later.id]);
    const found: (string | null)[] = [];
    for await (const batch of (await store.openReader()).outcomes())
      found.push(...batch.map(({ follower }) => follower));
    expect(found).toEqual(['mallory']);
    await writer.close();
  });

  it('ids of rejected messages take no room in the index', async () => {
    const server = await startRedis();
    const writer = await writerOf(storeAt(server.url));
    const webhookId = 'x'.repeat(5000);
    for (let index = 0; index < 50; index += 1)
      await writer.keep(kept(someCapture({ ...rejected, webhookId: webhookId + index })));
    expect(server.cli('KEYS', 'scalekit-hooks:ids:*')).toBe('');
    await writer.close();
  });

  it('a step of the server clock loses nothing', async () => {
    const server = await startRedis();
    const store = storeAt(server.url);
    const writer = await writerOf(store);
    await writer.keep(kept(someCapture()));
    const now = Date.now;
    // As if this clock had gone back by an hour since it was compared.
    Date.now = () => now() - 3_600_000;
    try {
      const capture = someCapture();
      await writer.keep(kept(capture));
      expect(await storedIds(store)).toContain(capture.id);
    } finally {
      Date.now = now;
    }
    await writer.close();
  });

  it('a key of another type stores nothing of the group, and is named', async () => {
    for (const key of ['captures', 'rejected', 'outcomes', 'listeners']) {
      const server = await startRedis();
      const store = storeAt(server.url);
      server.cli('SET', `scalekit-hooks:${key}`, 'x');
      const writer = await writerOf(store);
      const results = await Promise.allSettled([
        writer.keep(kept(someCapture())),
        writer.keep(kept(someCapture(rejected))),
      ]);
      for (const result of results)
        expect(result).toMatchObject({
          reason: { code: 'store_key_in_use', message: expect.stringContaining(`:${key}`) },
        });
      for (const other of ['captures', 'rejected'])
        if (other !== key) expect(server.cli('XLEN', `scalekit-hooks:${other}`)).toBe('0');
      await writer.close();
      await server.kill();
    }
  });

  it('a listener of a later version does not keep others from starting', async () => {
    const server = await startRedis();
    server.cli('XADD', 'scalekit-hooks:listeners', '*', 'r', '{"v":99,"record":"listener"}');
    expect(await storeAt(server.url).idleSince(() => false)).toBeNull();
  });

  it.each(['xadd', 'hset', 'pexpire'])('a user who may not run %s: nothing is stored', async (command) => {
    const server = await startRedis();
    const needed = ['eval', 'evalsha', 'type', 'xadd', 'hset', 'pexpire', 'time', 'info'];
    const allowed = needed.filter((each) => each !== command).map((each) => `+${each}`);
    server.cli('ACL', 'SETUSER', 'receiver', 'on', '>pw', '-@all', '~scalekit-hooks:*', ...allowed);
    const writer = await writerOf(storeAt(server.url.replace('//', '//receiver:pw@')));
    const keeping = writer.keep(kept(someCapture()));
    await expect(keeping).rejects.toMatchObject({
      code: 'store_denied',
      detail: expect.stringMatching(new RegExp(`\\b${command}\\b`, 'i')),
    });
    expect(server.cli('XLEN', 'scalekit-hooks:captures')).toBe('0');
    await writer.close();
  });

  it.each(['-MOVED 866 127.0.0.1:7001', "-ERR unknown command 'HKEYS'"])(
    'a follower does not wait for a server that answers %s',
    async (reply) => {
      const answer = (socket: Socket) => socket.on('data', () => socket.write(`${reply}\r\n`));
      const { url } = await socketTarget(() => {}, answer);
      const following = followUntil(storeAt(`redis://${new URL(url).host}`), undefined, () => false);
      await expect(following).rejects.toMatchObject({ code: 'store_unavailable' });
    },
  );

  it.each(['before it follows', 'while it follows'])(
    'a follower names the key that has another type %s',
    async (when) => {
      const server = await startRedis();
      const store = storeAt(server.url);
      const key = 'scalekit-hooks:rejected';
      if (when === 'before it follows') server.cli('SET', key, 'x');
      else server.cli('XADD', key, '*', 'r', 'x');
      const following = followUntil(store, undefined, () => {
        server.cli('SET', key, 'x');
        return false;
      });
      await expect(following).rejects.toMatchObject({
        code: 'store_key_in_use',
        message: expect.stringContaining(key),
      });
    },
  );

  it('a follower of a server that lost its data gets a gap, and then everything', async () => {
    const server = await startRedis();
    const store = storeAt(server.url);
    const writer = await writerOf(store);
    for (let index = 0; index < 5; index += 1) await writer.keep(kept(someCapture()));
    const cursor = (await followUntil(store, undefined, () => true))[0]!.cursor;
    server.cli('FLUSHALL');
    const captures = [someCapture(), someCapture()] as const;
    for (const capture of captures) await writer.keep(kept(capture));
    const batches = await followUntil(store, cursor, (batch) => batch.entries.length > 0);
    expect(batches.filter((batch) => batch.hasGap)).toHaveLength(1);
    expect(capturesOf(batches)).toEqual(captures.map(({ id }) => id));
    await writer.close();
  });

  it('rejected messages that were removed unread are no gap', async () => {
    const server = await startRedis();
    const store = storeAt(server.url);
    const writer = await writerOf(store);
    await writer.keep(kept(someCapture(rejected)));
    const cursor = (await followUntil(store, undefined, () => true))[0]!.cursor;
    for (let index = 0; index < 5; index += 1) await writer.keep(kept(someCapture(rejected)));
    server.cli('XTRIM', 'scalekit-hooks:rejected', 'MAXLEN', '=', '1');
    const capture = someCapture();
    await writer.keep(kept(capture));
    const batches = await followUntil(store, cursor, (batch) => capturesOf([batch]).includes(capture.id));
    expect(batches.some((batch) => batch.hasGap)).toBe(false);
    await writer.close();
  });

  it.each([
    [['REPLICAOF', '127.0.0.1', '1'], 'store_unavailable', 3],
    [['CONFIG', 'SET', 'requirepass', 'x'], 'store_denied', 2],
  ] as const)('after %j, writing is an error that says so', async (command, code, exitCode) => {
    const server = await startRedis();
    const store = storeAt(server.url);
    server.cli(...command);
    const opened = store
      .openWriter({ sync: false, now: Date.now })
      .then(({ writer }) => writer.keep(kept(someCapture())));
    await expect(opened).rejects.toMatchObject({ code, exitCode });
  });
});
