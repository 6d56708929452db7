import { Again, Play, Square } from '../icons.tsx';
import { useNow } from '../now.ts';
import { currentTarget, Targets } from '../targets.tsx';
import { Shown } from '../text/shown.tsx';
import { clock, count, duration, plural } from '../text/words.ts';
import {
  chosenNames,
  failedNames,
  history,
  list,
  type Progress,
  progress,
  runChecks,
  runFailure,
  stopChecks,
} from './state.ts';
import { having, restOf, titleOf } from './words.ts';

/** The parts of a bar, by status. */
function Meter({ counts }: { counts: readonly (readonly [name: string, width: number])[] }) {
  return (
    <div class="meter" aria-hidden="true">
      {counts.map(([name, width]) => (
        <i key={name} class={name} style={{ flexGrow: width }} />
      ))}
    </div>
  );
}

function RunningTotal({ run: { planned, results, messages, started, waitsUntil } }: { run: Progress }) {
  const now = useNow();
  const all = [...results.values()];
  const failed = having(all, 'fail');
  const done = all.length - failed;
  return (
    <div class="total">
      <p class="cut">
        <b class="num">
          {count(results.size)} of {count(planned.length)}
        </b>{' '}
        <span class="muted num">
          {failed > 0 && `${count(failed)} failed so far, `}
          {plural(messages, 'message')} in {duration(Math.max(0, now - started))}
          {waitsUntil > now && `. The handler limits the request rate: waiting until ${clock(waitsUntil)}`}
        </span>
      </p>
      <Meter
        counts={[
          ['y', done],
          ['f', failed],
          ['w', planned.length - all.length],
        ]}
      />
    </div>
  );
}

function EndedTotal() {
  const { last } = history.value;
  if (!last)
    return (
      <div class="total">
        <p class="muted cut">{list.value ? 'Not run yet' : ''}</p>
        <Meter counts={[]} />
      </div>
    );
  const failed = having(last.checks, 'fail');
  return (
    <div class="total">
      <p class="cut">
        <b class={failed > 0 ? 'bad' : last.ended === null ? 'ok' : ''}>{titleOf(last)}</b>{' '}
        <span class="muted num">
          {restOf(last)}, started {clock(last.time)}
        </span>
      </p>
      <Meter
        counts={(['pass', 'warn', 'skip', 'fail'] as const).map((status) => [
          { pass: 'y', warn: 'n', skip: 's', fail: 'f' }[status],
          having(last.checks, status),
        ])}
      />
    </div>
  );
}

/** One button starts and stops, so that it keeps the focus. */
function Buttons() {
  const [chosen, failed] = [chosenNames.value, failedNames.value];
  const isRunning = progress.value !== null;
  const canRun = chosen.length > 0 && currentTarget() !== null;
  return (
    <>
      {!isRunning && failed.length > 0 && (
        <button type="button" class="btn" onClick={() => void runChecks(failed)}>
          <Play />
          Rerun {count(failed.length)} failed
        </button>
      )}
      <button
        type="button"
        id="run"
        class={isRunning ? 'btn' : 'btn primary'}
        aria-disabled={!isRunning && !canRun}
        onClick={() => void (isRunning ? stopChecks() : runChecks(chosen))}
      >
        {isRunning ? <Square /> : <Again />}
        {runLabel(isRunning, chosen.length)}
      </button>
    </>
  );
}

function runLabel(isRunning: boolean, chosen: number): string {
  if (isRunning) return 'Stop';
  return list.value ? `Run ${plural(chosen, 'check')}` : 'Run';
}

/** The target, the button that runs the chosen checks, and the progress of a run. */
export function RunBar() {
  const failure = runFailure.value;
  return (
    <section class="runbar" aria-label="Run">
      <Targets isDisabled={progress.value !== null} />
      {failure ? (
        <p class="total bad" role="alert">
          <Shown text={`${failure.message} ${failure.fix}`} />
        </p>
      ) : progress.value ? (
        <RunningTotal run={progress.value} />
      ) : (
        <EndedTotal />
      )}
      <Buttons />
    </section>
  );
}
