import { expect, it } from 'vitest';
import type { CaptureStore, FollowedBatch } from '../../../src/captures/store.ts';
import type { Session } from '../../../src/inspector/protocol.ts';
import { eventStream, pauseAfter } from '../../../src/inspector/server/event-stream.ts';
import { someCapture } from '../../support/captures.ts';

const session: Session = { store: 'captures', listener: null, follower: 'inspector', targets: [] };

it.each([
  ['few events, while the process is busy', 5, 1, 30],
  ['many events, while the process has time', 256, 0.3, 60],
  ['many events, while the process is busy', 20, 0.9, 400],
])('looks at the store again after %s', (_, entries, busy, pauseMs) => {
  expect(pauseAfter(entries, busy)).toBe(pauseMs);
});

it('leaves a process that is busy its time', async () => {
  const entries = Array.from({ length: 30 }, () => {
    const head = someCapture();
    return { kind: 'capture', head, load: () => head } as const;
  });
  const batch: FollowedBatch = { entries, cursor: '1', hasGap: false };
  const store = {
    async *follow() {
      for (;;) {
        const until = performance.now() + 50;
        while (performance.now() < until);
        yield batch;
      }
    },
  };
  const stop = new AbortController();
  const times: number[] = [];
  for await (const messages of eventStream(store as unknown as CaptureStore, session, '0', stop.signal)) {
    if (messages.some(({ kind }) => kind === 'row')) times.push(performance.now());
    if (times.length === 2) break;
  }
  expect(times[1]! - times[0]!).toBeGreaterThan(300);
});
