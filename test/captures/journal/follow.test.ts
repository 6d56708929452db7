import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clearCaptures } from '../../../src/captures/journal/clear.ts';
import { followJournals } from '../../../src/captures/journal/follow.ts';
import { openJournal } from '../../../src/captures/journal/writer.ts';
import type { Capture } from '../../../src/captures/record.ts';
import type { FollowedBatch } from '../../../src/captures/store.ts';
import { kept, someCapture } from '../../support/captures.ts';
import { startBin } from '../../support/processes.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const now = () => 1795360000000;

/** A folder with a writer, and what a follower gets from it. */
function place() {
  const folder = join(temporaryFolder(), 'captures');
  const { journal } = openJournal(folder, { sync: false, now });
  const keep = async (...captures: Capture[]) => {
    for (const capture of captures) await journal.keep(kept(capture));
  };
  /** Reads all that is there after a cursor, and one batch at least. */
  const read = async (after: string | undefined, count: number) => {
    const stop = new AbortController();
    const ids: string[] = [];
    let [cursor, hasGap] = ['', false];
    for await (const batch of followJournals(folder, after, stop.signal)) {
      for (const entry of batch.entries) if (entry.kind === 'capture') ids.push(entry.head.id);
      cursor = batch.cursor;
      hasGap ||= batch.hasGap;
      if (ids.length >= count && (count > 0 || batch.hasGap || after === undefined)) stop.abort();
    }
    return { ids, cursor, hasGap };
  };
  const files = () => readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  return { folder, journal, keep, read, files };
}

/** A follower that goes on while others change the folder. It reads only when it is asked for the next batch. */
async function following(folder: string, after: string) {
  const stop = new AbortController();
  const batches: AsyncGenerator<FollowedBatch, undefined> = followJournals(folder, after, stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await batches.return(undefined);
  });
  const next = async () => {
    const { entries, ...batch } = (await batches.next()).value!;
    return { ...batch, ids: entries.flatMap((entry) => (entry.kind === 'capture' ? [entry.head.id] : [])) };
  };
  await next();
  return next;
}

describe('following journals that others change', () => {
  it('after a clear that rewrites a journal, it goes on with what it has not read', async () => {
    const { folder, keep, read } = place();
    const captures = Array.from({ length: 6 }, () => someCapture());
    await keep(...captures.slice(0, 4));
    const { cursor, ids } = await read('', 4);
    expect(ids).toHaveLength(4);
    // Removes the first two; the follower's last line stays.
    clearCaptures(folder, captures[2]!.time, true);
    await keep(...captures.slice(4));
    expect((await read(cursor, 2)).ids).toEqual(captures.slice(4).map(({ id }) => id));
  });

  it('after a clear that removes all it has read, it goes on with the rest', async () => {
    const { folder, keep, read } = place();
    const captures = Array.from({ length: 5 }, () => someCapture());
    await keep(...captures.slice(0, 2));
    const { cursor } = await read('', 2);
    await keep(...captures.slice(2, 4));
    clearCaptures(folder, captures[2]!.time, true);
    await keep(captures[4]!);
    expect((await read(cursor, 3)).ids).toEqual(captures.slice(2).map(({ id }) => id));
  });

  it('a journal that is truncated below its place is a gap, and what comes then is read', async () => {
    const { folder, keep, read, files } = place();
    await keep(someCapture(), someCapture());
    const { cursor } = await read('', 2);
    truncateSync(join(folder, files()[0]!), 0);
    const later = someCapture();
    await keep(later);
    expect(await read(cursor, 1)).toMatchObject({ ids: [later.id], hasGap: true });
  });

  it('goes on if the clock goes back within a journal with more records than a batch', async () => {
    const { keep, read } = place();
    const captures = Array.from({ length: 300 }, (_, index) =>
      someCapture({ time: index === 0 ? 1795363600000 : 1795360000000 + index }),
    );
    await keep(...captures);
    expect((await read('', 300)).ids).toHaveLength(300);
  });

  it('holds a few megabytes of records at a time', async () => {
    const { folder, keep } = place();
    await keep(...Array.from({ length: 12 }, () => someCapture({ body: Buffer.alloc(1024 * 1024, 'x') })));
    const stop = new AbortController();
    const sizes: number[] = [];
    for await (const { entries } of followJournals(folder, '', stop.signal)) {
      sizes.push(entries.length);
      if (sizes.reduce((sum, size) => sum + size) === 12) stop.abort();
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(3);
  });

  it.each([
    ['not JSON', () => 'x'],
    ['no files', () => '{"v":1,"files":null}'],
    ['a number for a position', (name: string) => `{"files":{"${name}":5}}`],
    ['null for a position', (name: string) => `{"files":{"${name}":null}}`],
    ['an offset below zero', (name: string) => `{"files":{"${name}":[1,-5,"x"]}}`],
    ['an offset that is no number', (name: string) => `{"files":{"${name}":[1,"5","x"]}}`],
    ['a place inside a line', (name: string, inode: number) => `{"files":{"${name}":[${inode},10,"x"]}}`],
  ])('a damaged cursor (%s): what may not have been read is read again', async (_name, cursorOf) => {
    const { folder, keep, read, files } = place();
    const captures = [someCapture(), someCapture()];
    await keep(...captures);
    const [name] = files();
    const cursor = cursorOf(name!, statSync(join(folder, name!)).ino);
    expect((await read(cursor, 2)).ids).toEqual(captures.map(({ id }) => id));
  });

  it('a journal with the inode of the one that was read, after two clears', async () => {
    const { folder, keep, read, files } = place();
    const captures = Array.from({ length: 6 }, () => someCapture());
    await keep(...captures.slice(0, 2));
    const { cursor } = await read('', 2);
    await keep(...captures.slice(2));
    // In place, so that the inode stays: without the first line, and the rest is longer than what was read.
    const path = join(folder, files()[0]!);
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, lines.slice(1).join('\n'));
    const { ids, hasGap } = await read(cursor, 4);
    expect({ ids, hasGap }).toEqual({ ids: captures.slice(2).map(({ id }) => id), hasGap: false });
  });

  it('half a line is not read before it is complete', async () => {
    const { folder, keep, read, files } = place();
    const first = someCapture();
    await keep(first);
    const { cursor } = await read('', 1);
    const path = join(folder, files()[0]!);
    appendFileSync(path, '{"v":1,"record":"capt');
    const other = openJournal(folder, { sync: false, now }).journal;
    const second = someCapture();
    await other.keep(kept(second));
    const next = await read(cursor, 1);
    expect(next.ids).toEqual([second.id]);
    // Completed, it is one damaged line, and the record after it is read.
    appendFileSync(path, '\n');
    const third = someCapture();
    await keep(third);
    expect((await read(next.cursor, 1)).ids).toEqual([third.id]);
    await other.close();
  });

  it('a folder that does not exist yet is followed from its beginning', async () => {
    const folder = join(temporaryFolder(), 'later');
    const stop = new AbortController();
    const capture = someCapture();
    const ids: string[] = [];
    const following = (async () => {
      for await (const batch of followJournals(folder, undefined, stop.signal)) {
        for (const entry of batch.entries) if (entry.kind === 'capture') ids.push(entry.head.id);
        if (ids.length > 0) stop.abort();
      }
    })();
    const { journal } = openJournal(folder, { sync: false, now });
    await journal.keep(kept(capture));
    await following;
    await journal.close();
    expect(ids).toEqual([capture.id]);
  });

  it('a removed folder, and then a new one', async () => {
    const { folder, journal, keep, read } = place();
    await keep(someCapture());
    const { cursor } = await read('', 1);
    rmSync(folder, { recursive: true });
    const later = someCapture();
    await journal.keep(kept(later));
    expect((await read(cursor, 1)).ids).toEqual([later.id]);
  });

  it('a journal that is truncated, and longer than before when it is read again, is a gap', async () => {
    const { folder, keep, files } = place();
    await keep(someCapture(), someCapture());
    const next = await following(folder, '');
    expect((await next()).ids).toHaveLength(2);
    truncateSync(join(folder, files()[0]!), 0);
    const later = Array.from({ length: 6 }, () => someCapture());
    await keep(...later);
    expect(await next()).toMatchObject({ ids: later.map(({ id }) => id), hasGap: true });
  });

  it('a journal that gets another name is not read again, also by a follower that was not running', async () => {
    const { folder, keep, files } = place();
    await keep(someCapture(), someCapture());
    const next = await following(folder, '');
    const { cursor } = await next();
    renameSync(join(folder, files()[0]!), join(folder, 'november.jsonl'));
    const later = someCapture();
    await keep(later);
    const expected = { ids: [later.id], hasGap: false };
    expect(await next()).toMatchObject(expected);
    expect(await (await following(folder, cursor))()).toMatchObject(expected);
  });

  it('a journal that one listing does not have is not read again', async () => {
    const { folder, keep, files } = place();
    await keep(someCapture());
    const next = await following(folder, '');
    await next();
    const path = join(folder, files()[0]!);
    renameSync(path, `${folder}.aside`);
    const [second, third] = [someCapture(), someCapture()];
    await keep(second);
    expect((await next()).ids).toEqual([second.id]);
    renameSync(`${folder}.aside`, path);
    await keep(third);
    expect(await next()).toMatchObject({ ids: [third.id], hasGap: false });
  });

  it.each([
    ['verified', {}, true],
    ['rejected', { verified: false, reason: 'missing_header', status: 401 } as const, false],
  ])(
    'a journal of %s messages that is removed before it was read: a gap is %s',
    async (_name, changes, isGap) => {
      const { folder, keep, files } = place();
      const other = openJournal(folder, { sync: false, now: () => now() + 1 }).journal;
      await keep(...Array.from({ length: 300 }, () => someCapture(changes)));
      const next = await following(folder, '');
      expect((await next()).ids).toHaveLength(256);
      for (const name of files()) if (statSync(join(folder, name)).size > 0) rmSync(join(folder, name));
      const gaps: boolean[] = [];
      // One listing can lack a journal, two do not.
      for (const capture of [someCapture(), someCapture()]) {
        await other.keep(kept(capture));
        gaps.push((await next()).hasGap);
      }
      expect(gaps).toEqual([false, isGap]);
      await other.close();
    },
  );

  it('damaged records are counted, once', async () => {
    const { folder, keep, files } = place();
    await keep(someCapture());
    const next = await following(folder, '');
    await next();
    appendFileSync(join(folder, files()[0]!), 'not a record\n');
    expect(await next()).toMatchObject({ ids: [], damaged: 1 });
    const later = someCapture();
    await keep(later);
    expect(await next()).toMatchObject({ ids: [later.id], damaged: 0 });
  });

  it.skipIf(!existsSync('/proc/self/io'))(
    'a journal that has not changed is not read (skipped without /proc)',
    async () => {
      const { folder, keep } = place();
      await keep(someCapture());
      const next = await following(folder, '');
      await next();
      // One line that is still being written, and takes no room on the disk.
      const unfinished = join(folder, 'unfinished.jsonl');
      writeFileSync(unfinished, '');
      truncateSync(unfinished, 64 * 1024 * 1024);
      const bytesRead = () => Number(/^rchar: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))![1]);
      const before = bytesRead();
      for (const capture of Array.from({ length: 4 }, () => someCapture())) {
        await keep(capture);
        expect((await next()).ids).toEqual([capture.id]);
      }
      expect(bytesRead() - before).toBeLessThan(80 * 1024 * 1024);
    },
  );
});

it('a journal that cannot be read is named once, and what was in it before is not new when it can be', async () => {
  const { folder, keep, files } = place();
  await keep(someCapture());
  const [journal] = files();
  const mark = join(temporaryFolder(), 'readable');
  const preload = join(temporaryFolder(), 'preload.cjs');
  // Not by permissions: root may read everything.
  writeFileSync(
    preload,
    `const fs = require('node:fs'); const { openSync, existsSync } = fs;
     fs.openSync = (path, ...rest) => {
       if (String(path).endsWith(${JSON.stringify(journal)}) && !existsSync(${JSON.stringify(mark)}))
         throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
       return openSync(path, ...rest);
     };`,
  );
  const follower = startBin(['captures', '--follow', '--json', '--captures', folder], {
    env: { NODE_OPTIONS: `--require ${preload}` },
  });
  await follower.until(/could not read .*permission denied/);
  const other = openJournal(folder, { sync: false, now }).journal;
  const [second, third] = [someCapture(), someCapture()];
  await other.keep(kept(second));
  await follower.until(new RegExp(second.id));
  writeFileSync(mark, '');
  await keep(third);
  await follower.until(new RegExp(third.id));
  await other.close();
  expect(follower.stdout().trim().split('\n')).toHaveLength(2);
  expect(follower.stderr().match(/could not read/g)).toHaveLength(1);
});
