import { batch, computed, effect, signal } from '@preact/signals';
import type {
  CheckHistory,
  CheckList,
  CheckMessage,
  CheckResultShown,
  CheckRunRequest,
  ListedCheck,
} from '../../check-protocol.ts';
import { eachLine, getJson, post, postJson } from '../access.ts';
import { failureOf, type PageFailure } from '../failure.tsx';
import { keep, kept } from '../kept.ts';
import { announcement, view } from '../state.ts';
import { currentTarget } from '../targets.tsx';
import { titleOf } from './words.ts';

/** A run in progress. */
export interface Progress {
  readonly target: string;
  /** In ms since 1970. */
  readonly started: number;
  /** Names, in the order of the battery. */
  readonly planned: readonly string[];
  readonly running: ReadonlySet<string>;
  readonly results: ReadonlyMap<string, CheckResultShown>;
  readonly messages: number;
  /** Until when it waits for a rate limit, in ms since 1970; 0 if it does not. */
  readonly waitsUntil: number;
}

/** As typed; an empty seed means a random one for each run. */
export interface FuzzSetting {
  readonly events: string;
  readonly seed: string;
}

export const list = signal<CheckList | null>(null);
export const listFailure = signal<PageFailure | null>(null);
/** Of the current target. */
export const history = signal<CheckHistory>({ last: null, known: {} });
export const progress = signal<Progress | null>(null);
export const runFailure = signal<PageFailure | null>(null);
export const fuzz = signal<FuzzSetting>(kept('fuzz') ?? { events: '500', seed: '' });

/** Several checks of one group. Parts of two groups can have the same name. */
export const partKey = ({ group, part }: Pick<ListedCheck, 'group' | 'part'>) => `${group}/${part}`;

/** The deselected parts, by key. Generated events are off by default, because a run sends hundreds of them. */
const leftOut = signal<ReadonlySet<string>>(new Set(kept<string[]>('left-out') ?? ['fuzz/fuzz']));

export const isChosen = (key: string) => !leftOut.value.has(key);

/** Selects or deselects parts, by key. */
export function choose(keys: readonly string[], on: boolean): void {
  const next = new Set(leftOut.value);
  for (const key of keys) {
    if (on) next.delete(key);
    else next.add(key);
  }
  leftOut.value = next;
  keep('left-out', [...next]);
}

/** Changes how events are generated. */
export function changeFuzz(part: Partial<FuzzSetting>): void {
  fuzz.value = { ...fuzz.value, ...part };
  keep('fuzz', fuzz.value);
}

/** The names of the chosen checks. */
export const chosenNames = computed(() =>
  (list.value?.checks ?? []).filter((check) => isChosen(partKey(check))).map(({ name }) => name),
);

/** Those that can still be run: event files of the user may be gone. */
export const failedNames = computed(() => {
  const listed = new Set(list.value?.checks.map(({ name }) => name));
  const failed = (history.value.last?.checks ?? []).filter(({ status }) => status === 'fail');
  return failed.map(({ name }) => name).filter((name) => listed.has(name));
});

/** What the fields say, or undefined if they say nothing that can be sent. */
function fuzzRequest({ events, seed }: FuzzSetting): CheckRunRequest['fuzz'] | undefined {
  const [count, number] = [Number(events), seed.trim() === '' ? null : Number(seed)];
  const isCount = Number.isInteger(count) && count >= 1 && count <= 1_000_000;
  const isSeed = number === null || (Number.isInteger(number) && number >= 0 && number < 2 ** 31);
  return isCount && isSeed ? { events: count, seed: number } : undefined;
}

const noFuzz = { events: 1, seed: null };
const wrongFuzz = {
  message: 'Enter 1 to 1,000,000 events.',
  fix: 'Enter a seed from 0 to 2,147,483,647, or leave it empty for a random one.',
};

/** Runs checks by name against the current target, and shows their results as they come. */
export async function runChecks(names: readonly string[]): Promise<void> {
  const target = currentTarget();
  if (target === null || names.length === 0 || progress.value) return;
  const generated = names.includes('fuzz') ? fuzzRequest(fuzz.value) : noFuzz;
  if (!generated) {
    runFailure.value = wrongFuzz;
    return;
  }
  batch(() => {
    runFailure.value = null;
    progress.value = begun(target, Date.now(), names);
  });
  try {
    const request: CheckRunRequest = { target, checks: names, fuzz: generated };
    await eachLine<CheckMessage>(await post('/api/check', request), takeMessage);
    // The connection broke off if the last message did not come.
    if (progress.value)
      runFailure.value = {
        message: 'The connection to the inspector was lost during the run.',
        fix: 'Start the inspector again, and open its new link.',
      };
  } catch (error) {
    runFailure.value = failureOf(error);
  }
  progress.value = null;
}

/** The run then ends with the results that it has. */
export async function stopChecks(): Promise<void> {
  try {
    await postJson('/api/stop-check', {});
  } catch (error) {
    runFailure.value = failureOf(error);
  }
}

const begun = (target: string, started: number, planned: readonly string[]): Progress => ({
  target,
  started,
  planned,
  running: new Set(),
  results: new Map(),
  messages: 0,
  waitsUntil: 0,
});

function takeMessage(message: CheckMessage): void {
  const current = progress.value;
  if (!current) return;
  if (message.kind === 'ended') {
    batch(() => {
      progress.value = null;
      if (current.target === currentTarget()) history.value = message.history;
      if (message.history.last) announcement.value = titleOf(message.history.last);
    });
    return;
  }
  progress.value = advanced(current, message);
}

/** What a run looks like after one more message. */
function advanced(current: Progress, message: Exclude<CheckMessage, { kind: 'ended' }>): Progress {
  switch (message.kind) {
    case 'begun':
      return begun(current.target, message.time, message.checks);
    case 'running':
      return { ...current, running: new Set([...current.running, message.name]), waitsUntil: 0 };
    case 'limited':
      return { ...current, waitsUntil: Date.now() + message.waitMs };
    case 'result': {
      const running = new Set(current.running);
      running.delete(message.name);
      const results = new Map(current.results).set(message.name, message.result);
      return { ...current, running, results, messages: message.messages, waitsUntil: 0 };
    }
  }
}

async function load(target: string | null, signal: AbortSignal): Promise<void> {
  try {
    const path = `/api/check-history?target=${encodeURIComponent(target ?? '')}`;
    const [checks, known] = await Promise.all([
      getJson<CheckList>('/api/checks', { signal }),
      getJson<CheckHistory>(path, { signal }),
    ]);
    if (signal.aborted) return;
    batch(() => {
      list.value = checks;
      history.value = known;
      listFailure.value = null;
    });
  } catch (error) {
    if (!signal.aborted) listFailure.value = failureOf(error);
  }
}

/** Loads what the view shows, each time it is opened or another target is chosen: another tab may have run checks. */
export function startChecking(): void {
  effect(() => {
    if (view.value !== 'check') return;
    const abort = new AbortController();
    runFailure.value = null;
    void load(currentTarget(), abort.signal);
    return () => abort.abort();
  });
}
