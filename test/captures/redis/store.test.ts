import { expect, it } from 'vitest';
import { findCaptures } from '../../../src/captures/find.ts';
import type { Capture } from '../../../src/captures/record.ts';
import type { CaptureStore } from '../../../src/captures/store.ts';
import { kept, keptOutcome, rejected, someCapture, someOutcome } from '../../support/captures.ts';
import {
  capturesOf,
  describeWithRedis,
  followUntil,
  startRedis,
  storeAt,
  storedIds,
  writerOf,
} from '../../support/redis.ts';

describeWithRedis('a Redis store', () => {
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
});
