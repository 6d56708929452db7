import { useEffect } from 'preact/hooks';
import { FailureView } from '../failure.tsx';
import { Findings } from './findings.tsx';
import { Groups } from './groups.tsx';
import { RunBar } from './run-bar.tsx';
import { RunningFindings } from './running.tsx';
import { history, listFailure, progress } from './state.ts';

/** The view that runs checks against a target. */
export function Check() {
  useEffect(() => document.getElementById('run')?.focus(), []);
  const failure = listFailure.value;
  if (failure)
    return (
      <main class="check">
        <FailureView failure={failure} />
      </main>
    );
  const { last } = history.value;
  return (
    <main class="check">
      <RunBar />
      <div class="checkgrid">
        <Groups />
        <section class="found" aria-label="Findings" tabIndex={0}>
          {progress.value && <RunningFindings run={progress.value} />}
          {!progress.value && last && <Findings key={last.time} run={last} />}
          {!progress.value && !last && <Beginning />}
        </section>
      </div>
    </main>
  );
}

/** What a run does, before the first. */
function Beginning() {
  return (
    <div class="beginning">
      <h2>Check the handler</h2>
      <p>
        Each check sends messages that the handler must accept, or must reject, and judges the responses. A
        failure comes with its cause, the evidence and the fix.
      </p>
      <p class="muted">
        Every message has new ids, and the handler may store the events: use a test database.
      </p>
    </div>
  );
}
