import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { EventRow } from '../../protocol.ts';
import { notePointer } from '../messages.ts';
import { select } from '../selection.ts';
import {
  addedAbove,
  isFollowing,
  isLoaded,
  isNarrow,
  isOpen,
  newCount,
  selectedId,
  setFollowing,
} from '../state.ts';
import { wantCauses } from './causes.ts';
import { Notice } from './notice.tsx';
import { ListRow } from './row.tsx';
import { drawnRows, scrollToShow } from './scroll-window.ts';
import { events, hasShownEvents, shownItems, version } from './shown-events.ts';

const scrollTop = signal(0);
const viewHeight = signal(800);

function open(id: string): void {
  select(id);
  isOpen.value = true;
}

function Header() {
  return (
    <div class="head cols" aria-hidden="true">
      <span />
      <span>Time</span>
      <span>Event type</span>
      <span class="h-org">Organization</span>
      <span>Response</span>
      <span class="h-dur">Duration</span>
      <span class="h-tries">Attempts</span>
    </div>
  );
}

/** Rows in view only, each at its place in a box as high as all rows. */
function Rows() {
  void version.value;
  const items = shownItems();
  const height = isNarrow.value ? 48 : 28;
  const { from, until } = drawnRows(scrollTop.value, viewHeight.value, height, items.length);
  const drawn = [];
  const rows: EventRow[] = [];
  for (let index = from; index < until; index++) {
    const item = items.at(index)!;
    if (item.kind === 'event') rows.push(item.row);
    const isSelected = item.id === selectedId.value;
    drawn.push(
      <ListRow key={item.id} {...{ item, index, height, isSelected, size: items.length, onSelect: open }} />,
    );
  }
  useEffect(() => wantCauses(rows));
  const isDrawn = drawn.some(({ key }) => key === selectedId.value);
  return (
    <div
      id="list"
      role="listbox"
      aria-label="Events, newest first"
      tabIndex={0}
      aria-activedescendant={isDrawn ? `row-${selectedId.value}` : undefined}
      style={{ height: `${items.length * height}px` }}
    >
      {drawn}
    </div>
  );
}

/** The list of events, which stays where it is read while events arrive. `onConnect` tries the connection again. */
export function EventList({ onConnect }: { onConnect: () => void }) {
  const scroller = useRef<HTMLDivElement>(null);
  const height = isNarrow.value ? 48 : 28;
  const handled = useRef(addedAbove.value);
  const programmatic = useRef(-1);
  void version.value;

  const scrollTo = (top: number) => {
    const element = scroller.current!;
    programmatic.current = top;
    element.scrollTop = top;
    scrollTop.value = element.scrollTop;
  };

  useEffect(() => {
    const element = scroller.current!;
    const observer = new ResizeObserver(() => {
      viewHeight.value = element.clientHeight - (isNarrow.value ? 0 : 28);
    });
    observer.observe(element);
    document.getElementById('list')?.focus();
    return () => observer.disconnect();
  }, []);

  // Where it was before another view was shown.
  useLayoutEffect(() => {
    if (scrollTop.peek() > 0) scrollTo(scrollTop.peek());
  }, []);

  // Before the frame is painted, so that what is being read stays where it is.
  useLayoutEffect(() => {
    const added = addedAbove.value - handled.current;
    handled.current = addedAbove.value;
    if (added > 0) scrollTo(scroller.current!.scrollTop + added * height);
    else if (isFollowing.value && scrollTop.value !== 0) scrollTo(0);
  }, [addedAbove.value, isFollowing.value, version.value]);

  const selected = selectedId.value;
  useLayoutEffect(() => {
    const index = shownItems().indexOf(selected);
    if (index === -1) return;
    // Not read from the element, which would lay out the page once more before it is painted.
    const top = scrollTop.peek();
    const wanted = scrollToShow(index, top, viewHeight.value, height);
    if (wanted === top) return;
    if (wanted > 0) setFollowing(false);
    scrollTo(wanted);
  }, [selected, isLoaded.value, height]);

  const onScroll = () => {
    const { scrollTop: top } = scroller.current!;
    scrollTop.value = top;
    const isOurs = Math.abs(top - programmatic.current) < 1;
    if (!isOurs && top > 0 && isFollowing.value) setFollowing(false);
    if (top === 0) newCount.value = 0;
  };

  return (
    <div class="rows" ref={scroller} onScroll={onScroll} onPointerMove={notePointer}>
      <Header />
      <Notice onConnect={onConnect} />
      {!hasShownEvents() && (
        <p class="none">
          {isLoaded.value ? (events.counts.all > 0 ? 'No events match' : 'No events yet') : ''}
        </p>
      )}
      <Rows />
    </div>
  );
}
