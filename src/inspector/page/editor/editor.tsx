import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { EventRow } from '../../protocol.ts';
import type { LoadedCapture } from '../capture.ts';
import { DraftComparison } from '../comparison/draft-comparison.ts';
import { startWorker } from '../comparison/start-worker.ts';
import { ReplayOutcome } from '../detail/replay-outcome.tsx';
import { Again, Back, Check, Undo, Warning } from '../icons.tsx';
import { keep, kept } from '../kept.ts';
import { replay } from '../replays.ts';
import { isEditing } from '../state.ts';
import { submitting } from '../submit.ts';
import { indented } from '../text/json-lines.ts';
import { Shown } from '../text/shown.tsx';
import { count } from '../text/words.ts';
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
import { ReSignWarning } from './re-sign-warning.tsx';
import { ChangedFields, ModeField, TargetField } from './replay-fields.tsx';

const nameOf = (id: string) => `draft:${id}`;

/** Closes the editor, which keeps its draft, and returns to the event. */
export function closeEditor(): void {
  isEditing.value = false;
  requestAnimationFrame(() => document.getElementById('panel')?.focus());
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

interface FormHeadProps {
  readonly row: EventRow;
  readonly canFormat: boolean;
  readonly onReset: () => void;
  readonly onFormat: () => void;
}

function FormHead({ row, canFormat, onReset, onFormat }: FormHeadProps) {
  return (
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
        <button type="button" class="btn quiet" onClick={onReset}>
          <Undo />
          Reset
        </button>
        <button type="button" class="btn quiet" disabled={!canFormat} onClick={onFormat}>
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
  );
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
      <FormHead
        row={row}
        canFormat={report?.isJson !== false}
        onReset={() => change({ text: indentedBody })}
        onFormat={() => change({ text: indented(draft.text) })}
      />
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

/** Captures whose warning was read, for as long as the page is open. */
const warned = new Set<string>();

/** Edits and replays the selected event; warns first if it was rejected. */
export function EditorPane({ row, capture }: { row: EventRow; capture: LoadedCapture }) {
  const [isWarned, setWarned] = useState(row.verified || warned.has(row.id));
  const proceed = () => {
    warned.add(row.id);
    setWarned(true);
  };
  return (
    <section class="detail mode" aria-label="Edit and replay" id="editor">
      {isWarned ? (
        <Form row={row} capture={capture} />
      ) : (
        <ReSignWarning onContinue={proceed} onCancel={closeEditor} />
      )}
    </section>
  );
}
