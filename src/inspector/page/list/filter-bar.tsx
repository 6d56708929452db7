import { filterFromSearch, type ShownKind, shows } from '../filter.ts';
import { Following, Glass, Paused, Up } from '../icons.tsx';
import { filter, isFollowing, newCount, searchText, setFollowing } from '../state.ts';
import { count, shortCount } from '../text/words.ts';
import { events, setFilter, version } from './shown-events.ts';

const titles: Record<ShownKind, string> = {
  all: 'All',
  verified: 'Verified',
  rejected: 'Rejected',
  failed: 'Failed',
};

function SearchField() {
  return (
    <label class="field">
      <Glass />
      <span class="sr">Search</span>
      <input
        id="search"
        type="text"
        autocomplete="off"
        spellcheck={false}
        placeholder="Search type, id or body"
        title="Also type:user.*, source:compose, since:1h"
        value={searchText.value}
        onInput={({ currentTarget }) => {
          searchText.value = currentTarget.value;
          setFilter(filterFromSearch(currentTarget.value, filter.value.show));
        }}
      />
      <kbd>/</kbd>
    </label>
  );
}

function Shows() {
  void version.value;
  return (
    <fieldset class="seg" aria-label="Show">
      {shows.map((show) => (
        <button
          type="button"
          key={show}
          aria-pressed={filter.value.show === show}
          onClick={() => setFilter({ ...filter.value, show })}
        >
          {titles[show]}
          <span class="n" title={count(events.counts[show])}>
            {shortCount(events.counts[show])}
          </span>
        </button>
      ))}
    </fieldset>
  );
}

function FollowButton() {
  const following = isFollowing.value;
  const news = newCount.value;
  return (
    <button
      type="button"
      class={!following && news > 0 ? 'btn follow primary' : 'btn follow'}
      aria-pressed={following}
      title={following ? 'Pause (f)' : 'Follow the newest event (f)'}
      onClick={() => setFollowing(!following)}
    >
      {following ? <Following /> : news > 0 ? <Up /> : <Paused />}
      {following ? 'Following' : news > 0 ? `${shortCount(news)} new` : 'Paused'}
    </button>
  );
}

/** The search field, the filters with their counts, and whether the list follows. */
export function FilterBar() {
  return (
    <search class="filter">
      <SearchField />
      <Shows />
      <FollowButton />
    </search>
  );
}
