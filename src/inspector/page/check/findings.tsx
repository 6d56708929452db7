import type { ComponentChild } from 'preact';
import { useMemo } from 'preact/hooks';
import type { CheckChanges, CheckRun, CheckShown } from '../../check-protocol.ts';
import { Check, Cross } from '../icons.tsx';
import { Shown } from '../text/shown.tsx';
import { clock, count, plural, sentence } from '../text/words.ts';
import { Counterexamples } from './counterexamples.tsx';
import { DiagnosisCard } from './diagnosis.tsx';
import { FailureList } from './failures.tsx';
import { list } from './state.ts';
import { having, someNames, titleOf, whyEnded } from './words.ts';

interface ChangedProps {
  readonly icon: ComponentChild;
  readonly title: string;
  readonly names: readonly string[];
}

function ChangedNames({ icon, title, names }: ChangedProps) {
  if (names.length === 0) return null;
  return (
    <p>
      {icon}
      <span>
        <b>
          {count(names.length)} {title}
        </b>{' '}
        <code>{someNames(names)}</code>
      </span>
    </p>
  );
}

function Changes({ changes: { since, fixed, broken } }: { changes: CheckChanges }) {
  const isSame = fixed.length === 0 && broken.length === 0;
  return (
    <section class="changed" aria-label="Changes">
      <p>
        {isSame ? 'No check is fixed or newly failing' : 'Changed'} since the run at {clock(since)}
        {isSame ? '.' : ':'}
      </p>
      <ChangedNames icon={<Check />} title="fixed" names={fixed} />
      <ChangedNames icon={<Cross />} title="newly failing" names={broken} />
    </section>
  );
}

function Passed({ run }: { run: CheckRun }) {
  if (run.diagnoses.length > 0 || having(run.checks, 'fail') > 0) return null;
  return (
    <div class="diag good">
      <h2>
        <Check />
        {titleOf(run)}
      </h2>
      {run.ended !== null && <p class="muted">{whyEnded(run.ended)}</p>}
    </div>
  );
}

interface TitledProps {
  readonly title: string;
  readonly checks: readonly CheckShown[];
}

function TitledFailures({ title, checks }: TitledProps) {
  if (checks.length === 0) return null;
  return (
    <section class="sec">
      <h3>
        {title} <span class="n">{count(checks.length)}</span>
      </h3>
      <FailureList checks={checks} isExplained={false} />
    </section>
  );
}

/** The skipped checks, those for the same reason together. */
function Skipped({ checks }: { checks: readonly CheckShown[] }) {
  const reasons = new Map<string, string[]>();
  for (const { got, name } of checks) reasons.set(got, [...(reasons.get(got) ?? []), name]);
  if (reasons.size === 0) return null;
  return (
    <section class="sec">
      <h3>
        Skipped <span class="n">{count(checks.length)}</span>
      </h3>
      <div class="fails">
        {[...reasons].map(([reason, names]) => (
          <details key={reason}>
            <summary class="skipped">
              <span>
                <Shown text={sentence(reason)} />
              </span>
              <span class="num">{plural(names.length, 'check')}</span>
            </summary>
            <p class="names">
              <code>{names.join(', ')}</code>
            </p>
          </details>
        ))}
      </div>
    </section>
  );
}

function NotTested({ run }: { run: CheckRun }) {
  if (!run.isWhole || list.value?.isObserved) return null;
  return (
    <section class="sec">
      <h3>Not tested</h3>
      <p class="muted">
        Responses do not show whether a repeated or forged message changed the state of the app. To test that
        too, start the inspector with <code>--observe</code>.
      </p>
    </section>
  );
}

/** What a run found: the diagnoses, each with the checks that failed because of it, and then the rest. */
export function Findings({ run }: { run: CheckRun }) {
  const byName = useMemo(() => new Map(run.checks.map((check) => [check.name, check])), [run]);
  const named = (names: readonly string[]) => names.flatMap((name) => byName.get(name) ?? []);
  const having = (status: CheckShown['status']) => run.checks.filter((check) => check.status === status);
  const others = run.diagnoses.length > 0 ? 'Other failures' : 'Failures';
  return (
    <>
      {run.changes && <Changes changes={run.changes} />}
      <Passed run={run} />
      {run.diagnoses.map((diagnosis) => (
        <DiagnosisCard key={diagnosis.message} diagnosis={diagnosis} failed={named(diagnosis.failed)} />
      ))}
      <TitledFailures title={others} checks={named(run.unexplained)} />
      <Counterexamples counterexamples={run.counterexamples} />
      <TitledFailures title="Warnings" checks={having('warn')} />
      <Skipped checks={having('skip')} />
      <NotTested run={run} />
    </>
  );
}
