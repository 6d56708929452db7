import { computed, effect, signal } from '@preact/signals';
import type { AttemptDetail, AttemptShown, CaptureDetail, ReplayRequest, ReplayResult } from '../protocol.ts';
import { Denied, getJson, postJson, Unanswered } from './access.ts';
import { BodyComparison } from './comparison/comparison.ts';
import { takeCause } from './list/causes.ts';
import { events, version } from './list/shown-events.ts';
import { connection, selectedCapture } from './state.ts';
import { bytesOf, type DecodedBytes, decodeBytes } from './text/bytes.ts';
import { sentence } from './text/words.ts';

/** The selected capture with its body; the one before stays until it is there, so that nothing flickers. */
export interface LoadedCapture {
  readonly detail: CaptureDetail;
  readonly bytes: Uint8Array;
  readonly body: DecodedBytes;
  /** Null if the signed body is unknown or the same. */
  readonly comparison: BodyComparison | null;
}

export const loaded = signal<LoadedCapture | null>(null);
export const loadError = signal<{
  readonly id: string;
  readonly message: string;
  readonly fix: string;
} | null>(null);

/** The attempts of the selected capture with their responses. The list has those that came since. */
const attempts = signal<{ readonly id: string; readonly known: readonly AttemptDetail[] } | null>(null);

/** The beginning of the handler's response to an attempt; null if there is none, or it is not known yet. */
export function responseTo(id: string, { time, url }: AttemptShown): string | null {
  const known = attempts.value?.id === id ? attempts.value.known : [];
  return known.find((each) => each.time === time && each.url === url)?.response ?? null;
}

/** The last replay of each capture, as long as the page is open. */
export type ReplayState =
  | { readonly kind: 'sending' }
  | { readonly kind: 'answered'; readonly result: ReplayResult }
  | { readonly kind: 'failed'; readonly message: string; readonly fix: string };

export const replays = signal<ReadonlyMap<string, ReplayState>>(new Map());

function withBytes(detail: CaptureDetail, left: AbortSignal): LoadedCapture {
  const signed = detail.verdict.signedBodyBase64;
  const comparison = signed === null ? null : new BodyComparison(signed, detail.bodyBase64, left);
  const bytes = bytesOf(detail.bodyBase64);
  return { detail, bytes, body: decodeBytes(bytes), comparison };
}

/** How long a comparison may delay its capture, so that small ones are complete when they appear. In ms. */
const comparisonPatience = 150;

async function comparedSoon({ comparison }: LoadedCapture): Promise<void> {
  const patience = new Promise((resolve) => setTimeout(resolve, comparisonPatience));
  await Promise.race([comparison?.ended, patience]);
}

export interface PageFailure {
  readonly message: string;
  readonly fix: string;
}

/** The message and fix of any error; a rejected token ends the session. */
export function explain(error: unknown): PageFailure {
  if (error instanceof Denied) connection.value = { state: 'denied' };
  if (error instanceof Unanswered) return { message: sentence(error.message), fix: sentence(error.fix) };
  return { message: 'The inspector does not respond.', fix: '' };
}

async function load(id: string, signal: AbortSignal): Promise<void> {
  try {
    const detail = await getJson<CaptureDetail>(`/api/captures/${encodeURIComponent(id)}`, { signal });
    if (signal.aborted) return;
    // Two tasks, because the body can be large: the page responds in between.
    await new Promise((resolve) => setTimeout(resolve));
    const capture = withBytes(detail, signal);
    await comparedSoon(capture);
    if (signal.aborted) return;
    loadError.value = null;
    loaded.value = capture;
    attempts.value = { id, known: detail.attempts };
    takeCause(detail);
  } catch (error) {
    if (!signal.aborted) loadError.value = { id, ...explain(error) };
  }
}

/** Loads what is selected. Moving quickly through the list loads only where it ends. */
export function startLoading(): void {
  effect(() => {
    const id = selectedCapture.value;
    if (id === null) return;
    const abort = new AbortController();
    const timer = setTimeout(() => void load(id, abort.signal), loaded.peek() ? 60 : 0);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  });
}

/** Loads the responses to the attempts that the selected capture got since it was loaded. */
export function startLoadingAttempts(): void {
  const missing = computed(() => {
    void version.value;
    const { id, known } = attempts.value ?? { id: null, known: [] };
    const count = events.get(id)?.attempts.length ?? 0;
    return id !== null && id === selectedCapture.value && count > known.length ? `${count} ${id}` : null;
  });
  effect(() => {
    const id = missing.value?.replace(/^\d+ /, '');
    if (id === undefined) return;
    const abort = new AbortController();
    void loadAttempts(id, abort.signal);
    return () => abort.abort();
  });
}

async function loadAttempts(id: string, signal: AbortSignal): Promise<void> {
  try {
    const known = await getJson<AttemptDetail[]>(`/api/attempts/${encodeURIComponent(id)}`, { signal });
    if (!signal.aborted) attempts.value = { id, known };
  } catch {
    // The attempts are shown without their responses.
  }
}

function setReplay(id: string, state: ReplayState): void {
  replays.value = new Map(replays.value).set(id, state);
}

export async function replay(request: ReplayRequest): Promise<void> {
  if (replays.value.get(request.capture)?.kind === 'sending') return;
  setReplay(request.capture, { kind: 'sending' });
  try {
    const result = await postJson<ReplayResult>('/api/replay', request);
    setReplay(request.capture, { kind: 'answered', result });
  } catch (error) {
    setReplay(request.capture, { kind: 'failed', ...explain(error) });
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
