import type { CheckStatus, ListedCheck } from '../../check-protocol.ts';
import { Check, Cross, Dot, Warning } from '../icons.tsx';
import { Shown } from '../text/shown.tsx';
import { count } from '../text/words.ts';
import {
  changeFuzz,
  choose,
  type FuzzSetting,
  fuzz,
  history,
  isChosen,
  list,
  partKey,
  progress,
} from './state.ts';

/** How a check is drawn: its result, or where the run is. */
type Tick = CheckStatus | 'running' | 'waiting' | 'unknown';

/** Of each check: during a run, its part in it; else the latest result. */
function tickOf(name: string): Tick {
  const run = progress.value;
  const { last, known } = history.value;
  if (run?.planned.includes(name))
    return run.results.get(name)?.status ?? (run.running.has(name) ? 'running' : 'waiting');
  if (known[name]) return known[name];
  const isSkipped = last?.checks.some((check) => check.name === name && check.status === 'skip');
  return isSkipped ? 'skip' : 'unknown';
}

/** Tall for a failure, middle for a warning, outlined for what has no result. */
const tickClasses: Record<Tick, string> = {
  pass: 'y',
  fail: 'f',
  warn: 'n',
  skip: 's',
  running: 'r',
  waiting: 'w',
  unknown: 'w',
};

const hasResult = (tick: Tick): tick is CheckStatus =>
  tick !== 'running' && tick !== 'waiting' && tick !== 'unknown';

const numberOf = (ticks: readonly Tick[], wanted: Tick) => ticks.filter((tick) => tick === wanted).length;

function PartIcon({ ticks }: { ticks: readonly Tick[] }) {
  if (ticks.includes('fail')) return <Cross />;
  if (ticks.includes('warn')) return <Warning />;
  return ticks.every(hasResult) && ticks.includes('pass') ? <Check /> : <Dot />;
}

/** Such as `4 of 4`, `6 failed` or, before a run, the number of checks. */
function summaryOf(ticks: readonly Tick[]): string {
  const failed = numberOf(ticks, 'fail');
  if (failed > 0) return `${count(failed)} failed`;
  if (!ticks.some(hasResult)) return count(ticks.length);
  if (ticks.every((tick) => tick === 'skip')) return 'skipped';
  return `${count(numberOf(ticks, 'pass'))} of ${count(ticks.length)}`;
}

function PartRow({ name, keyed, checks }: { name: string; keyed: string; checks: readonly ListedCheck[] }) {
  const ticks = checks.map((check) => tickOf(check.name));
  return (
    <label class={ticks.includes('fail') ? 'gr f' : 'gr'}>
      <input
        type="checkbox"
        checked={isChosen(keyed)}
        disabled={progress.value !== null}
        onChange={({ currentTarget }) => choose([keyed], currentTarget.checked)}
      />
      <PartIcon ticks={ticks} />
      <span class="cut">{name}</span>
      <span class="ticks" aria-hidden="true">
        {ticks.map((tick, index) => (
          <i key={index} class={tickClasses[tick]} />
        ))}
      </span>
      <span class="c">{summaryOf(ticks)}</span>
    </label>
  );
}

function FuzzField({
  name,
  label,
  placeholder,
}: {
  name: keyof FuzzSetting;
  label: string;
  placeholder?: string;
}) {
  return (
    <label>
      <span class="label">{label}</span>
      <input
        class="text mono"
        type="text"
        inputMode="numeric"
        placeholder={placeholder}
        value={fuzz.value[name]}
        disabled={progress.value !== null}
        onInput={({ currentTarget }) => changeFuzz({ [name]: currentTarget.value })}
      />
    </label>
  );
}

const titles: Readonly<Record<string, string>> = {
  accepts: 'Accepts',
  rejects: 'Rejects',
  behaves: 'Behaves',
  effects: 'Effects',
  fuzz: 'Generated events',
};

function partsOf(checks: readonly ListedCheck[]): Map<string, ListedCheck[]> {
  const parts = new Map<string, ListedCheck[]>();
  for (const check of checks) parts.set(check.part, [...(parts.get(check.part) ?? []), check]);
  return parts;
}

/** Such as `6 of 80 failed`; empty before the first run. */
function groupSummary(checks: readonly ListedCheck[]): string {
  const ticks = checks.map(({ name }) => tickOf(name));
  if (!ticks.some(hasResult)) return '';
  const failed = numberOf(ticks, 'fail');
  if (failed > 0) return `${count(failed)} of ${count(checks.length)} failed`;
  return `${count(numberOf(ticks, 'pass'))} of ${count(checks.length)} passed`;
}

function Group({ name, checks }: { name: string; checks: readonly ListedCheck[] }) {
  const parts = [...partsOf(checks)];
  const keys = parts.map(([part]) => partKey({ group: name, part }));
  const chosen = keys.filter(isChosen).length;
  const title = titles[name] ?? name;
  return (
    <fieldset>
      <legend class="sr">{title}</legend>
      <label class="g-h">
        <input
          type="checkbox"
          checked={chosen === keys.length}
          indeterminate={chosen > 0 && chosen < keys.length}
          disabled={progress.value !== null}
          onChange={({ currentTarget }) => choose(keys, currentTarget.checked)}
        />
        {title}
        <span class="num">{groupSummary(checks)}</span>
      </label>
      {parts.map(([part, members], index) => (
        <PartRow key={part} name={part} keyed={keys[index]!} checks={members} />
      ))}
      {name === 'fuzz' && (
        <div class="fuzz-fields">
          <FuzzField name="events" label="Events" />
          <FuzzField name="seed" label="Seed" placeholder="random" />
        </div>
      )}
    </fieldset>
  );
}

/** The checks by group and part, to choose from. */
export function Groups() {
  const known = list.value;
  if (!known) return <section class="groups" aria-label="Checks" />;
  const groups = [...new Set(known.checks.map(({ group }) => group))];
  return (
    <section class="groups" aria-label="Checks">
      {groups.map((name) => (
        <Group key={name} name={name} checks={known.checks.filter(({ group }) => group === name)} />
      ))}
      {!known.isObserved && (
        <p class="unobserved muted">
          <Shown text="To test how messages change the state of the app, start the inspector with " />
          <code>--observe</code>.
        </p>
      )}
    </section>
  );
}
