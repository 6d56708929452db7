import { useSignal } from '@preact/signals';
import { Fragment } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Down, Right } from '../icons.tsx';
import { type BodyToken, type BodyTokenKind, eachToken, isJson } from '../text/json.ts';
import { type BodyLine, linesOf } from '../text/json-lines.ts';
import { Shown } from '../text/shown.tsx';
import { count } from '../text/words.ts';
import { CopyValue, followPointer } from './copy-value.tsx';

const classes: Readonly<Partial<Record<BodyTokenKind, string>>> = {
  key: 'j-k',
  string: 'j-s',
  number: 'j-n',
  literal: 'j-n',
};

export const classOfToken = (kind: BodyTokenKind) => classes[kind] ?? 'j-p';

const linesPerStep = 200;

function LineTokens({ text, tokens }: { text: string; tokens: readonly BodyToken[] }) {
  return (
    <>
      {tokens.map(({ kind, start, end }) => (
        <Fragment key={start}>
          <Shown class={classOfToken(kind)} text={text.slice(start, end)} />
          {kind === 'colon' && ' '}
        </Fragment>
      ))}
    </>
  );
}

interface FoldProps {
  readonly isFolded: boolean;
  readonly number: number;
  readonly onToggle: () => void;
}

function Fold({ isFolded, number, onToggle }: FoldProps) {
  return (
    <button
      type="button"
      class="fold"
      aria-expanded={!isFolded}
      aria-label={`Line ${number}: ${isFolded ? 'unfold' : 'fold'}`}
      onClick={onToggle}
    >
      {isFolded ? <Right /> : <Down />}
    </button>
  );
}

/** The numbers of the lines to draw: all but what folded lines contain. */
function visibleLines(lines: readonly BodyLine[], folded: ReadonlySet<number>): number[] {
  const visible: number[] = [];
  for (let index = 0; index < lines.length; index++) {
    visible.push(index);
    const { last } = lines[index]!;
    if (folded.has(index) && last !== null) index = last;
  }
  return visible;
}

/** Indented JSON with line numbers, each object and array foldable. The tokens are those of the text, never rewritten. */
export function JsonView({ text }: { text: string }) {
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const [limit, setLimit] = useState(linesPerStep);
  const current = useSignal<HTMLElement | null>(null);
  // No more than what is shown: a large body has many, and the page is drawn again at each event that arrives.
  const lines = useMemo(() => linesOf(eachToken(text), limit), [text, limit]);
  const visible = visibleLines(lines, folded);
  const toggle = (index: number) => {
    const next = new Set(folded);
    if (!next.delete(index)) next.add(index);
    setFolded(next);
  };
  return (
    <div class="json" onPointerMove={(event) => followPointer(event, current)}>
      <CopyValue body={{ text, lines, current }} />
      {visible.map((index) => {
        const { depth, tokens, last } = lines[index]!;
        const isFolded = folded.has(index);
        return (
          <div class={last === null ? 'line' : 'line folds'} key={index} data-line={index}>
            <span class="g">
              {last !== null && (
                <Fold isFolded={isFolded} number={index + 1} onToggle={() => toggle(index)} />
              )}
              {index + 1}
            </span>
            <span class="t" style={{ paddingLeft: `${depth * 2}ch` }}>
              <LineTokens text={text} tokens={tokens} />
              {isFolded && last !== null && (
                <>
                  <span class="muted">… {count(last - index - 1)} lines </span>
                  <LineTokens text={text} tokens={lines[last]!.tokens} />
                </>
              )}
            </span>
          </div>
        );
      })}
      {lines.length === limit && (
        <button type="button" class="btn quiet small" onClick={() => setLimit(limit * 2)}>
          Show more lines
        </button>
      )}
    </div>
  );
}

/** A body: indented if it is JSON, as it is if not. */
export function BodyView({ text }: { text: string }) {
  const isIndentable = useMemo(() => isJson(text), [text]);
  if (text.length === 0) return <p class="muted">The body is empty.</p>;
  if (isIndentable) return <JsonView text={text} />;
  return (
    <pre class="wrap">
      <Shown text={text} kept={'\n'} />
    </pre>
  );
}
