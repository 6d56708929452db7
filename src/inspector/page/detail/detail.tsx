import { useRef } from 'preact/hooks';
import type { EventRow } from '../../protocol.ts';
import { type LoadedCapture, loadError, loaded } from '../capture.ts';
import { EditorPane } from '../editor/editor.tsx';
import { FailureView } from '../failure.tsx';
import { type DetailTab, tabs } from '../filter.ts';
import { Again, Back, Check, Cross, Pen } from '../icons.tsx';
import { reasonOf } from '../list/causes.ts';
import { events, version } from '../list/shown-events.ts';
import { replayPlainly, replays } from '../replays.ts';
import { isEditing, isLoaded, isOpen, selectedCapture, tab } from '../state.ts';
import { Shown } from '../text/shown.tsx';
import { clock, milliseconds } from '../text/words.ts';
import { CopyMenu } from './copy.tsx';
import { Empty } from './empty.tsx';
import { Overview } from './overview.tsx';
import { ReplayOutcome } from './replay-outcome.tsx';
import { AttemptsTab, BodyTab, CurlTab, HeadersTab, RawTab } from './tabs.tsx';

const titles: Record<DetailTab, string> = {
  overview: 'Overview',
  body: 'Body',
  headers: 'Headers',
  attempts: 'Attempts',
  raw: 'Raw',
  curl: 'cURL',
};

function Actions({ row, capture }: { row: EventRow; capture: LoadedCapture | null }) {
  const sending = replays.value.get(row.id)?.kind === 'sending';
  return (
    <div class="acts">
      <button
        type="button"
        class="btn"
        aria-disabled={sending}
        title={
          row.verified ? 'Re-signed (r)' : 'The same bytes and headers (r). A correct handler rejects them.'
        }
        onClick={() => void replayPlainly(row.id)}
      >
        <Again />
        {row.verified ? 'Replay' : 'Replay exact'}
      </button>
      <button
        type="button"
        class="btn"
        title="Edit and replay (e)"
        onClick={() => {
          isEditing.value = true;
        }}
      >
        <Pen />
        Edit and replay
      </button>
      <CopyMenu capture={capture} />
    </div>
  );
}

function DetailHeader({ row, capture }: { row: EventRow; capture: LoadedCapture | null }) {
  const reason = reasonOf(row);
  return (
    <div class="dh">
      <div class="l1">
        <button
          type="button"
          class="btn quiet icon back"
          aria-label="Back to the list (Esc)"
          onClick={() => {
            isOpen.value = false;
          }}
        >
          <Back />
        </button>
        <h2>
          <Shown text={row.type ?? '(no type)'} />
        </h2>
        <Actions row={row} capture={capture} />
      </div>
      <div class="l2">
        <span class={row.verified ? 'verdict ok' : 'verdict bad'}>
          {row.verified ? <Check /> : <Cross />}
          {row.verified ? 'Verified' : 'Rejected'}
        </span>
        {reason !== null && (
          <span class="bad cut">
            <Shown text={reason} />
          </span>
        )}
        <span class="sep">·</span>
        <span class="num">{clock(row.time) + milliseconds(row.time)}</span>
        <span class="sep late">·</span>
        <span class="mono late cut">
          <Shown text={row.id} />
        </span>
        <span class="grow" />
        <ReplayOutcome id={row.id} />
      </div>
    </div>
  );
}

/** The number beside a tab's name. */
function tabCount(name: DetailTab, row: EventRow, capture: LoadedCapture | null): number | undefined {
  if (name === 'attempts') return row.attempts.length;
  return name === 'headers' ? capture?.detail.headers.length : undefined;
}

function TabList({ row, capture }: { row: EventRow; capture: LoadedCapture | null }) {
  return (
    <div class="tabs" role="tablist" aria-label="Event">
      {tabs.map((name) => (
        <button
          type="button"
          role="tab"
          key={name}
          id={`tab-${name}`}
          aria-controls="panel"
          aria-selected={tab.value === name}
          tabIndex={tab.value === name ? 0 : -1}
          onClick={() => {
            tab.value = name;
          }}
        >
          {titles[name]}
          <span class="n">{tabCount(name, row, capture)}</span>
        </button>
      ))}
    </div>
  );
}

function TabContent({ row, capture }: { row: EventRow; capture: LoadedCapture }) {
  switch (tab.value) {
    case 'overview':
      return <Overview capture={capture} attempts={row.attempts} />;
    case 'body':
      return <BodyTab capture={capture} />;
    case 'headers':
      return <HeadersTab capture={capture} />;
    case 'attempts':
      return <AttemptsTab id={row.id} attempts={row.attempts} />;
    case 'raw':
      return <RawTab capture={capture} />;
    case 'curl':
      return <CurlTab capture={capture} />;
  }
}

/** The selected event. Its row is live; its headers and body never change. */
export function Detail() {
  void version.value;
  const id = selectedCapture.value;
  const panel = useRef<HTMLDivElement>(null);
  const capture = loaded.value?.detail.row.id === id ? loaded.value : null;
  const row = events.get(id) ?? capture?.detail.row;
  const error = loadError.value?.id === id ? loadError.value : null;
  if (!row) {
    return (
      <section class="detail" aria-label="Event">
        {error ? <FailureView failure={error} /> : isLoaded.value && <Empty />}
      </section>
    );
  }
  if (isEditing.value && capture) return <EditorPane key={row.id} row={row} capture={capture} />;
  return (
    <section class="detail" aria-label="Event">
      <DetailHeader row={row} capture={capture} />
      <TabList row={row} capture={capture} />
      <div
        class="body"
        role="tabpanel"
        id="panel"
        aria-labelledby={`tab-${tab.value}`}
        tabIndex={0}
        ref={panel}
        key={`${row.id} ${tab.value}`}
      >
        {error && !capture && <FailureView failure={error} />}
        {capture && <TabContent row={row} capture={capture} />}
      </div>
    </section>
  );
}
