import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { findCaptures } from '../../../src/captures/find.ts';
import { idsOf, kept, rejected, someCapture } from '../../support/captures.ts';
import {
  always,
  describeWithRedis,
  followUntil,
  type RedisProcess,
  startRedis,
  storeAt,
  storedIds,
  writerOf,
} from '../../support/redis.ts';
import { socketTarget } from '../../support/targets.ts';

describeWithRedis('a Redis store, when the server fails', () => {
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
