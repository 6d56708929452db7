import type { DifferenceLine } from './difference.ts';

/** Neighboring lines, all of them shown or all of them folded. */
export interface LineRun {
  readonly from: number;
  readonly until: number;
  readonly isFolded: boolean;
  /** The greatest change in it. */
  readonly change: DifferenceLine['change'];
}

const context = 3;
const firstLines = 12;
/** More would be slow to draw; the rest is one folded run. */
const maxShownLines = 200;

function isShown(lines: readonly DifferenceLine[]): boolean[] {
  const shown = lines.map(() => false);
  const show = (from: number, until: number) => shown.fill(true, Math.max(0, from), until);
  const hasValues = lines.some(({ change }) => change === 'value');
  if (!hasValues) {
    const first = lines.findIndex(({ change }) => change === 'space');
    show(first - context, Math.max(first, 0) + firstLines);
    show(lines.length - 1, lines.length);
  }
  for (const [index, { change }] of lines.entries()) {
    if (change === 'value') show(index - context, index + context + 1);
  }
  return shown;
}

function greatestChange(lines: readonly DifferenceLine[]): DifferenceLine['change'] {
  if (lines.some(({ change }) => change === 'value')) return 'value';
  return lines.some(({ change }) => change === 'space') ? 'space' : 'none';
}

/** Folds runs of lines in which nothing differs, or nothing but whitespace once that was shown. */
export function foldedRuns(lines: readonly DifferenceLine[]): LineRun[] {
  const shown = isShown(lines);
  const runs: LineRun[] = [];
  const add = (from: number, until: number, isFolded: boolean) =>
    runs.push({ from, until, isFolded, change: greatestChange(lines.slice(from, until)) });
  let left = maxShownLines;
  for (let from = 0; from < lines.length; ) {
    let until = from;
    while (until < lines.length && shown[until] === shown[from]) until++;
    const isFolded = !shown[from] && until - from >= 4;
    if (!isFolded && until - from > left) {
      if (left > 0) add(from, from + left, false);
      add(from + left, lines.length, true);
      return runs;
    }
    if (!isFolded) left -= until - from;
    add(from, until, isFolded);
    from = until;
  }
  return runs;
}
