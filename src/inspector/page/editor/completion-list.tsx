import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SampleEvent } from '../../compose-protocol.ts';
import { type Completion, type CompletionOption, completionAt } from './completion.ts';

/** In px, as in the styles. */
const lineHeight = 19;

/** A completion that is shown, and which of its options is active. */
interface ShownCompletion extends Completion {
  readonly active: number;
  /** Where it is in the text, from 0. */
  readonly line: number;
  readonly column: number;
}

export interface CompletionState {
  readonly shown: ShownCompletion | null;
  readonly accept: (area: HTMLTextAreaElement, option: CompletionOption) => void;
}

/** Replaces a part of the text, so that the browser can undo it. */
function insert(
  area: HTMLTextAreaElement,
  { from, until }: Completion,
  { text, caret }: CompletionOption,
): void {
  area.setSelectionRange(from, until);
  document.execCommand('insertText', false, text);
  area.setSelectionRange(from + caret, from + caret);
}

function shownAt(area: HTMLTextAreaElement, fields: SampleEvent['fields']): ShownCompletion | null {
  const { value, selectionStart, selectionEnd } = area;
  if (selectionStart !== selectionEnd) return null;
  const completion = completionAt(value, selectionStart, fields);
  if (!completion) return null;
  const lines = value.slice(0, completion.from).split('\n');
  return { ...completion, active: 0, line: lines.length - 1, column: lines.at(-1)!.length };
}

/** Completes fields in a text area: while a key or a documented value is typed, and when it is asked for. */
export function useCompletion(fields: SampleEvent['fields'] = {}) {
  const [shown, setShown] = useState<ShownCompletion | null>(null);
  const close = () => setShown(null);
  const accept = (area: HTMLTextAreaElement, option: CompletionOption) => {
    insert(area, shown!, option);
    close();
  };
  const move = (step: 1 | -1) => {
    const { length } = shown!.options;
    setShown({ ...shown!, active: (shown!.active + step + length) % length });
  };
  /** The keys while options are shown. */
  const keys: Readonly<Record<string, (area: HTMLTextAreaElement) => void>> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: (area) => accept(area, shown!.options[shown!.active]!),
    Escape: close,
  };
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLTextAreaElement }) => {
    const isAsked = event.key === ' ' && event.ctrlKey;
    const action = shown && !event.ctrlKey && !event.metaKey ? keys[event.key] : undefined;
    if (isAsked) setShown(shownAt(event.currentTarget, fields));
    else if (action) action(event.currentTarget);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onInput = ({
    currentTarget,
    data,
    inputType,
  }: InputEvent & { currentTarget: HTMLTextAreaElement }) => {
    const isTyped = inputType === 'insertText' && data !== null && /^["\w]$/.test(data);
    const isShorter = shown !== null && inputType.startsWith('delete');
    setShown(isTyped || isShorter ? shownAt(currentTarget, fields) : null);
  };
  const props = {
    'aria-autocomplete': 'list',
    'aria-controls': shown ? 'completion' : undefined,
    'aria-activedescendant': shown ? `completion-${shown.active}` : undefined,
    onKeyDown,
    onBlur: close,
    onClick: close,
  } as const;
  return { shown, accept, props, onInput };
}

interface CompletionListProps extends CompletionState {
  /** The part of the text that is in view, in px. */
  readonly scroll: { readonly top: number; readonly left: number; readonly height: number };
}

/** As in the styles, in px: the highest list, and where the text begins. */
const maxHeight = 200;
const textStart = { top: 8, left: 52 };

const listbox = { role: 'listbox', 'aria-label': 'Suggestions' } as const;
const optionOf = (isActive: boolean) => ({ role: 'option', 'aria-selected': isActive }) as const;

/** Under the cursor, or over it at the end of the view. The focus stays in the text area. */
export function CompletionList({ shown, accept, scroll }: CompletionListProps) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(
    () => list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' }),
    [shown],
  );
  if (!shown) return null;
  const { options, active, line, column } = shown;
  const top = textStart.top + line * lineHeight - scroll.top;
  const isAbove = top + lineHeight + maxHeight > scroll.height && top > maxHeight;
  return (
    <div
      id="completion"
      ref={list}
      class={isAbove ? 'completion above' : 'completion'}
      style={{
        top: `${isAbove ? top : top + lineHeight}px`,
        left: `calc(${textStart.left - scroll.left}px + ${column}ch)`,
      }}
      {...listbox}
    >
      {options.map((option, index) => (
        <div
          key={option.label}
          id={`completion-${index}`}
          onMouseDown={(event) => {
            event.preventDefault();
            accept(event.currentTarget.closest('.editor')!.querySelector('textarea')!, option);
          }}
          {...optionOf(index === active)}
        >
          <span>{option.label}</span>
          <span class="muted">{option.note}</span>
        </div>
      ))}
    </div>
  );
}
