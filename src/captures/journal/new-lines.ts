import { readEntry } from '../record-format.ts';
import { type Entry, timeOf } from '../store.ts';
import { endOfLines, linesForward, reading } from './file-lines.ts';

/** The most entries of one file in a batch, and the bytes of their lines: more is not begun. */
const BATCH_SIZE = 256;
const BATCH_BYTES = 2 * 1024 * 1024;

/** A line of a journal that has not been handed out. */
export interface NewLine {
  readonly entry: Entry | undefined;
  readonly isDamaged: boolean;
  readonly offset: number;
  readonly bytes: Buffer | undefined;
  readonly end: number;
}

export interface NewLines {
  readonly lines: readonly NewLine[];
  /** Whether there are more than these. */
  readonly hasMore: boolean;
}

/** Reads what a journal of `size` bytes has from an offset on, without a line that is still being written. */
export function newLines(
  fd: number,
  path: string,
  { start, size }: { readonly start: number; readonly size: number },
): NewLines {
  const lines: NewLine[] = [];
  if (size === start) return { lines, hasMore: false };
  let held = 0;
  for (const { offset, bytes, end } of linesForward(reading(fd), endOfLines(fd, size), start)) {
    if (lines.length === BATCH_SIZE || held > BATCH_BYTES) return { lines, hasMore: true };
    held += bytes?.length ?? 0;
    // A copy, because the reader uses its blocks again.
    const line = bytes && Buffer.from(bytes);
    let isDamaged = false;
    const countDamage = () => {
      isDamaged = true;
    };
    const entry = readEntry(line, { path, countDamage });
    lines.push({ entry, isDamaged, offset, bytes: line, end });
  }
  return { lines, hasMore: false };
}

/** What can be handed out now: of journals with more to read, later records may be older than what others have. */
export function dueLines<J extends NewLines>(
  journals: readonly J[],
): { readonly due: readonly (readonly [J, readonly NewLine[]])[]; readonly hasMore: boolean } {
  const bounds = journals.filter(({ hasMore }) => hasMore).map(({ lines }) => lastTime(lines));
  const bound = Math.min(...bounds);
  const due = journals.map((journal): [J, readonly NewLine[]] => {
    const { lines, hasMore } = journal;
    // The file that sets the bound goes on, even if its times go back.
    const setsBound = hasMore && lastTime(lines) === bound;
    return [journal, setsBound ? lines : lines.slice(0, lengthUntil(lines, bound))];
  });
  return { due, hasMore: bounds.length > 0 };
}

function lastTime(lines: readonly NewLine[]): number {
  const entry = lines.findLast((line) => line.entry !== undefined)?.entry;
  return entry ? timeOf(entry) : Number.POSITIVE_INFINITY;
}

/** The number of lines before the first that is later than `time`. */
function lengthUntil(lines: readonly NewLine[], time: number): number {
  const index = lines.findIndex(({ entry }) => entry !== undefined && timeOf(entry) > time);
  return index === -1 ? lines.length : index;
}
