import type { EventRow, ReplayRequest } from '../../protocol.ts';
import { Right, Undo } from '../icons.tsx';
import { session } from '../state.ts';
import { Shown } from '../text/shown.tsx';
import { visibleText } from '../text/visible.ts';
import { plural } from '../text/words.ts';
import type { ChangedField, DraftReport, ReplayDraft } from './draft.ts';

interface ChangedFieldsProps {
  readonly report: DraftReport;
  readonly onReset: (field: ChangedField) => void;
}

/** What differs from the received body; `onReset` undoes one change. */
export function ChangedFields({ report: { fields, firstFields }, onReset }: ChangedFieldsProps) {
  if (fields === 0) return null;
  const clip = (value: string | null) => (value === null ? '–' : value.slice(0, 200));
  return (
    <div>
      <h3>{plural(fields, 'field')} changed</h3>
      <div class="changes">
        {firstFields.map((field) => (
          <div key={field.path}>
            <span class="cut">
              <Shown text={field.path} />
            </span>
            <span class="from cut">
              <Shown text={clip(field.from)} />
            </span>
            <Right />
            <span class="cut">
              <Shown text={clip(field.to)} />
            </span>
            {field.to !== null && (
              <button
                type="button"
                class="btn quiet icon"
                aria-label={`Reset ${visibleText(field.path)}`}
                title="Reset this field"
                onClick={() => onReset(field)}
              >
                <Undo />
              </button>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Where the event goes: a target by name, or where it was forwarded to. */
export function TargetField({
  row,
  draft,
  onChange,
}: {
  row: EventRow;
  draft: ReplayDraft;
  onChange: (target: string | null) => void;
}) {
  const targets = session.value?.targets ?? [];
  const withoutName = row.forwardTo ?? (targets.length === 1 ? null : 'the default target');
  return (
    <label>
      <span class="label">Target</span>
      <select
        class="select"
        value={draft.target ?? ''}
        onChange={({ currentTarget }) => onChange(currentTarget.value || null)}
      >
        {withoutName !== null && (
          <option value="">
            {row.forwardTo
              ? `Where it was forwarded to: ${visibleText(row.forwardTo)}`
              : 'The default target'}
          </option>
        )}
        {targets.map((name) => (
          <option key={name} value={targets.length === 1 && withoutName === null ? '' : name}>
            {visibleText(name)}
          </option>
        ))}
      </select>
    </label>
  );
}

const modes: readonly (readonly [ReplayRequest['mode'], string, string])[] = [
  ['resigned', 'Re-signed', 'same webhook-id, new timestamp: a retry'],
  ['new', 'Re-signed as a new event', 'new webhook-id and event id'],
  ['exact', 'Exact', 'the same bytes and headers'],
];

/** How the event is signed. An edited body cannot be sent as it was received. */
export function ModeField({
  mode: chosen,
  edited,
  onChange,
}: {
  mode: ReplayRequest['mode'];
  edited: boolean;
  onChange: (mode: ReplayRequest['mode']) => void;
}) {
  return (
    <fieldset>
      <legend class="label">Signature</legend>
      {modes.map(([mode, name, meaning]) => {
        const isOff = mode === 'exact' && edited;
        return (
          <label class={isOff ? 'radio off' : 'radio'} key={mode}>
            <input
              type="radio"
              name="mode"
              value={mode}
              checked={chosen === mode}
              disabled={isOff}
              onChange={() => onChange(mode)}
            />
            <span>
              <b>{name}</b> {isOff ? 'not available: the body is edited' : meaning}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
