import { Check } from '../icons.tsx';
import { events, version } from '../list/shown-events.ts';
import { session } from '../state.ts';
import { Shown } from '../text/shown.tsx';
import { CopyButton } from './copy.tsx';

function CommandLine({ text }: { text: string }) {
  return (
    <div class="cmd">
      <span class="p" aria-hidden="true">
        $
      </span>
      <code class="grow cut">{text}</code>
      <CopyButton text={() => text} label="Copy" />
    </div>
  );
}

/** How to get a first event, or to one of those in the list. */
export function Empty() {
  void version.value;
  if (events.counts.all === 0) return <NoEvents />;
  return (
    <div class="empty">
      <h2>No event selected</h2>
      <p class="muted">Select one in the list. If the list is empty, change the search.</p>
    </div>
  );
}

/** Where events go without another port: the default target of `send` may be the app. */
const FREE_PORT = '4000';

function NoEvents() {
  const listener = session.value?.listener;
  const target = listener ? listener.replace('http://', '') : FREE_PORT;
  return (
    <div class="empty">
      <h2>Waiting for the first event</h2>
      <p class="muted">It appears in the list as soon as it arrives.</p>
      <ol>
        <li>
          <span class={`bullet${listener ? ' done' : ''}`}>{listener && <Check />}</span>
          <div>
            <h3>{listener ? 'The listener is running' : 'Start a listener'}</h3>
            {listener ? (
              <p>
                On{' '}
                <code>
                  <Shown text={listener} />
                </code>
              </p>
            ) : (
              <>
                <CommandLine text={`npx scalekit-hooks listen --port ${FREE_PORT}`} />
                <p class="muted">In another terminal, with the same captures.</p>
              </>
            )}
          </div>
        </li>
        <li>
          <span class="bullet" />
          <div>
            <h3>Send a signed sample event</h3>
            <CommandLine text={`npx scalekit-hooks send user.created --to ${target}`} />
            <p class="muted">In another terminal, or with Compose on this page.</p>
          </div>
        </li>
      </ol>
    </div>
  );
}
