import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Capture } from '../../src/captures/record.ts';
import type { CaptureReader, CaptureStore, CaptureWriter } from '../../src/captures/store.ts';
import { all, idsOf, kept, keptOutcome, rejected, someCapture, someOutcome } from '../support/captures.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A place that writers write to and readers read from. */
export interface Place {
  openWriter(): Promise<CaptureWriter>;
  openReader(): Promise<CaptureReader>;
  follow: CaptureStore['follow'];
}

/** Follows a place until `count` captures have come; returns their ids and the last cursor. */
async function followed(place: Place, after: string | undefined, count: number) {
  const stop = new AbortController();
  const ids: string[] = [];
  let cursor = '';
  for await (const batch of place.follow(after, stop.signal)) {
    for (const entry of batch.entries) if (entry.kind === 'capture') ids.push(entry.head.id);
    ({ cursor } = batch);
    if (ids.length >= count) stop.abort();
  }
  return { ids, cursor };
}

/** Where a follower that starts now begins. */
const now = async (place: Place) => (await followed(place, undefined, 0)).cursor;

/** What every store owes; see src/captures/store.ts. `open` makes an empty place, and the test's end removes it. */
export function holdsTheContract(name: string, open: () => Place): void {
  describe(`${name} keeps the contract of a store`, () => {
    it('what was kept is there for a reader at once, whole, while the writer goes on', async () => {
      const place = open();
      const writer = await place.openWriter();
      const capture = someCapture();
      await writer.keep(kept(capture));
      const [entry] = await all((await place.openReader()).oldestFirst());
      expect(entry).toMatchObject({ kind: 'capture' });
      expect(entry?.kind === 'capture' && entry.load()).toEqual(capture);
      await writer.close();
    });

    it('any body comes back byte for byte, and headers with case, order and repeats', async () => {
      const place = open();
      const writer = await place.openWriter();
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.uint8Array(),
            fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
          ),
          fc.array(fc.tuple(fc.stringMatching(/^[A-Za-z]+$/), fc.stringMatching(/^[\x20-\xff]*$/))),
          async (body, pairs) => {
            const headers = pairs.map(([name, value]) => [`x-q${name}`, value] as const);
            const capture = someCapture({ body: Buffer.from(body), headers });
            await writer.keep(kept(capture));
            const [entry] = await all((await place.openReader()).newestFirst());
            expect(entry?.kind === 'capture' && entry.load()).toEqual(capture);
          },
        ),
        { numRuns: 1000 },
      );
      await writer.close();
    });

    it('both orders, outcomes among captures, over several writers', async () => {
      const place = open();
      const [one, two] = [await place.openWriter(), await place.openWriter()];
      const captures = [someCapture(), someCapture(), someCapture()] as [Capture, Capture, Capture];
      const outcome = someOutcome(captures[0], { time: captures[1].time });
      await one.keep(kept(captures[0]));
      await two.keep(kept(captures[1]));
      await one.keep(keptOutcome({ ...outcome, time: captures[1].time + 0.5 }));
      await one.keep(kept(captures[2]));
      const order = [captures[0].id, captures[1].id, `=${captures[0].id}`, captures[2].id];
      const reader = await place.openReader();
      // Times have whole milliseconds, so the outcome is as old as the second capture.
      expect((await idsOf(reader.oldestFirst())).filter((id) => !id.startsWith('='))).toEqual(
        captures.map(({ id }) => id),
      );
      expect((await idsOf(reader.newestFirst())).filter((id) => !id.startsWith('='))).toEqual(
        captures.map(({ id }) => id).reverse(),
      );
      expect((await idsOf(reader.oldestFirst())).sort()).toEqual([...order].sort());
      expect(await all(reader.outcomes())).toHaveLength(1);
      await Promise.all([one.close(), two.close()]);
    });

    it('those that wait at once are all kept, in order', async () => {
      const place = open();
      const writer = await place.openWriter();
      const captures = Array.from({ length: 500 }, (_, index) =>
        someCapture({ body: Buffer.alloc(index * 7, 'x') }),
      );
      await Promise.all(captures.map((capture) => writer.keep(kept(capture))));
      expect(await idsOf((await place.openReader()).oldestFirst())).toEqual(captures.map(({ id }) => id));
      await writer.close();
    });

    it('a reader reads what was there when it was opened', async () => {
      const place = open();
      const writer = await place.openWriter();
      const [early, late] = [someCapture(), someCapture()];
      await writer.keep(kept(early));
      const reader = await place.openReader();
      await writer.keep(kept(late));
      expect(await idsOf(reader.oldestFirst())).toEqual([early.id]);
      expect(await idsOf(reader.newestFirst())).toEqual([early.id]);
      expect(await idsOf((await place.openReader()).newestFirst())).toEqual([late.id, early.id]);
      await writer.close();
    });

    it('a capture can be read back from where it was kept', async () => {
      const place = open();
      const writer = await place.openWriter();
      const captures = [
        someCapture(),
        someCapture({ body: Buffer.alloc(300_000, 'é') }),
        someCapture(rejected),
      ];
      const records = await Promise.all(captures.map((capture) => writer.keep(kept(capture))));
      expect(await Promise.all(records.map((record) => record.load()))).toEqual(captures);
      await writer.close();
    });

    it('what reads a capture back does not hold its body', async () => {
      const place = open();
      const writer = await place.openWriter();
      const keepNew = async () => {
        const capture = someCapture();
        return { record: await writer.keep(kept(capture)), body: new WeakRef(capture.body) };
      };
      const stored = await Promise.all(Array.from({ length: 10 }, keepNew));
      // A body is still referenced within the turn in which it was looked at.
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
      expect(stored.filter(({ body }) => body.deref() !== undefined)).toEqual([]);
      for (const { record } of stored) expect(await record.load()).toBeDefined();
      await writer.close();
    });

    it('small captures before, between and after large ones are whole when their batch is read', async () => {
      const place = open();
      const writer = await place.openWriter();
      const captures = Array.from({ length: 60 }, (_, index) =>
        someCapture(index % 7 === 6 ? { body: Buffer.alloc(2_000_000, 'é') } : {}),
      );
      for (const capture of captures) await writer.keep(kept(capture));
      const { oldestFirst, newestFirst } = await place.openReader();
      for (const [read, expected] of [
        [oldestFirst, captures],
        [newestFirst, [...captures].reverse()],
      ] as const) {
        const loaded: (Capture | undefined)[] = [];
        const reader = await place.openReader();
        for await (const batch of read.call(reader))
          for (const entry of batch) if (entry.kind === 'capture') loaded.push(entry.load());
        expect(loaded.every((capture, index) => capture?.id === expected[index]?.id)).toBe(true);
        expect(
          loaded.every((capture, index) => Buffer.from(capture!.body).equals(expected[index]!.body)),
        ).toBe(true);
      }
      await writer.close();
    });

    it('a body full of control characters, and one that was truncated, come back', async () => {
      const place = open();
      const writer = await place.openWriter();
      const captures = [
        someCapture({ body: Buffer.alloc(100_000, 1) }),
        someCapture({ ...rejected, truncated: true, bodyBytes: 1_000_000, bodySha256: 'a'.repeat(64) }),
      ];
      for (const capture of captures) await writer.keep(kept(capture));
      const entries = await all((await place.openReader()).oldestFirst());
      expect(entries.map((entry) => entry.kind === 'capture' && entry.load())).toEqual(captures);
      await writer.close();
    });

    it('a follower gets new captures of all writers, also of later ones, and none from before', async () => {
      const place = open();
      const early = await place.openWriter();
      await early.keep(kept(someCapture()));
      const after = await now(place);
      const following = followed(place, after, 3);
      const captures = [someCapture(), someCapture(), someCapture()] as const;
      await early.keep(kept(captures[0]));
      const late = await place.openWriter();
      await late.keep(kept(captures[1]));
      await early.keep(kept(captures[2]));
      expect([...(await following).ids].sort()).toEqual(captures.map(({ id }) => id).sort());
      await Promise.all([early.close(), late.close()]);
    });

    it('a follower goes on where its cursor is, however much has come since, in the order of time', async () => {
      const place = open();
      const [one, two] = [await place.openWriter(), await place.openWriter()];
      const cursor = await now(place);
      const captures = Array.from({ length: 450 }, () => someCapture());
      for (const [index, capture] of captures.entries())
        await (index % 3 === 0 ? one : two).keep(kept(capture));
      await Promise.all([one.close(), two.close()]);
      const first = await followed(place, cursor, 200);
      const rest = await followed(place, first.cursor, 450 - first.ids.length);
      expect([...first.ids, ...rest.ids]).toEqual(captures.map(({ id }) => id));
    });

    it('an empty cursor begins with the first record', async () => {
      const place = open();
      const writer = await place.openWriter();
      const captures = [someCapture(), someCapture()];
      for (const capture of captures) await writer.keep(kept(capture));
      expect((await followed(place, '', 2)).ids).toEqual(captures.map(({ id }) => id));
      await writer.close();
    });

    it('an empty place has nothing, and is no error', async () => {
      const reader = await open().openReader();
      for (const batches of [reader.oldestFirst(), reader.newestFirst(), reader.outcomes()])
        expect(await all<unknown>(batches)).toEqual([]);
      expect(reader.damage).toEqual({ count: 0, first: undefined, unread: [] });
    });
  });
}
