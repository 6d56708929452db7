import { useState } from 'preact/hooks';
import type { LoadedCapture } from '../capture.ts';
import type { BodyComparison, ComparisonState } from '../comparison/comparison.ts';
import type { ComparedBodies, DrawnRun } from '../comparison/protocol.ts';
import type { DifferencePiece, DrawnLine } from '../difference/draw-line.ts';
import { Check, Cross, Down, Widen } from '../icons.tsx';
import { isWide } from '../state.ts';
import { bytesIn } from '../text/bytes.ts';
import { Shown } from '../text/shown.tsx';
import { count, plural } from '../text/words.ts';
import { classOfToken } from './code.tsx';

const glyphs: Readonly<Record<string, string>> = { ' ': '·', '\n': '↵', '\t': '→' };

/** Whitespace that differs: glyphs for what is common, chips for what is not. */
function Space({ text }: { text: string }) {
  const parts = text.match(/ +|\n+|\t+|[^ \n\t]/g) ?? [];
  return (
    <>
      {parts.map((part) => {
        const glyph = glyphs[part[0]!];
        if (!glyph) return <Shown text={part} />;
        return <mark class="ws">{glyph.repeat(part.length)}</mark>;
      })}
    </>
  );
}

function PieceView({ piece: { text, kind, mark } }: { piece: DifferencePiece }) {
  if (mark === 'space') return <Space text={text} />;
  if (kind === 'space') return text.replaceAll(/[^ \t]/g, '');
  if (mark === null) return <Shown class={classOfToken(kind)} text={text} />;
  return (
    <mark class={mark === 'signed' ? 's' : 'a'}>
      <Shown text={text} />
    </mark>
  );
}

interface SideProps {
  readonly pieces: readonly DifferencePiece[];
  readonly offset: number | null;
  readonly depth: number;
  readonly class: string;
}

function Side({ pieces, offset, depth, class: name }: SideProps) {
  const isIndented = pieces[0]?.kind === 'space';
  return (
    <>
      <span class={`g num ${name}`}>{offset ?? ''}</span>
      <span class={`t ${name}`} style={{ paddingLeft: `calc(6px + ${isIndented ? 0 : depth * 2}ch)` }}>
        {pieces.map((piece, index) => (
          <PieceView key={index} piece={piece} />
        ))}
      </span>
    </>
  );
}

function Line({ line }: { line: DrawnLine }) {
  return (
    <div class={line.change === 'value' ? 'drow hit' : 'drow'}>
      <Side pieces={line.signed} offset={line.signedOffset} depth={line.depth} class="l" />
      <Side pieces={line.received} offset={line.receivedOffset} depth={line.depth} class="r" />
    </div>
  );
}

const linesPerStep = 200;

function foldLabel(change: DrawnRun['change'], lines: number): string {
  if (change === 'value') return `${count(lines)} more lines`;
  if (change === 'none') return `${count(lines)} equal lines`;
  return `${count(lines)} more lines with the same difference. All values are equal.`;
}

function Run({ comparison, run }: { comparison: BodyComparison; run: DrawnRun }) {
  const [lines, setLines] = useState(run.lines);
  const from = run.from + lines.length;
  const show = async () => {
    const more = await comparison.lines(from, Math.min(run.until, from + linesPerStep));
    setLines([...lines, ...more]);
  };
  return (
    <>
      {lines.map((line, index) => (
        <Line key={index} line={line} />
      ))}
      {from < run.until && (
        <div class="dfold">
          <Down />
          <span class="cut grow">{foldLabel(run.change, run.until - from)}</span>
          <button type="button" class="btn quiet small" onClick={() => void show()}>
            Show
          </button>
        </div>
      )}
    </>
  );
}

function Part({ name, bytes }: { name: string; bytes: number }) {
  return (
    <div>
      <div class="h">
        <Check />
        {name}
        <span class="muted">same</span>
      </div>
      <div class="d">{plural(bytes, 'byte')}</div>
    </div>
  );
}

function Parts({ capture }: { capture: LoadedCapture }) {
  const { detail } = capture;
  const header = (name: string) =>
    detail.headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1].length;
  const id = header('webhook-id');
  const timestamp = header('webhook-timestamp');
  const signedBytes = bytesIn(detail.verdict.signedBodyBase64!);
  return (
    <div class="parts">
      {id !== undefined && <Part name="id" bytes={id} />}
      {timestamp !== undefined && <Part name="timestamp" bytes={timestamp} />}
      <div class="big">
        <div class="h">
          <Cross />
          body<span class="bad">differs</span>
        </div>
        <div class="d">
          signed {count(signedBytes)} bytes, received {plural(detail.bodyBytes, 'byte')}
        </div>
      </div>
    </div>
  );
}

function Legend({ hasSpaces, hasValues }: { hasSpaces: boolean; hasValues: boolean }) {
  return (
    <>
      <div class="legend">
        {hasSpaces && (
          <>
            <span>
              <mark class="ws">↵</mark> newline
            </span>
            <span>
              <mark class="ws">·</mark> space
            </span>
          </>
        )}
        {hasValues && (
          <>
            <span>
              <mark class="s">text</mark> only signed
            </span>
            <span>
              <mark class="a">text</mark> only received
            </span>
          </>
        )}
      </div>
      <p class="muted note">Line breaks are added for reading. Numbers are byte offsets.</p>
    </>
  );
}

function Lines({ comparison, compared }: { comparison: BodyComparison; compared: ComparedBodies }) {
  const { signedLayout, receivedLayout, runs, hasSpaces, hasValues } = compared;
  return (
    <>
      <div class="diff">
        <div class="drow dhead">
          <span class="l">
            <b>Signed</b> {signedLayout}
          </span>
          <span class="r">
            <b>Received</b> {receivedLayout}
          </span>
        </div>
        {runs.map((run) => (
          <Run key={run.from} comparison={comparison} run={run} />
        ))}
      </div>
      <Legend hasSpaces={hasSpaces} hasValues={hasValues} />
    </>
  );
}

function stateText(state: ComparisonState): string {
  if (state.kind === 'running') return 'comparing…';
  return state.kind === 'failed' ? 'the bodies could not be compared' : state.compared.summary;
}

/** What was signed beside what was received. */
export function DifferenceView({ capture }: { capture: LoadedCapture }) {
  const { comparison } = capture;
  if (!comparison) return null;
  const state = comparison.state.value;
  return (
    <section class="sec" aria-busy={state.kind === 'running'}>
      <h3>
        Difference
        <span class="muted summary">{stateText(state)}</span>
        <span class="r">
          <button
            type="button"
            class="btn quiet small icon"
            aria-label="Widen (w)"
            title="Widen (w)"
            onClick={() => {
              isWide.value = !isWide.value;
            }}
          >
            <Widen />
          </button>
        </span>
      </h3>
      <Parts capture={capture} />
      {state.kind === 'done' && <Lines comparison={comparison} compared={state.compared} />}
    </section>
  );
}
