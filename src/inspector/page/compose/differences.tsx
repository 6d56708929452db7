import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Warning } from '../icons.tsx';
import { isJson } from '../text/json.ts';
import { Shown } from '../text/shown.tsx';
import { type CheckedLines, checkText } from './state.ts';

/** How long nothing is typed before the event is checked, in ms. */
const pauseMs = 250;

/** What is wrong with an event; null while it is not JSON, or not known yet. */
export function useCheck(text: string): CheckedLines | null {
  const [checked, setChecked] = useState<CheckedLines | null>(null);
  useEffect(() => {
    let isLeft = false;
    if (!isJson(text)) setChecked(null);
    const check = async () => {
      const next = await checkText(text).catch(() => null);
      if (!isLeft) setChecked(next);
    };
    const timer = setTimeout(() => isJson(text) && void check(), pauseMs);
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, [text]);
  return checked;
}

/** Moves the cursor to the start of a line, from 0. */
function goTo(line: number, area: HTMLTextAreaElement): void {
  const at = area.value.split('\n').slice(0, line).join('\n').length + (line > 0 ? 1 : 0);
  area.focus();
  area.setSelectionRange(at, at);
}

interface DifferencesProps {
  readonly checked: CheckedLines;
  readonly area: RefObject<HTMLTextAreaElement | null>;
}

/** Not necessarily mistakes: the documentation can be outdated, so the event can be sent. */
export function Differences({ checked: { problem, differences }, area }: DifferencesProps) {
  if (problem === null && differences.length === 0) return <div role="status" />;
  return (
    <div class="differences" role="status">
      <h3>
        <Warning />
        {problem === null ? 'Not as documented' : <Shown text={problem} />}
      </h3>
      <ul>
        {differences.map(({ line, text }) => (
          <li key={text}>
            <button type="button" class="btn quiet small" onClick={() => goTo(line, area.current!)}>
              Line {line + 1}
            </button>
            <Shown text={text} />
          </li>
        ))}
      </ul>
    </div>
  );
}
