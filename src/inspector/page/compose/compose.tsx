import { useMemo, useRef, useState } from 'preact/hooks';
import type { Catalog } from '../../compose-protocol.ts';
import { BodyEditor } from '../editor/body-editor.tsx';
import { changedFields } from '../editor/draft.ts';
import { FailureView } from '../failure.tsx';
import { Check, Undo, Warning } from '../icons.tsx';
import { keep, kept } from '../kept.ts';
import { submitting } from '../submit.ts';
import { currentTarget, Targets } from '../targets.tsx';
import { compacted, isJson } from '../text/json.ts';
import { indented } from '../text/json-lines.ts';
import { Shown } from '../text/shown.tsx';
import { count, plural } from '../text/words.ts';
import { EventActions } from './actions.tsx';
import { Differences, useCheck } from './differences.tsx';
import { ScenarioPane } from './scenario.tsx';
import { Sent } from './sent.tsx';
import {
  type ComposeSettings,
  catalog,
  changeSettings,
  draftName,
  type LoadedSample,
  loadFailure,
  requestOf,
  sample,
  selectedScenario,
  sendEvent,
  sent,
  settings,
} from './state.ts';
import { TypePane } from './types.tsx';

const actors: readonly (readonly [keyof ComposeSettings['actor'], string])[] = [
  ['organization', 'Organization'],
  ['user', 'User'],
  ['email', 'Email'],
];

function ActorFields() {
  const { actor } = settings.value;
  return (
    <div class="actors">
      {actors.map(([kind, title]) => (
        <label key={kind}>
          <span class="label">{title}</span>
          <input
            class="text mono"
            type="text"
            autocomplete="off"
            spellcheck={false}
            maxLength={1000}
            placeholder="as in the event"
            value={actor[kind]}
            onInput={({ currentTarget }) =>
              changeSettings({ actor: { ...actor, [kind]: currentTarget.value } })
            }
          />
        </label>
      ))}
    </div>
  );
}

function FaultField({ faults }: { faults: Catalog['faults'] }) {
  const chosen = settings.value.fault;
  const options = [{ name: null, summary: 'a valid message' }, ...faults];
  return (
    <fieldset class="faults">
      <legend class="label">Fault</legend>
      {options.map(({ name, summary }) => (
        <label class="radio" key={name}>
          <input
            type="radio"
            name="fault"
            checked={chosen === name}
            onChange={() => changeSettings({ fault: name })}
          />
          <span>
            <b class={name === null ? '' : 'mono'}>{name ?? 'None'}</b> {summary}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Strip({ text, original }: { text: string; original: string }) {
  const valid = isJson(text);
  const changed = changedFields(original, text).length;
  return (
    <div class="strip">
      {valid ? <Check /> : <Warning />}
      <span>{valid ? 'Valid JSON' : 'Not valid JSON'}</span>
      {changed > 0 && (
        <>
          <span class="sep">·</span>
          <span class="cut">
            {plural(changed, 'field')} {changed === 1 ? 'differs' : 'differ'} from the sample
          </span>
        </>
      )}
      <span class="grow" />
      <span class="cut">A missing id or occurred_at is new each time</span>
      <span class="num">{count(new TextEncoder().encode(compacted(text)).length)} bytes</span>
    </div>
  );
}

/** Where the event is sent, how, and what the handler answered. */
function Sending({ type, canSend }: { type: string; canSend: boolean }) {
  const { fault } = settings.value;
  return (
    <section class="sending" aria-label="Delivery">
      <div class="form choices">
        <Targets />
        <FaultField faults={catalog.value?.faults ?? []} />
      </div>
      <div class="form">
        {fault !== null && (
          <p>
            Expected: <b>4xx</b>. <span class="muted">A correct handler rejects this message.</span>
          </p>
        )}
        <Sent state={sent.value.get(type)} />
        <div class="result">
          <span class="grow" />
          <kbd>Ctrl</kbd>
          <kbd>Enter</kbd>
          <button type="submit" class="btn primary" disabled={!canSend}>
            {fault === null ? 'Send' : 'Send forged message'}
          </button>
        </div>
      </div>
    </section>
  );
}

function Composer({ sample: { type, body, fields } }: { sample: LoadedSample }) {
  const name = draftName(type);
  const original = useMemo(() => indented(body), [body]);
  const [text, setText] = useState(() => kept<string>(name) ?? original);
  const area = useRef<HTMLTextAreaElement>(null);
  const checked = useCheck(text);
  const wrong = useMemo(() => new Set(checked?.differences.map(({ line }) => line)), [checked]);
  const target = currentTarget();
  const change = (next: string) => {
    setText(next);
    keep(name, next);
  };
  const send = () => {
    if (target !== null) void sendEvent(type, requestOf(compacted(text), settings.value, target));
  };
  return (
    <form class="composer" {...submitting(send)}>
      <section class="content" aria-label="Event">
        <div class="dh">
          <div class="l1">
            <h2>
              <Shown text={type} />
            </h2>
            <button type="button" class="btn quiet" onClick={() => change(original)}>
              <Undo />
              Reset to sample
            </button>
            <button
              type="button"
              class="btn quiet"
              disabled={!isJson(text)}
              onClick={() => change(indented(text))}
            >
              Format
            </button>
          </div>
          <EventActions type={type} text={text} />
          <ActorFields />
        </div>
        <BodyEditor
          text={text}
          original={original}
          wrong={wrong}
          isReadOnly={false}
          area={area}
          onInput={change}
          fields={fields}
        />
        <Strip text={text} original={original} />
        {checked && <Differences checked={checked} area={area} />}
      </section>
      <Sending type={type} canSend={target !== null} />
    </form>
  );
}

/** The view that composes and sends events and scenarios. */
export function Compose() {
  const failure = loadFailure.value;
  const shown = sample.value;
  const scenario = selectedScenario.value;
  return (
    <main class="compose">
      <TypePane />
      {failure && <FailureView failure={failure} />}
      {!failure && scenario !== null && <ScenarioPane key={scenario} name={scenario} />}
      {!failure && scenario === null && shown && <Composer key={shown.type} sample={shown} />}
    </main>
  );
}
