import { signal } from '@preact/signals';
import type { ReplayRequest, ReplayResult } from '../protocol.ts';
import { postJson } from './access.ts';
import { failureOf, type PageFailure } from './failure.tsx';
import { events } from './list/shown-events.ts';

export type ReplayState =
  | { readonly kind: 'sending' }
  | { readonly kind: 'answered'; readonly result: ReplayResult }
  | ({ readonly kind: 'failed' } & PageFailure);

/** The last replay of each capture, as long as the page is open. */
export const replays = signal<ReadonlyMap<string, ReplayState>>(new Map());

function setReplay(id: string, state: ReplayState): void {
  replays.value = new Map(replays.value).set(id, state);
}

/** Does nothing while the capture is being replayed already. */
export async function replay(request: ReplayRequest): Promise<void> {
  if (replays.value.get(request.capture)?.kind === 'sending') return;
  setReplay(request.capture, { kind: 'sending' });
  try {
    const result = await postJson<ReplayResult>('/api/replay', request);
    setReplay(request.capture, { kind: 'answered', result });
  } catch (error) {
    setReplay(request.capture, { kind: 'failed', ...failureOf(error) });
  }
}

/** Re-signing would make a forgery valid, so a rejected event is sent as it was received. */
export function replayPlainly(id: string): Promise<void> {
  const row = events.get(id);
  if (!row) return Promise.resolve();
  return replay({ capture: id, mode: row.verified ? 'resigned' : 'exact', target: null });
}

/** One after the other, because order can matter to a handler. */
export async function replayAll(ids: readonly string[]): Promise<void> {
  for (const id of ids) await replayPlainly(id);
}
