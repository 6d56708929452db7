import { useEffect } from 'preact/hooks';
import { Check } from './check/check.tsx';
import { Compose } from './compose/compose.tsx';
import { Detail } from './detail/detail.tsx';
import { isFailed, type PageView, views } from './filter.ts';
import { Help } from './help.tsx';
import { Again, Hook, Keyboard } from './icons.tsx';
import { search } from './list/body-search.ts';
import { FilterBar } from './list/filter-bar.tsx';
import { EventList } from './list/list.tsx';
import { events, shownItems, version } from './list/shown-events.ts';
import { useNow } from './now.ts';
import { replayAll } from './replays.ts';
import {
  announcement,
  connection,
  isHelpOpen,
  isOpen,
  isWide,
  serverName,
  session,
  showView,
  view,
} from './state.ts';
import { Shown } from './text/shown.tsx';
import { ago, count, plural } from './text/words.ts';

/** The state of the connection; nothing until it is known. */
function ConnectionState() {
  const { state } = connection.value;
  const listener = session.value?.listener ?? null;
  const isOff = state === 'lost' || state === 'denied';
  return (
    <div class="link" role="status">
      {isOff && (
        <b>
          <span class="lamp off" />
          {state === 'denied' ? 'Not connected' : `${serverName()} stopped`}
        </b>
      )}
      {!isOff && listener !== null && (
        <>
          <b>
            <span class="lamp" />
            Listening
          </b>
          <span class="mono">
            <Shown text={listener.replace(/^https?:\/\//, '')} />
          </span>
        </>
      )}
    </div>
  );
}

const titles: Record<PageView, string> = { events: 'Events', compose: 'Compose', check: 'Check' };

function TopBar() {
  return (
    <header class="top">
      <h1 class="brand">
        <Hook />
        <span>scalekit-hooks</span>
      </h1>
      <nav class="nav" aria-label="Views">
        {views.map((name, index) => (
          <a
            key={name}
            href={`/${name}`}
            title={`${titles[name]} (${index + 1})`}
            aria-current={view.value === name ? 'page' : undefined}
            onClick={(event) => {
              event.preventDefault();
              showView(name);
            }}
          >
            {titles[name]}
          </a>
        ))}
      </nav>
      <span class="grow" />
      <ConnectionState />
      <button
        type="button"
        class="btn quiet icon"
        aria-label="Keyboard shortcuts (?)"
        title="Keyboard shortcuts (?)"
        onClick={() => {
          isHelpOpen.value = true;
        }}
      >
        <Keyboard />
      </button>
    </header>
  );
}

function failedIds(): string[] {
  const items = shownItems();
  const ids: string[] = [];
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items.at(index)!;
    if (item.kind === 'event' && item.replay === null && isFailed(item.row)) ids.push(item.id);
  }
  return ids;
}

/** A separate component, so that nothing else is drawn each second. */
function LastEvent({ time }: { time: number }) {
  return <span class="num last">, last event {ago(useNow() - time)}</span>;
}

function Footer() {
  void version.value;
  const progress = search.value;
  const { failed, all } = events.counts;
  return (
    <footer class="foot">
      <span class="cut">
        {progress ? (
          <span class="num">
            Searching bodies: {count(progress.searched)} of {count(progress.total)}
          </span>
        ) : (
          <>
            <span class="num">{plural(all, 'event')}</span>
            {session.value && (
              <>
                {' in '}
                <Shown text={session.value.store} />
              </>
            )}
            {events.newest > 0 && <LastEvent time={events.newest} />}
          </>
        )}
      </span>
      <span class="grow" />
      {failed > 0 && (
        <button type="button" class="btn quiet small" onClick={() => void replayAll(failedIds())}>
          <Again />
          Replay {count(failed)} failed
        </button>
      )}
    </footer>
  );
}

function Events({ onConnect }: { onConnect: () => void }) {
  const layout = ['events', isOpen.value && 'open', isWide.value && 'wide'].filter(Boolean).join(' ');
  return (
    <main class={layout}>
      <section class="pane" aria-label="Events">
        <FilterBar />
        <EventList onConnect={onConnect} />
        <Footer />
      </section>
      <Detail />
    </main>
  );
}

/** The whole page: its header, one of the views, and the dialogs above them. */
export function App({ onConnect }: { onConnect: () => void }) {
  const current = view.value;
  useEffect(() => {
    document.title = `${titles[current]} · scalekit-hooks`;
  }, [current]);
  return (
    <div class="app">
      <TopBar />
      {current === 'events' && <Events onConnect={onConnect} />}
      {current === 'compose' && <Compose />}
      {current === 'check' && <Check />}
      <p class="sr" role="status" aria-live="polite" id="news">
        {announcement.value}
      </p>
      <Help />
    </div>
  );
}
