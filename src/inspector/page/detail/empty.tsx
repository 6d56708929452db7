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

function NoEvents() {
  const listener = session.value?.listener;
  return (
    <div class="empty">
      <h2>Waiting for the first event</h2>
      <p class="muted">It appears in the list as soon as it arrives.</p>
      <ol>
        {listener && (
          <li>
            <span class="bullet done">
              <Check />
            </span>
            <div>
              <h3>The listener is running</h3>
              <p>
                On{' '}
                <code>
                  <Shown text={listener} />
                </code>
                , any path.
              </p>
            </div>
          </li>
        )}
        <li>
          <span class="bullet" />
          <div>
            <h3>Send a signed sample event</h3>
            <CommandLine text="npx scalekit-hooks send user.created" />
            <p class="muted">In another terminal.</p>
          </div>
        </li>
      </ol>
    </div>
  );
}
