import { expect, it } from 'vitest';
import type { FollowedBatch } from '../../../src/captures/store.ts';
import { kept, rejected, someCapture } from '../../support/captures.ts';
import {
  always,
  capturesOf,
  describeWithRedis,
  followUntil,
  startRedis,
  storeAt,
  writerOf,
} from '../../support/redis.ts';

describeWithRedis('a Redis store that is followed', () => {
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
});
