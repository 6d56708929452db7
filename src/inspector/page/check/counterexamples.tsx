import type { ComponentChildren } from 'preact';
import type { CounterexampleShown } from '../../check-protocol.ts';
import { composeEvent } from '../compose/state.ts';
import { Down, Pen } from '../icons.tsx';
import { indented } from '../text/json-lines.ts';
import { Shown } from '../text/shown.tsx';
import { visibleText } from '../text/visible.ts';
import { count, plural } from '../text/words.ts';

/** The smallest generated events, one for each way in which the handler fails. */
export function Counterexamples({ counterexamples }: { counterexamples: readonly CounterexampleShown[] }) {
  if (counterexamples.length === 0) return null;
  return (
    <section class="sec">
      <h3>
        Generated events that failed <span class="n">{count(counterexamples.length)}</span>
      </h3>
      <ul class="fails">
        {counterexamples.map((each, index) => (
          <Counterexample key={index} counterexample={each} />
        ))}
      </ul>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Code({ text }: { text: string }) {
  return (
    <pre class="code sent" tabIndex={0}>
      <Shown text={text} kept={'\n'} />
    </pre>
  );
}

function Counterexample({ counterexample }: { counterexample: CounterexampleShown }) {
  const { type, got, differences, events, isSmallest, event, response } = counterexample;
  return (
    <li>
      <details open>
        <summary class="fail">
          <Down />
          <code class="cut">
            <Shown text={type} />
          </code>
          <span class="cut">{plural(events, 'event')}</span>
          <span class="cut">
            got{' '}
            <b class="bad">
              <Shown text={got} />
            </b>
          </span>
        </summary>
        <div class="failmore">
          <dl class="facts">
            <Fact name="Difference from the sample">
              {differences.map((line) => (
                <p key={line}>
                  <Shown text={line} />
                </p>
              ))}
            </Fact>
            {!isSmallest && (
              <Fact name="Note">
                The limit of messages or time was reached before this event could be reduced further. A
                smaller event may fail too.
              </Fact>
            )}
            {response?.trim() && (
              <Fact name="Response">
                <Code text={response.trim()} />
              </Fact>
            )}
            <Fact name="Event">
              <Code text={indented(event)} />
            </Fact>
          </dl>
        </div>
      </details>
      <button
        type="button"
        class="btn quiet small"
        aria-label={`Open in Compose: ${visibleText(type)}`}
        onClick={() => void composeEvent(type, event)}
      >
        <Pen />
        Open in Compose
      </button>
    </li>
  );
}
