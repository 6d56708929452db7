import type { Signal } from '@preact/signals';
import { announcement } from '../state.ts';
import { decoded } from '../text/json.ts';
import { type BodyLine, valueRange } from '../text/json-lines.ts';
import { visibleText } from '../text/visible.ts';
import { copied, copy } from './copy.tsx';

/** The lines of a body as elements, each with its index in `data-line`. */
export interface LinesOfBody {
  readonly text: string;
  readonly lines: readonly BodyLine[];
  /** The line with the pointer, or that was chosen with the keyboard; null for the first. */
  readonly current: Signal<HTMLElement | null>;
}

const indexOf = (line: Element | null) => Number(line?.getAttribute('data-line') ?? 0);

/** The text that a string stands for, or the JSON of anything else; null for a line that only closes another. */
function valueInLine({ text, lines }: LinesOfBody, index: number): string | null {
  const range = lines[index] ? valueRange(lines, index) : null;
  if (!range) return null;
  const json = text.slice(...range);
  return json.startsWith('"') ? decoded(json) : json;
}

/** The next line with a value, or the previous one. */
function neighbor(body: LinesOfBody, from: Element, step: 1 | -1): HTMLElement | null {
  for (let next: Element | null = from; next; ) {
    next = step === 1 ? next.nextElementSibling : next.previousElementSibling;
    if (next?.hasAttribute('data-line') && valueInLine(body, indexOf(next)) !== null)
      return next as HTMLElement;
  }
  return null;
}

/** For the element around the lines: when the pointer moves, not when a line or the button moves below it. */
export function followPointer({ target }: PointerEvent, current: LinesOfBody['current']): void {
  const line = (target as Element).closest<HTMLElement>('[data-line]');
  if (line) current.value = line;
}

/**
 * The button that copies one value: that of the line with the pointer, or with the keyboard, of the line that the arrow
 * keys choose. One button for all lines, because one for each would be hundreds of stops of the Tab key.
 */
export function CopyValue({ body }: { body: LinesOfBody }) {
  const line = body.current.value;
  const value = valueInLine(body, indexOf(line));
  const label = `Copy line ${indexOf(line) + 1}`;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = ({ ArrowDown: 1, ArrowUp: -1 } as const)[event.key];
    if (!step) return;
    event.preventDefault();
    const first = (event.currentTarget as Element).parentElement!.querySelector('[data-line]')!;
    const next = neighbor(body, line ?? first, step);
    if (!next) return;
    body.current.value = next;
    next.scrollIntoView({ block: 'nearest' });
    announcement.value = `Line ${indexOf(next) + 1}: ${visibleText(valueInLine(body, indexOf(next))!.slice(0, 100))}`;
  };
  return (
    <button
      type="button"
      class="copy-value"
      aria-label={label}
      title="Copy this value (↑ ↓ to choose another)"
      style={{ top: `${line?.offsetTop ?? 0}px` }}
      aria-disabled={value === null}
      onKeyDown={onKeyDown}
      onClick={() => value !== null && void copy(label, value)}
    >
      {copied.value === label ? 'Copied' : 'Copy'}
    </button>
  );
}
