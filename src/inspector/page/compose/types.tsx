import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import type { Catalog } from '../../compose-protocol.ts';
import { Glass } from '../icons.tsx';
import { Shown } from '../text/shown.tsx';
import { visibleText } from '../text/visible.ts';
import { count } from '../text/words.ts';
import { catalog, selectedScenario, selectedType, selectScenario, selectType } from './state.ts';

/** An event type, or a scenario. */
type Listed = Catalog['types'][number] & { readonly isScenario: boolean };

const listedIn = ({ types, scenarios }: Catalog): Listed[] => [
  ...scenarios.map((scenario) => ({ ...scenario, category: 'Scenarios', isScenario: true })),
  ...types.map((type) => ({ ...type, isScenario: false })),
];

function isSelected({ name, isScenario }: Listed): boolean {
  const scenario = selectedScenario.value;
  return isScenario ? name === scenario : scenario === null && name === selectedType.value;
}

const choose = ({ name, isScenario }: Listed) => (isScenario ? selectScenario(name) : selectType(name));

const searched = signal('');

const matches = ({ name, category }: Listed, text: string) =>
  name.toLowerCase().includes(text) || category.toLowerCase().includes(text);

/** By category, in the order of the catalog, with the place of each in the list. */
function groupsOf(types: readonly Listed[]): Map<string, { listed: Listed; index: number }[]> {
  const groups = new Map<string, { listed: Listed; index: number }[]>();
  for (const [index, listed] of types.entries()) {
    const group = groups.get(listed.category) ?? [];
    groups.set(listed.category, group);
    group.push({ listed, index });
  }
  return groups;
}

const optionOf = (listed: Listed) => ({ role: 'option', 'aria-selected': isSelected(listed) }) as const;

function Group({ category, members }: { category: string; members: { listed: Listed; index: number }[] }) {
  const group = { role: 'group', 'aria-label': visibleText(category) } as const;
  return (
    <div {...group}>
      <div class="category" aria-hidden="true">
        <Shown text={category} /> <span class="n">{members.length}</span>
      </div>
      {members.map(({ listed, index }) => (
        <div
          key={index}
          id={`type-${index}`}
          class="type-row cut"
          title={visibleText(listed.name.slice(0, 300))}
          onClick={() => choose(listed)}
          {...optionOf(listed)}
        >
          <Shown text={listed.name} />
          {listed.isOwn && <span class="tag">yours</span>}
        </div>
      ))}
    </div>
  );
}

/** The place that a key moves to; undefined for a key that does not move. */
function movedBy(key: string, index: number, size: number): number | undefined {
  const last = size - 1;
  if (key === 'ArrowDown') return Math.min(index + 1, last);
  if (key === 'ArrowUp') return Math.max(index - 1, 0);
  if (key === 'Home') return 0;
  return key === 'End' ? last : undefined;
}

function TypeList({ types }: { types: readonly Listed[] }) {
  const selected = types.findIndex(isSelected);
  useLayoutEffect(
    () => document.getElementById(`type-${selected}`)?.scrollIntoView({ block: 'nearest' }),
    [selected, types.length],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = movedBy(event.key, selected, types.length);
    if (next !== undefined && types[next]) choose(types[next]);
    else if (event.key === 'Enter')
      document.querySelector<HTMLElement>('.composer textarea, .scenario select')?.focus();
    else return;
    event.preventDefault();
  };
  return (
    <div
      id="types"
      role="listbox"
      aria-label="Scenarios and event types"
      tabIndex={0}
      aria-activedescendant={selected === -1 ? undefined : `type-${selected}`}
      onKeyDown={onKeyDown}
    >
      {[...groupsOf(types)].map(([category, members]) => (
        <Group key={category} category={category} members={members} />
      ))}
    </div>
  );
}

/** The types and scenarios, to search and choose from. */
export function TypePane() {
  useEffect(() => document.getElementById('types')?.focus(), []);
  const all = catalog.value ? listedIn(catalog.value) : [];
  const text = searched.value.trim().toLowerCase();
  const found = all.filter((listed) => matches(listed, text));
  const typesIn = (listed: readonly Listed[]) => count(listed.filter(({ isScenario }) => !isScenario).length);
  return (
    <section class="pane" aria-label="Event types">
      <search class="filter">
        <label class="field">
          <Glass />
          <span class="sr">Search event types</span>
          <input
            id="search"
            type="text"
            autocomplete="off"
            spellcheck={false}
            placeholder="Search event types"
            value={searched.value}
            onInput={({ currentTarget }) => {
              searched.value = currentTarget.value;
            }}
          />
          <kbd>/</kbd>
        </label>
      </search>
      <div class="rows type-list">
        <TypeList types={found} />
      </div>
      <footer class="foot">
        <span class="num" role="status">
          {typesIn(found)} of {typesIn(all)} types
        </span>
      </footer>
    </section>
  );
}
