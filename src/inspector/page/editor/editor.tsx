import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { EventRow, ReplayRequest } from '../../protocol.ts';
import type { LoadedCapture } from '../capture.ts';
import { DraftComparison } from '../comparison/draft-comparison.ts';
import { startWorker } from '../comparison/start-worker.ts';
import { ReplayOutcome } from '../detail/replay-outcome.tsx';
import { Again, Back, Check, Pen, Right, Undo, Warning } from '../icons.tsx';
import { keep, kept } from '../kept.ts';
import { replay } from '../replays.ts';
import { isEditing, session } from '../state.ts';
import { submitting } from '../submit.ts';
import { indented } from '../text/json-lines.ts';
import { Shown } from '../text/shown.tsx';
import { visibleText } from '../text/visible.ts';
import { count, plural } from '../text/words.ts';
import { BodyEditor } from './body-editor.tsx';
import {
  type ChangedField,
  type DraftReport,
  freshDraft,
  type ReplayDraft,
  requestOf,
  resetField,
  sentMode,
  uneditable,
} from './draft.ts';

const nameOf = (id: string) => `draft:${id}`;

export function closeEditor(): void {
  isEditing.value = false;
  requestAnimationFrame(() => document.getElementById('panel')?.focus());
}

/** Captures whose warning was read, for as long as the page is open. */
const warned = new Set<string>();

function ReSignWarning({ row, onContinue }: { row: EventRow; onContinue: () => void }) {
  const proceed = useRef<HTMLButtonElement>(null);
  useEffect(() => proceed.current?.focus(), []);
  return (
    <div class="body warning">
      <div class="cause" role="alert">
        <p class="say">This event was rejected. Re-signing makes it valid for the handler.</p>
        <div class="choice">
          <button
            type="button"
            class="btn"
            ref={proceed}
            onClick={() => {
              warned.add(row.id);
              onContinue();
            }}
          >
            <Pen />
            Edit and replay
          </button>
          <button type="button" class="btn quiet" onClick={closeEditor}>
            Cancel
          </button>
        </div>
      </div>
    </div>
  );
}

interface ChangedFieldsProps {
  readonly report: DraftReport;
  readonly onReset: (field: ChangedField) => void;
}

function ChangedFields({ report: { fields, firstFields }, onReset }: ChangedFieldsProps) {
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

function TargetField({
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

function ModeField({
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

/** What will be sent, in one line. Nothing until it is known. */
function Strip({ report }: { report: DraftReport | null }) {
  if (!report) return <div class="strip" />;
  const valid = report.isJson;
  return (
    <div class="strip">
      {valid ? <Check /> : <Warning />}
      <span>{valid ? 'Valid JSON' : 'Not valid JSON: sent as it is'}</span>
      {valid && (
        <>
          <span class="sep">·</span>
          <span class="cut">shown indented, sent compact: only the edited values change</span>
        </>
      )}
      <span class="grow" />
      <span class="num">{count(report.bytes)} bytes</span>
    </div>
  );
}

/** What the comparison of a text with the received body found; it can lag behind what is typed. */
function useReport(body: string, text: string): DraftReport | null {
  const [comparison] = useState(() => new DraftComparison(body, startWorker));
  useEffect(() => () => comparison.end(), [comparison]);
  useEffect(() => comparison.compare(text), [comparison, text]);
  return comparison.report.value;
}

function Form({ row, capture }: { row: EventRow; capture: LoadedCapture }) {
  const body = capture.body.text;
  const [draft, setDraft] = useState(() => kept<ReplayDraft>(nameOf(row.id)) ?? freshDraft(body));
  const report = useReport(body, draft.text);
  const edited = report?.isEdited ?? false;
  const indentedBody = useMemo(() => indented(body), [body]);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => area.current?.focus(), []);
  const change = (part: Partial<ReplayDraft>) => {
    const next = { ...draft, ...part };
    setDraft(next);
    keep(nameOf(row.id), next);
  };
  const reset = (field: ChangedField) => {
    change({ text: resetField(draft.text, field) });
    area.current?.focus();
  };
  const reason = uneditable(capture.detail, capture.body.isText);
  const send = () => void replay(requestOf(row.id, draft, body));
  return (
    <form class="form-grid" {...submitting(send)}>
      <div class="dh">
        <div class="l1">
          <button
            type="button"
            class="btn quiet icon"
            aria-label="Leave the editor (Esc)"
            onClick={closeEditor}
          >
            <Back />
          </button>
          <h2>Edit and replay</h2>
          <button type="button" class="btn quiet" onClick={() => change({ text: indentedBody })}>
            <Undo />
            Reset
          </button>
          <button
            type="button"
            class="btn quiet"
            disabled={report?.isJson === false}
            onClick={() => change({ text: indented(draft.text) })}
          >
            Format
          </button>
        </div>
        <div class="l2">
          <span class="mono cut">
            <Shown text={row.type ?? '(no type)'} />
          </span>
          <span class="sep">·</span>
          <span class="mono cut">
            from <Shown text={row.id} />
          </span>
        </div>
      </div>
      <BodyEditor
        text={draft.text}
        original={indentedBody}
        isReadOnly={reason !== null}
        area={area}
        onInput={(text) => change({ text })}
      />
      {reason ? <div class="strip">{reason}</div> : <Strip report={report} />}
      <div class="form">
        {report && <ChangedFields report={report} onReset={reset} />}
        <TargetField row={row} draft={draft} onChange={(target) => change({ target })} />
        <ModeField mode={sentMode(draft, edited)} edited={edited} onChange={(mode) => change({ mode })} />
        <div class="result">
          <ReplayOutcome id={row.id} />
          <span class="grow" />
          <kbd>Ctrl</kbd>
          <kbd>Enter</kbd>
          <button type="submit" class="btn primary">
            <Again />
            Replay
          </button>
        </div>
      </div>
    </form>
  );
}

export function EditorPane({ row, capture }: { row: EventRow; capture: LoadedCapture }) {
  const [isWarned, setWarned] = useState(row.verified || warned.has(row.id));
  return (
    <section class="detail mode" aria-label="Edit and replay" id="editor">
      {isWarned ? (
        <Form row={row} capture={capture} />
      ) : (
        <ReSignWarning row={row} onContinue={() => setWarned(true)} />
      )}
    </section>
  );
}
