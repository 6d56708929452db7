import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { ScenarioDetail, StepResult } from '../../compose-protocol.ts';
import { eachLine, getJson, post } from '../access.ts';
import { AttemptSummary } from '../detail/overview.tsx';
import { failureOf, type PageFailure } from '../failure.tsx';
import { Check, Cross, Dot } from '../icons.tsx';
import { currentTarget, Targets } from '../targets.tsx';
import { Shown } from '../text/shown.tsx';
import { duration, plural } from '../text/words.ts';
import { ShowLink } from './sent.tsx';

/** The last run of a scenario. */
interface ScenarioRun {
  readonly isRunning: boolean;
  readonly results: readonly StepResult[];
  readonly failure: PageFailure | null;
}

const runs = signal<ReadonlyMap<string, ScenarioRun>>(new Map());

function change(name: string, part: Partial<ScenarioRun>): void {
  const before = runs.value.get(name) ?? { isRunning: false, results: [], failure: null };
  runs.value = new Map(runs.value).set(name, { ...before, ...part });
}

async function run(name: string, target: string): Promise<void> {
  if (runs.value.get(name)?.isRunning) return;
  change(name, { isRunning: true, results: [], failure: null });
  try {
    const response = await post('/api/run-scenario', { name, target });
    await eachLine<StepResult>(response, (result) =>
      change(name, { results: [...(runs.value.get(name)?.results ?? []), result] }),
    );
  } catch (error) {
    change(name, { failure: failureOf(error) });
  }
  change(name, { isRunning: false });
}

/** The steps of a scenario, or what is wrong with its file. */
function useScenario(name: string): ScenarioDetail | PageFailure | null {
  const [loaded, setLoaded] = useState<ScenarioDetail | PageFailure | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const path = `/api/scenario?name=${encodeURIComponent(name)}`;
    getJson<ScenarioDetail>(path, { signal: abort.signal }).then(setLoaded, (error) => {
      if (!abort.signal.aborted) setLoaded(failureOf(error));
    });
    return () => abort.abort();
  }, [name]);
  return loaded;
}

interface StepRowProps {
  readonly step: ScenarioDetail['steps'][number];
  readonly result: StepResult | undefined;
}

function StepRow({ step: { type, afterMs, expects }, result }: StepRowProps) {
  return (
    <li>
      {!result && <Dot />}
      {result && (result.isMet ? <Check /> : <Cross />)}
      <span class="what cut">
        <Shown text={type} />
      </span>
      <span class="muted">
        {afterMs > 0 && `after ${duration(afterMs)}, `}expects {expects.join(', ')}
      </span>
      <span>
        {result && (
          <>
            <AttemptSummary attempt={result.attempt} isGood={result.isMet} />{' '}
            {result.capture !== null && <ShowLink capture={result.capture} />}
          </>
        )}
      </span>
    </li>
  );
}

function summaryOf({ isRunning, results, failure }: ScenarioRun, total: number): string {
  if (failure) return `${failure.message} ${failure.fix}`;
  const done = `${results.length} of ${plural(total, 'step')} sent`;
  if (isRunning) return `${done}…`;
  const last = results.at(-1);
  return last && !last.isMet ? `Step ${last.index + 1} failed, so the rest was not sent.` : `${done}.`;
}

/** The steps of a scenario, and their results when it is run. */
export function ScenarioPane({ name }: { name: string }) {
  const loaded = useScenario(name);
  const current = runs.value.get(name);
  const target = currentTarget();
  const steps = loaded && 'steps' in loaded ? loaded.steps : [];
  return (
    <form
      class="scenario"
      onSubmit={(event) => {
        event.preventDefault();
        if (target !== null) void run(name, target);
      }}
    >
      <h2>
        <Shown text={name} />
      </h2>
      {loaded && 'steps' in loaded && loaded.description !== null && (
        <p class="muted">
          <Shown text={loaded.description} />
        </p>
      )}
      {loaded && 'message' in loaded && (
        <p class="bad" role="alert">
          <Shown text={`${loaded.message} ${loaded.fix}`} />
        </p>
      )}
      <Targets />
      <ol class="steps flow">
        {steps.map((step, index) => (
          <StepRow key={index} step={step} result={current?.results[index]} />
        ))}
      </ol>
      <div class="result">
        <span role="status">{current && <Shown text={summaryOf(current, steps.length)} />}</span>
        <span class="grow" />
        <button
          type="submit"
          class="btn primary"
          disabled={steps.length === 0 || target === null}
          aria-disabled={current?.isRunning}
        >
          Send scenario
        </button>
      </div>
    </form>
  );
}
