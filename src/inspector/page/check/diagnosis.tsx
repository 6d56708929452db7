import { useState } from 'preact/hooks';
import type { CheckShown, DiagnosisShown } from '../../check-protocol.ts';
import { CopyButton } from '../detail/copy.tsx';
import { Cross, Warning } from '../icons.tsx';
import { Shown } from '../text/shown.tsx';
import { count, sentence } from '../text/words.ts';
import { FailureList } from './failures.tsx';

/** The fix in one framework: that of the handler, if it is known. */
function Hints({ hints, framework }: Pick<DiagnosisShown, 'hints' | 'framework'>) {
  const detected = hints.find((hint) => hint.framework === framework)?.framework;
  const [chosen, setChosen] = useState(detected ?? hints[0]?.framework);
  const hint = hints.find((each) => each.framework === chosen);
  if (!hint) return null;
  return (
    <div class="snip">
      <div class="bar">
        <select
          class="select"
          aria-label="Framework"
          value={chosen}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        >
          {hints.map((each) => (
            <option key={each.framework}>{each.framework}</option>
          ))}
        </select>
        {detected !== undefined && chosen === detected && (
          <span class="muted">detected from the handler's responses</span>
        )}
        <span class="grow" />
        <CopyButton label="Copy fix" text={() => hint.fix} />
      </div>
      <pre class="code">{hint.fix}</pre>
    </div>
  );
}

interface DiagnosisProps {
  readonly diagnosis: DiagnosisShown;
  readonly failed: readonly CheckShown[];
}

/** A mistake that explains failed checks, with the fix for the chosen framework. */
export function DiagnosisCard({ diagnosis, failed }: DiagnosisProps) {
  const { certain, message, evidence, fix, hints, framework } = diagnosis;
  return (
    <>
      <div class={certain ? 'diag' : 'diag likely'}>
        <h2>
          {certain ? <Cross /> : <Warning />}
          <span>
            <Shown text={certain ? sentence(message) : `Likely: ${message}`} />
          </span>
        </h2>
        <dl>
          {evidence.length > 0 && <dt>Evidence</dt>}
          {evidence.length > 0 && (
            <dd>
              {evidence.map((line) => (
                <p key={line}>
                  <Shown text={line} />
                </p>
              ))}
            </dd>
          )}
          {fix !== '' && <dt>Fix</dt>}
          {fix !== '' && (
            <dd>
              <p>
                <Shown text={sentence(fix)} />
              </p>
              <Hints hints={hints} framework={framework} />
            </dd>
          )}
        </dl>
      </div>
      {failed.length > 0 && (
        <section class="sec">
          <h3>
            Failures with this cause <span class="n">{count(failed.length)}</span>
          </h3>
          <FailureList checks={failed} isExplained={true} />
        </section>
      )}
    </>
  );
}
