import { visibleText } from '../text/visible.ts';
import { changeSettings, chosenTarget, settings } from './state.ts';

export function Targets({ targets }: { targets: readonly string[] }) {
  return (
    <label>
      <span class="label">Target</span>
      <select
        class="select"
        value={chosenTarget(settings.value.target, targets)}
        onChange={({ currentTarget }) => changeSettings({ target: currentTarget.value })}
      >
        {targets.map((name) => (
          <option key={name} value={name}>
            {visibleText(name)}
          </option>
        ))}
      </select>
    </label>
  );
}
