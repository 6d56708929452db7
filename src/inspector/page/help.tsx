import { useEffect, useRef } from 'preact/hooks';
import { Close } from './icons.tsx';
import { hasShortcuts, isHelpOpen, setShortcuts } from './state.ts';

const sections: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    'List',
    [
      ['Next or previous event', 'j k ↓ ↑'],
      ['Next or previous rejected event', 'n p'],
      ['First or last event', 'Home End'],
      ['Open the event, back to the list', 'Enter Esc'],
      ['Follow the newest event, or pause', 'f'],
    ],
  ],
  [
    'Event',
    [
      ['Replay', 'r'],
      ['Edit and replay', 'e'],
      ['Copy', 'c'],
      ['Next or previous value to copy', '↓ ↑'],
      ['Next or previous tab', '→ ←'],
      ['Widen the pane', 'w'],
    ],
  ],
  [
    'Everywhere',
    [
      ['Events, compose, check', '1 2 3'],
      ['Search', '/'],
      ['Keyboard shortcuts', '?'],
    ],
  ],
  [
    'Editor',
    [
      ['Send', 'Ctrl Enter'],
      ['Show suggestions, in Compose', 'Ctrl Space'],
      ['Leave the editor', 'Esc'],
      ['Next field', 'Tab'],
    ],
  ],
];

function Section({ title, rows }: { title: string; rows: readonly (readonly [string, string])[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {rows.map(([action, keys]) => (
          <div key={action}>
            <dt>{action}</dt>
            <dd>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The dialog with the keys, where single-key shortcuts are switched off. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isShown = isHelpOpen.value;
  useEffect(() => {
    if (isShown) dialog.current?.showModal();
  }, [isShown]);
  if (!isShown) return null;
  return (
    <dialog
      class="dialog"
      ref={dialog}
      aria-labelledby="help-title"
      onClose={() => {
        isHelpOpen.value = false;
      }}
    >
      <header>
        <h2 id="help-title">Keyboard shortcuts</h2>
        <button
          type="button"
          class="btn quiet icon"
          aria-label="Close (Esc)"
          onClick={() => dialog.current?.close()}
        >
          <Close />
        </button>
      </header>
      <div class="keys">
        {sections.map(([title, rows]) => (
          <Section key={title} title={title} rows={rows} />
        ))}
      </div>
      <footer>
        <button
          type="button"
          class="switch"
          role="switch"
          aria-checked={hasShortcuts.value}
          aria-label="Single-key shortcuts"
          onClick={() => setShortcuts(!hasShortcuts.value)}
        />
        <span>
          <b>Single-key shortcuts</b> They work while a list or an event has the focus, never in a text field.
        </span>
      </footer>
    </dialog>
  );
}
