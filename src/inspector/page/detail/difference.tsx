import { useMemo, useState } from 'preact/hooks';
import type { LoadedCapture } from '../capture.ts';
import { Check, Cross, Down, Widen } from '../icons.tsx';
import { isWide } from '../state.ts';
import {
  type BodyDifference,
  compareBodies,
  type DifferenceLine,
  type DifferencePiece,
  differenceSummary,
  drawLine,
  foldedRuns,
  type LineRun,
} from '../text/difference.ts';
import { compacted, isJson } from '../text/json.ts';
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
  if (mark === null) {
    return (
      <span class={classOfToken(kind)}>
        <Shown text={text} />
      </span>
    );
  }
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

function Line({ difference, line }: { difference: BodyDifference; line: DifferenceLine }) {
  const { signed, received } = drawLine(difference, line);
  return (
    <div class={line.change === 'value' ? 'drow hit' : 'drow'}>
      <Side pieces={signed} offset={line.signedOffset} depth={line.depth} class="l" />
      <Side pieces={received} offset={line.receivedOffset} depth={line.depth} class="r" />
    </div>
  );
}

const linesPerStep = 500;

function Run({ difference, run }: { difference: BodyDifference; run: LineRun }) {
  const [limit, setLimit] = useState(run.isFolded ? 0 : linesPerStep);
  const rest = run.lines.length - limit;
  const isSpaced = run.lines.some(({ change }) => change === 'space');
  return (
    <>
      {run.lines.slice(0, limit).map((line, index) => (
        <Line key={index} difference={difference} line={line} />
      ))}
      {rest > 0 && (
        <div class="dfold">
          <Down />
          <span class="cut grow">
            {isSpaced
              ? `${count(rest)} more lines with the same difference. All values are equal.`
              : `${count(rest)} equal lines`}
          </span>
          <button type="button" class="btn quiet small" onClick={() => setLimit(limit + linesPerStep)}>
            Show
          </button>
        </div>
      )}
    </>
  );
}

/** How JSON is indented, in a word or two. */
function layoutOf(text: string): string {
  if (!isJson(text.replace(/^\ufeff/, ''))) return '';
  const indent = /\n([ \t]+)\S/.exec(text)?.[1];
  if (compacted(text) === text) return 'compact';
  if (!indent) return text.trim().includes('\n') ? '' : 'on one line';
  return indent.startsWith('\t') ? 'indented with tabs' : `indented with ${plural(indent.length, 'space')}`;
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
  const signedBytes = atob(detail.verdict.signedBodyBase64!).length;
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
      <p class="muted note">Lines are broken here for reading. Numbers are byte offsets.</p>
    </>
  );
}

/** What was signed beside what was received. */
export function DifferenceView({ capture }: { capture: LoadedCapture }) {
  const { signedBody, body } = capture;
  const difference = useMemo(() => (signedBody ? compareBodies(signedBody, body) : null), [signedBody, body]);
  if (!signedBody || !difference) return null;
  return (
    <section class="sec">
      <h3>
        Difference
        <span class="muted summary">{differenceSummary(difference)}</span>
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
      <div class="diff">
        <div class="drow dhead">
          <span class="l">
            <b>Signed</b> {layoutOf(signedBody.text)}
          </span>
          <span class="r">
            <b>Received</b> {layoutOf(body.text)}
          </span>
        </div>
        {foldedRuns(difference.lines).map((run, index) => (
          <Run key={index} difference={difference} run={run} />
        ))}
      </div>
      <Legend
        hasSpaces={difference.lines.some(({ change }) => change === 'space')}
        hasValues={difference.values > 0}
      />
    </section>
  );
}
