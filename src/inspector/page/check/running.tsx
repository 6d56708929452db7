import { Dot } from '../icons.tsx';
import { Shown } from '../text/shown.tsx';
import { count } from '../text/words.ts';
import { list, type Progress } from './state.ts';
import { firstOf, someNames } from './words.ts';

/** The checks that run now, and what has failed so far. The diagnosis needs all results. */
export function RunningFindings({ run: { planned, running, results } }: { run: Progress }) {
  const failed = [...results].filter(([, { status }]) => status === 'fail');
  const isSearching = running.size === 0 && results.size >= planned.length;
  const known = new Map(list.value?.checks.map((check) => [check.name, check]));
  return (
    <>
      <div class="diag running">
        <h2>
          <Dot />
          <span>
            {isSearching ? 'Searching for the cause' : 'Running'}{' '}
            <code>{isSearching ? '' : someNames([...running])}</code>
          </span>
        </h2>
        <p class="muted">The diagnosis appears after all checks have run.</p>
      </div>
      {failed.length > 0 && (
        <section class="sec">
          <h3>
            Failed so far <span class="n">{count(failed.length)}</span>
          </h3>
          <ul class="fails">
            {failed.map(([name, { got }]) => (
              <li class="fail" key={name}>
                <span />
                <code class="cut">{name}</code>
                <span class="cut">sends {known.get(name)?.sends}</span>
                <span class="cut">
                  expected {known.get(name)?.expects}, got{' '}
                  <b class="bad">
                    <Shown text={firstOf(got)} />
                  </b>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
