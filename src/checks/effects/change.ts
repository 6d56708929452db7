/**
 * What a message changed in a state, as far as it can be counted: how many words were added, or, if none were, by how
 * much numbers grew. Ids and times differ between messages, so texts cannot be compared.
 */
export interface StateChange {
  readonly words: number;
  readonly steps: readonly number[];
}

/** Compares two states word by word. A changed word counts only if it is a small number, before and after. */
export function changeBetween(before: string, after: string): StateChange {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  if (old.length !== now.length) return { words: now.length - old.length, steps: [] };
  const steps = now.flatMap((word, index) =>
    word !== old[index] && isCount(word) && isCount(old[index]!) ? [Number(word) - Number(old[index])] : [],
  );
  return { words: 0, steps };
}

/** As how many single changes a change counts; undefined if it is no multiple, or the single one cannot be counted. */
export function timesOf(change: StateChange, single: StateChange): number | undefined {
  if (single.words !== 0) return wholeRatio(change.words, single.words);
  if (change.words !== 0 || single.steps.length === 0) return undefined;
  if (change.steps.length === 0) return 0;
  if (change.steps.length !== single.steps.length) return undefined;
  const [first, ...others] = change.steps.map((step, index) => wholeRatio(step, single.steps[index]!));
  return others.every((ratio) => ratio === first) ? first : undefined;
}

/** Whether two changes count the same. */
export function isSameChange(one: StateChange, other: StateChange): boolean {
  return one.words === other.words && one.steps.join() === other.steps.join();
}

function wholeRatio(total: number, single: number): number | undefined {
  return Number.isInteger(total / single) ? total / single : undefined;
}

function wordsOf(state: string): string[] {
  return state.split(/[\s,;:|"'{}[\]()=]+/).filter((word) => word !== '');
}

/** Longer numbers are ids or times. */
function isCount(word: string): boolean {
  return /^-?\d{1,9}$/.test(word);
}

/** The longest part of a state that is shown, in characters. */
const MAX_SHOWN = 80;

/** The first place where two states differ, for people. */
export function describeChange(before: string, after: string): string {
  let from = 0;
  while (from < before.length && before[from] === after[from]) from += 1;
  const start = Math.max(0, from - MAX_SHOWN / 4);
  const excerpt = (text: string) => {
    const part = text
      .slice(start, start + MAX_SHOWN)
      .trim()
      .replaceAll(/\s+/g, ' ');
    return part === ''
      ? '(nothing)'
      : `"${start > 0 ? '…' : ''}${part}${text.length > start + MAX_SHOWN ? '…' : ''}"`;
  };
  return `${excerpt(before)} became ${excerpt(after)}`;
}
