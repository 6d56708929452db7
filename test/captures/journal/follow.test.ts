import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clearCaptures } from '../../../src/captures/journal/clear.ts';
import { followJournals } from '../../../src/captures/journal/follow.ts';
import { openJournal } from '../../../src/captures/journal/writer.ts';
import type { Capture } from '../../../src/captures/record.ts';
import { kept, someCapture } from '../../support/captures.ts';
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
});
