import type { Ref } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { SampleEvent } from '../../compose-protocol.ts';
import { classOfToken } from '../detail/code.tsx';
import { drawnRows } from '../list/scroll-window.ts';
import { tokensOf } from '../text/json.ts';
import { CompletionList, useCompletion } from './completion-list.tsx';

/** In px, as in the styles. */
const lineHeight = 19;
/** The colors of a longer line take long to draw. */
const maxColored = 2000;

function LineText({ text }: { text: string }) {
  if (text.length > maxColored) return text;
  return tokensOf(text).map(({ kind, start, end }) => (
    <span class={classOfToken(kind)} key={start}>
      {text.slice(start, end)}
    </span>
  ));
}

interface LinesProps {
  readonly lines: readonly string[];
  readonly original: ReadonlySet<string>;
  readonly wrong: ReadonlySet<number>;
  readonly scroll: { readonly top: number; readonly left: number; readonly height: number };
}

/** The lines in view as they look, with numbers and colors. What was edited is marked. */
function Lines({ lines, original, wrong, scroll: { top, left, height } }: LinesProps) {
  const { from, until } = drawnRows(top, height, lineHeight, lines.length);
  return (
    <div class="drawn" aria-hidden="true" style={{ transform: `translateY(${-top}px)` }}>
      {lines.slice(from, until).map((line, index) => {
        const states = [!original.has(line) && 'edited', wrong.has(from + index) && 'wrong'];
        return (
          <div
            key={from + index}
            class={['eline', ...states].filter(Boolean).join(' ')}
            style={{ top: `${(from + index) * lineHeight}px` }}
          >
            <span class="g num">{from + index + 1}</span>
            <span class="t" style={{ transform: `translateX(${-left}px)` }}>
              <LineText text={line} />
            </span>
          </div>
        );
      })}
    </div>
  );
}

export interface BodyEditorProps {
  readonly text: string;
  /** The text without edits. */
  readonly original: string;
  /** Lines, from 0, with a value that is not as documented. */
  readonly wrong?: ReadonlySet<number>;
  readonly isReadOnly: boolean;
  readonly area: Ref<HTMLTextAreaElement>;
  readonly onInput: (text: string) => void;
  /** Absent for an editor that completes nothing. */
  readonly fields?: SampleEvent['fields'];
}

const none: ReadonlySet<number> = new Set();

/** A text field whose own text is transparent, over the same text in color. Nothing but the field can be edited. */
export function BodyEditor(props: BodyEditorProps) {
  const { text, original, wrong = none, isReadOnly, area, onInput, fields } = props;
  const completing = useCompletion(fields);
  const lines = useMemo(() => text.split('\n'), [text]);
  const originalLines = useMemo(() => new Set(original.split('\n')), [original]);
  const [scroll, setScroll] = useState({ top: 0, left: 0, height: 800 });
  const box = useRef<HTMLDivElement>(null);
  const follow = () => {
    const { scrollTop, scrollLeft, clientHeight } = box.current!.querySelector('textarea')!;
    setScroll({ top: scrollTop, left: scrollLeft, height: clientHeight });
  };
  // Removed lines can move the rest without an event.
  useLayoutEffect(follow, [text]);
  return (
    <div class="editor" ref={box}>
      <Lines lines={lines} original={originalLines} wrong={wrong} scroll={scroll} />
      <textarea
        aria-label="Body"
        spellcheck={false}
        autocomplete="off"
        wrap="off"
        ref={area}
        readOnly={isReadOnly}
        value={text}
        onScroll={follow}
        onInput={(event) => {
          onInput(event.currentTarget.value);
          completing.onInput(event);
        }}
        {...completing.props}
      />
      {completing.shown && <CompletionList {...completing} scroll={scroll} />}
    </div>
  );
}
