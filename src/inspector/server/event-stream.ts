import { performance } from 'node:perf_hooks';
import type { ListenerChange } from '../../captures/record.ts';
import type { CaptureStore, Entry, FollowedBatch } from '../../captures/store.ts';
import { pause } from '../../pause.ts';
import { gapBefore } from '../../report/facts/capture.ts';
import type { AttemptShown, EventMessage, EventRow, Session } from '../protocol.ts';
import { attemptOf, rowOf } from './rows.ts';

/** The most rows in one line. */
const MAX_ROWS = 256;
/** From one look at the store to the next, in ms. */
const PAUSE_MS = 30;
/** Before more than the newest captures are read: until a page has drawn those, it needs the processor. */
const FIRST_PAUSE_MS = 150;
/** So many entries at once are more than anyone reads. */
const LARGE_BATCH = 20;
/** Long enough for a page to draw what came before. */
const LARGE_PAUSE_MS = 60;
/** While the process is busy. */
const BUSY_PAUSE_MS = 400;
/** Above this share of the time, the process has no time left for a page. */
const BUSY = 0.5;

/**
 * How long to wait before the next look at the store. A page must not slow the listener in the same process down: while
 * more arrives than anyone can read, it gets several hundred records per second, and the rest when the listener has time.
 */
export function pauseAfter(entries: number, busy: number): number {
  if (entries < LARGE_BATCH) return PAUSE_MS;
  return busy > BUSY ? BUSY_PAUSE_MS : LARGE_PAUSE_MS;
}

/** Returns a function that returns the share of the time since its last call in which this process was busy, from 0 to 1. */
function busyMeter(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}

/**
 * What a page shows: the captures that exist, newest first, and then what arrives until `stop` aborts. With `after`,
 * only what arrived since that cursor.
 */
export async function* eventStream(
  store: CaptureStore,
  session: Session,
  after: string | undefined,
  stop: AbortSignal,
): AsyncGenerator<readonly EventMessage[]> {
  yield [{ kind: 'session', session }];
  let sent: ReadonlySet<string> = new Set();
  const busyShare = busyMeter();
  let [hasBegun, last] = [false, Date.now()];
  for await (const batch of store.follow(after, stop)) {
    if (batch.link) yield [{ kind: 'link', state: batch.link }];
    if (batch.link === 'lost') continue;
    // Whatever exists now comes before what is followed: nothing is missed between the two.
    if (!hasBegun && after === undefined) sent = yield* existingRows(store, stop);
    if (!hasBegun) yield [{ kind: 'loaded', cursor: batch.cursor }];
    hasBegun = true;
    const messages = arrivals(batch, sent, last);
    last = Date.now();
    if (messages.length === 0) continue;
    yield messages;
    await pause(pauseAfter(batch.entries.length, busyShare()), stop);
  }
}

/** Returns the ids that were sent. */
async function* existingRows(
  store: CaptureStore,
  stop: AbortSignal,
): AsyncGenerator<readonly EventMessage[], ReadonlySet<string>> {
  const sent = new Set<string>();
  // An Outcome is written after its Capture, so newest first it is read before it.
  const attempts = new Map<string, AttemptShown[]>();
  const gaps: EventMessage[] = [];
  let rows: EventRow[] = [];
  let batches = 0;
  for await (const batch of (await store.openReader()).newestFirst()) {
    if (batches === 1) await pause(FIRST_PAUSE_MS, stop);
    batches += 1;
    for (const entry of batch) {
      if (entry.kind === 'outcome') addAttempt(attempts, entry.outcome.capture, attemptOf(entry.outcome));
      if (entry.kind === 'listener') gaps.push(...gapsBefore(entry.change));
      if (entry.kind !== 'capture') continue;
      rows.push(rowOf(entry.head, attempts.get(entry.head.id) ?? []));
      sent.add(entry.head.id);
      attempts.delete(entry.head.id);
    }
    if (rows.length < MAX_ROWS && sent.size > MAX_ROWS) continue;
    yield [{ kind: 'rows', rows }];
    rows = [];
  }
  if (rows.length > 0) yield [{ kind: 'rows', rows }];
  if (gaps.length > 0) yield gaps;
  return sent;
}

function addAttempt(attempts: Map<string, AttemptShown[]>, id: string, attempt: AttemptShown): void {
  const known = attempts.get(id);
  if (known) known.unshift(attempt);
  else attempts.set(id, [attempt]);
}

function arrivals(
  { entries, cursor, hasGap }: FollowedBatch,
  sent: ReadonlySet<string>,
  last: number,
): EventMessage[] {
  const gap: EventMessage[] = hasGap ? [{ kind: 'gap', from: last, until: Date.now(), cursor }] : [];
  return [...gap, ...entries.flatMap((entry) => messageOf(entry, sent, cursor) ?? [])];
}

function messageOf(entry: Entry, sent: ReadonlySet<string>, cursor: string): EventMessage | undefined {
  switch (entry.kind) {
    case 'capture':
      return sent.has(entry.head.id) ? undefined : { kind: 'row', row: rowOf(entry.head, []), cursor };
    case 'outcome':
      return { kind: 'attempt', id: entry.outcome.capture, attempt: attemptOf(entry.outcome), cursor };
    case 'listener':
      return gapsBefore(entry.change).map((gap) => ({ ...gap, cursor }))[0];
  }
}

function gapsBefore(change: ListenerChange): Extract<EventMessage, { kind: 'gap' }>[] {
  const gap = gapBefore(change);
  return gap ? [{ kind: 'gap', from: Date.parse(gap.from), until: Date.parse(gap.until) }] : [];
}
