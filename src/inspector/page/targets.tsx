import { signal } from '@preact/signals';
import { keep, kept } from './kept.ts';
import { session } from './state.ts';
import { visibleText } from './text/visible.ts';

/** The name of the target that was chosen; null for the first. Kept in this tab. */
const chosen = signal<string | null>(kept('target'));

/** Where events are sent to, and what is checked; null without any. One that was chosen before a restart may be gone. */
export function currentTarget(): string | null {
  const targets = session.value?.targets ?? [];
  return targets.find((name) => name === chosen.value) ?? targets[0] ?? null;
}

/** The choice of the target that events are sent to. */
export function Targets({ isDisabled = false }: { isDisabled?: boolean }) {
  return (
    <label class="target">
      <span class="label">Target</span>
      <select
        class="select"
        disabled={isDisabled}
        value={currentTarget() ?? ''}
        onChange={({ currentTarget: { value } }) => {
          chosen.value = value;
          keep('target', value);
        }}
      >
        {(session.value?.targets ?? []).map((name) => (
          <option key={name} value={name}>
            {visibleText(name)}
          </option>
        ))}
      </select>
    </label>
  );
}
