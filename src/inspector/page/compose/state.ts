import { effect, signal } from '@preact/signals';
import type { Catalog, EventCheck, SampleEvent, SendRequest, SendResult } from '../../compose-protocol.ts';
import { getJson, postJson } from '../access.ts';
import { failureOf, type PageFailure } from '../failure.tsx';
import { keep, kept } from '../kept.ts';
import { showView, view } from '../state.ts';
import { indented } from '../text/json-lines.ts';
import { lineOfPath, linesByPath } from '../text/json-paths.ts';

/** How the event is sent; the same for every type. Kept in this tab, as is what was edited. */
export interface ComposeSettings {
  readonly fault: string | null;
  readonly actor: Readonly<Record<'organization' | 'user' | 'email', string>>;
}

/** What is wrong with the edited event, at its lines. */
export interface CheckedLines {
  readonly problem: string | null;
  readonly differences: readonly { readonly line: number; readonly text: string }[];
}

export interface LoadedSample extends SampleEvent {
  readonly type: string;
}

export type SendState =
  | { readonly kind: 'sending' }
  | { readonly kind: 'answered'; readonly result: SendResult }
  | ({ readonly kind: 'failed' } & PageFailure);

export const catalog = signal<Catalog | null>(null);
/** The name of the selected event type. */
export const selectedType = signal<string | null>(kept('composed'));
/** The name of the selected scenario; null if an event type is selected. */
export const selectedScenario = signal<string | null>(kept('scenario'));
export const sample = signal<LoadedSample | null>(null);
export const loadFailure = signal<PageFailure | null>(null);
export const settings = signal<ComposeSettings>(
  kept('settings') ?? { fault: null, actor: { organization: '', user: '', email: '' } },
);
/** The last message of each type, as long as the page is open. */
export const sent = signal<ReadonlyMap<string, SendState>>(new Map());

/** Opens the sample of a type in the editor. */
export function selectType(name: string): void {
  selectedType.value = name;
  selectedScenario.value = null;
  keep('composed', name);
  keep('scenario', null);
}

/** Opens a scenario. */
export function selectScenario(name: string): void {
  selectedScenario.value = name;
  keep('scenario', name);
}

/** Changes what is sent with every event, and keeps it in this tab. */
export function changeSettings(part: Partial<ComposeSettings>): void {
  settings.value = { ...settings.value, ...part };
  keep('settings', settings.value);
}

/** Loads the types and scenarios, and selects the first type. */
export async function loadCatalog(signal: AbortSignal): Promise<void> {
  try {
    const loaded = await getJson<Catalog>('/api/catalog', { signal });
    if (signal.aborted) return;
    catalog.value = loaded;
    loadFailure.value = null;
    if (selectedType.value === null && loaded.types[0]) selectedType.value = loaded.types[0].name;
  } catch (error) {
    if (!signal.aborted) loadFailure.value = failureOf(error);
  }
}

async function loadSample(type: string, signal: AbortSignal): Promise<void> {
  try {
    const loaded = await getJson<SampleEvent>(`/api/sample?type=${encodeURIComponent(type)}`, { signal });
    if (signal.aborted) return;
    sample.value = { type, ...loaded };
    loadFailure.value = null;
  } catch (error) {
    if (!signal.aborted) loadFailure.value = failureOf(error);
  }
}

/** Opens an event in the editor, as an edited sample of its type, or of the first one if its type is not in the catalog. */
export async function composeEvent(type: string, event: string): Promise<void> {
  if (!catalog.value) await loadCatalog(new AbortController().signal);
  const types = catalog.value?.types ?? [];
  const name = (types.find((each) => each.name === type) ?? types[0])?.name;
  if (name === undefined) return;
  keep(draftName(name), indented(event));
  // The editor reads its draft when it is opened.
  sample.value = null;
  selectType(name);
  showView('compose');
}

/** The name under which the edited event of a type is kept. */
export const draftName = (type: string) => `compose:${type}`;

/** Loads what the view shows. Event files can change, so it is loaded again each time the view is opened. */
export function startComposing(): void {
  effect(() => {
    if (view.value !== 'compose') return;
    const abort = new AbortController();
    void loadCatalog(abort.signal);
    return () => abort.abort();
  });
  effect(() => {
    const type = selectedType.value;
    if (view.value !== 'compose' || type === null) return;
    const abort = new AbortController();
    // Moving quickly through the list loads only where it ends.
    const timer = setTimeout(() => void loadSample(type, abort.signal), sample.peek() ? 60 : 0);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  });
}

/** Compares an edited event with the documentation of its type. Rejects if the inspector does not answer. */
export async function checkText(text: string): Promise<CheckedLines> {
  const { problem, differences } = await postJson<EventCheck>('/api/check-event', { body: text });
  const lines = linesByPath(text);
  return {
    problem,
    differences: differences.map(({ path, field, reason }) => ({
      line: lineOfPath(lines, path),
      text: `${field} ${reason}`,
    })),
  };
}

function setSent(type: string, state: SendState): void {
  sent.value = new Map(sent.value).set(type, state);
}

/** What is sent to the server: fields that are empty set nothing. */
export function requestOf(body: string, { fault, actor }: ComposeSettings, target: string): SendRequest {
  const filled = Object.entries(actor)
    .map(([kind, value]) => [kind, value.trim()])
    .filter(([, value]) => value !== '');
  return { body, target, fault, actor: Object.fromEntries(filled) };
}

/** Does nothing while an event of this type is being sent already. */
export async function sendEvent(type: string, request: SendRequest): Promise<void> {
  if (sent.value.get(type)?.kind === 'sending') return;
  setSent(type, { kind: 'sending' });
  try {
    const result = await postJson<SendResult>('/api/send', request);
    setSent(type, { kind: 'answered', result });
  } catch (error) {
    setSent(type, { kind: 'failed', ...failureOf(error) });
  }
}
