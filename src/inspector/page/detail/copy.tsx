import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { LoadedCapture } from '../capture.ts';
import { Copy } from '../icons.tsx';
import { announcement } from '../state.ts';
import { indented } from '../text/json-lines.ts';

/** What was copied last; shown on its button for a moment. */
export const copied = signal('');

export async function copy(label: string, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    copied.value = label;
    announcement.value = 'Copied';
  } catch {
    announcement.value = 'The browser does not allow copying';
  }
  setTimeout(() => {
    copied.value = '';
  }, 1500);
}

/** A button that copies a text and says so. */
export function CopyButton({ text, label }: { text: () => string; label: string }) {
  return (
    <button type="button" class="btn quiet small" onClick={() => void copy(label, text())}>
      <Copy />
      {copied.value === label ? 'Copied' : label}
    </button>
  );
}

/** The request as it crossed the wire, as far as that can be text. */
export function rawRequest({ detail, body }: LoadedCapture): string {
  const headers = detail.headers.map(([name, value]) => `${name}: ${value}`);
  return [`${detail.method} ${detail.row.path} HTTP/1.1`, ...headers, '', body.text].join('\r\n');
}

export const isCopyOpen = signal(false);

const items: readonly (readonly [string, (capture: LoadedCapture) => string])[] = [
  ['Body', ({ body }) => body.text],
  ['Raw request', rawRequest],
  ['cURL', ({ detail }) => detail.curl],
  ['CLI command', ({ detail }) => detail.command],
  ['Fixture', ({ body }) => `${indented(body.text)}\n`],
];

function Menu({ capture, onClose }: { capture: LoadedCapture; onClose: () => void }) {
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => menu.current?.querySelector('button')?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...menu.current!.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) buttons.at((at + step) % buttons.length)?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else return;
    event.stopPropagation();
    if (event.key !== 'Tab') event.preventDefault();
  };
  return (
    <div class="menu" role="menu" aria-label="Copy" tabIndex={-1} ref={menu} onKeyDown={onKeyDown}>
      {items.map(([label, text]) => (
        <button
          type="button"
          role="menuitem"
          tabIndex={-1}
          key={label}
          onClick={() => {
            void copy(label, text(capture));
            onClose();
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

/** What can be copied of an event. */
export function CopyMenu({ capture }: { capture: LoadedCapture | null }) {
  const button = useRef<HTMLButtonElement>(null);
  const holder = useRef<HTMLDivElement>(null);
  const close = () => {
    isCopyOpen.value = false;
    button.current?.focus();
  };
  return (
    <div
      class="holder"
      ref={holder}
      onFocusOut={({ relatedTarget }) => {
        if (relatedTarget && !holder.current?.contains(relatedTarget as Node)) isCopyOpen.value = false;
      }}
    >
      <button
        type="button"
        class="btn icon"
        ref={button}
        aria-label="Copy"
        title="Copy (c)"
        aria-haspopup="menu"
        aria-expanded={isCopyOpen.value}
        disabled={!capture}
        onClick={() => {
          isCopyOpen.value = !isCopyOpen.value;
        }}
      >
        <Copy />
      </button>
      {isCopyOpen.value && capture && <Menu capture={capture} onClose={close} />}
    </div>
  );
}
