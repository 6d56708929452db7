import { expect, it } from 'vitest';
import type { Capture } from '../../../src/captures/record.ts';
import { CaptureQueue } from '../../../src/commands/replay/queue.ts';

const capture = (id: string) => ({ id }) as Capture;

/** Yields groups of captures with these ids, and counts how many groups were asked for. */
function groupsOf(...groups: string[][]) {
  const asked = { count: 0 };
  async function* read() {
    for (const ids of groups) {
      asked.count += 1;
      yield ids.map(capture);
    }
  }
  return { asked, queue: new CaptureQueue(read()) };
}

it('gives the captures in order, and undefined after the last', async () => {
  const { queue } = groupsOf(['a', 'b'], [], ['c']);
  const ids = [];
  for (let next = await queue.next(); next; next = await queue.next()) ids.push(next.id);
  expect(ids).toEqual(['a', 'b', 'c']);
  expect(await queue.next()).toBeUndefined();
});

it('gives what is in the current group without a promise', async () => {
  const { queue } = groupsOf(['a', 'b']);
  await queue.next();
  expect(queue.next()).toEqual(capture('b'));
});

it('keeps the capture that was peeked at', async () => {
  const { queue } = groupsOf(['a', 'b']);
  expect(await queue.peek()).toEqual(capture('a'));
  expect([queue.next(), queue.next()]).toEqual([capture('a'), capture('b')]);
  expect(await groupsOf().queue.peek()).toBeUndefined();
});

it('reads a group once if several lanes wait for it, and each capture goes to one of them', async () => {
  const { queue, asked } = groupsOf(['a', 'b'], ['c']);
  const waiting = [queue.next(), queue.next()];
  expect(asked.count).toBe(1);
  expect(await Promise.all(waiting)).toEqual([capture('a'), capture('b')]);
  expect(await Promise.all([queue.next(), queue.next()])).toEqual([capture('c'), undefined]);
});

it('rejects if a group cannot be read, and ends then', async () => {
  async function* failing(): AsyncGenerator<Capture[]> {
    yield [capture('a')];
    throw new Error('unreadable');
  }
  const queue = new CaptureQueue(failing());
  await queue.next();
  await expect(queue.next()).rejects.toThrow('unreadable');
  expect(await queue.next()).toBeUndefined();
});
