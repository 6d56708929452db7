import type { AttemptShown, EventRow } from '../../protocol.ts';
import { isAccepted } from '../accepted.ts';
import { Again, Check, Cross, Warning } from '../icons.tsx';
import { session } from '../state.ts';
import { Shown } from '../text/shown.tsx';
import { visibleText } from '../text/visible.ts';
import { clock, duration, milliseconds, responseText, shortOrganization, typeParts } from '../text/words.ts';
import type { ListItem } from '../timeline.ts';
import { reasonOf } from './causes.ts';
import { events } from './shown-events.ts';

const keptBeginning = 13;

/** The previous response of the same target: `500` in `was 500`. */
function previousResponse(capture: string, replay: AttemptShown): string | null {
  const earlier = events
    .get(capture)
    ?.attempts.filter(({ url, time }) => url === replay.url && time < replay.time);
  const last = earlier?.at(-1);
  return last ? responseText(last) : null;
}

function ReplayTag({ capture, replay }: { capture: string; replay: AttemptShown }) {
  const was = previousResponse(capture, replay);
  const { follower } = replay;
  const isOther = follower !== null && follower !== session.value?.follower;
  return (
    <span class="tag">
      <Again />
      replayed
      {isOther && (
        <>
          {' by '}
          <Shown text={follower} />
        </>
      )}
      {was !== null && `, was ${was}`}
    </span>
  );
}

const sourceTags = { pull: 'pulled', compose: 'composed' } as const;

function EventTypeCell({ row, replay }: { row: EventRow; replay: AttemptShown | null }) {
  const delivery = events.deliveryNumber(row);
  const type = row.type ?? '(no type)';
  const [beginning, end] = typeParts(type.slice(0, 300));
  return (
    <span class="type" title={visibleText(type.slice(0, 300))}>
      <bdi class="name">
        {beginning && (
          <span class={beginning.length <= keptBeginning ? 'pre keep' : 'pre'}>
            <Shown text={beginning} />
          </span>
        )}
        <span class="end">
          <Shown text={end} />
        </span>
      </bdi>
      {row.source !== 'listen' && <span class="tag">{sourceTags[row.source]}</span>}
      {!replay && delivery > 1 && <span class="tag">delivery {delivery}</span>}
      {replay && <ReplayTag capture={row.id} replay={replay} />}
    </span>
  );
}

function Response({ row }: { row: EventRow }) {
  const last = row.attempts.at(-1);
  if (!row.verified && !last) {
    return (
      <span class="resp wide bad">
        <span class="num">{row.status}</span>
        <span class="why">
          <Shown text={reasonOf(row) ?? 'rejected'} />
        </span>
      </span>
    );
  }
  const failed = last ? !isAccepted(last.status) : false;
  const text = last ? responseText(last) : (row.status ?? (row.forwardTo ? '…' : '–'));
  return (
    <>
      <span class={failed ? 'resp num warn' : 'resp num'}>
        {failed && <Warning />}
        <Shown text={String(text)} />
      </span>
      <span class={last && last.durationMs >= 1000 ? 'dur num slow' : 'dur num'}>
        {last ? duration(last.durationMs) : ''}
      </span>
      <Attempts row={row} />
    </>
  );
}

/** Bars for the last six: tall for accepted, half for another status, low without a response. */
function Attempts({ row: { attempts } }: { row: EventRow }) {
  return (
    <span class="tries num">
      {attempts.length > 1 && (
        <span class="bars" aria-hidden="true">
          {attempts.slice(-6).map(({ status }) => (
            <i class={isAccepted(status) ? 'y' : status === null ? 'o' : ''} />
          ))}
        </span>
      )}
      <span>
        {attempts.length}
        <span class="sr">{attempts.length === 1 ? ' attempt' : ' attempts'}</span>
      </span>
    </span>
  );
}

export interface PlacedItem {
  readonly item: ListItem;
  readonly index: number;
  readonly size: number;
  readonly height: number;
  readonly isSelected: boolean;
  readonly onSelect: (id: string) => void;
}

/** Long enough for the tint of a new row to fade; later, a row that scrolls into view is not new. */
const newMs = 3000;

/** An event, a replay or a gap, at its place in the list. */
export function ListRow({ item, index, size, height, isSelected, onSelect }: PlacedItem) {
  const place = {
    id: `row-${item.id}`,
    role: 'option',
    'aria-selected': isSelected,
    'aria-setsize': size,
    'aria-posinset': index + 1,
    style: { top: `${index * height}px` },
  } as const;
  if (item.kind === 'gap') {
    return (
      <div class="gap placed" aria-disabled="true" {...place}>
        <Warning />
        <b>Gap</b>
        <span class="num">
          {clock(item.from)} to {clock(item.until)}
        </span>
        <span class="cut">No listener was running. Senders got no response. Scalekit retries.</span>
      </div>
    );
  }
  const { row, arrived } = item;
  const states = [!row.verified && 'rej', arrived > Date.now() - newMs && 'new'].filter(Boolean).join(' ');
  return (
    <div class={`row cols placed ${states}`} onClick={() => onSelect(item.id)} {...place}>
      <span class="v">
        {row.verified ? <Check /> : <Cross />}
        <span class="sr">{row.verified ? 'Verified' : 'Rejected'}</span>
      </span>
      <span class="time num">
        {clock(row.time)}
        <span class="ms">{milliseconds(row.time)}</span>
      </span>
      <EventTypeCell row={row} replay={item.replay} />
      <span class="org" title={row.organization ? visibleText(row.organization.slice(0, 300)) : undefined}>
        {row.organization ? <Shown text={shortOrganization(row.organization)} /> : '–'}
      </span>
      <Response row={row} />
    </div>
  );
}
