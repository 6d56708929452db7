import { computed, effect, signal } from '@preact/signals';
import type { AttemptDetail, AttemptShown, CaptureDetail } from '../protocol.ts';
import { getJson } from './access.ts';
import { BodyComparison } from './comparison/comparison.ts';
import { failureOf, type PageFailure } from './failure.tsx';
import { takeCause } from './list/causes.ts';
import { events, version } from './list/shown-events.ts';
import { selectedCapture } from './state.ts';
import { bytesOf, type DecodedBytes, decodeBytes } from './text/bytes.ts';

/** The selected capture with its body; the one before stays until it is there, so that nothing flickers. */
export interface LoadedCapture {
  readonly detail: CaptureDetail;
  readonly bytes: Uint8Array;
  readonly body: DecodedBytes;
  /** Null if the signed body is unknown or the same. */
  readonly comparison: BodyComparison | null;
}

/** What is shown; null before the first capture is there. */
export const loaded = signal<LoadedCapture | null>(null);
/** Why the capture with this id could not be loaded. */
export const loadError = signal<(PageFailure & { readonly id: string }) | null>(null);

/** The attempts of the selected capture with their responses. The list has those that came since. */
const attempts = signal<{ readonly id: string; readonly known: readonly AttemptDetail[] } | null>(null);

/** The beginning of the handler's response to an attempt; null if there is none, or it is not known yet. */
export function responseTo(id: string, { time, url }: AttemptShown): string | null {
  const known = attempts.value?.id === id ? attempts.value.known : [];
  return known.find((each) => each.time === time && each.url === url)?.response ?? null;
}

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
    if (!signal.aborted) loadError.value = { id, ...failureOf(error) };
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
