import { diffArrays } from 'diff';
import { byteOffsets, type DecodedBytes } from './bytes.ts';
import { type BodyToken, type BodyTokenKind, decoded, tokensOf } from './json.ts';

/** Part of a line. `mark`: only in what was signed, only in what was received, or whitespace of one of them. */
export interface DifferencePiece {
  readonly text: string;
  readonly kind: BodyTokenKind;
  readonly mark: 'signed' | 'received' | 'space' | null;
}

/** One side of a line, and the offset in bytes where it begins; null if the line is only on the other side. */
export interface DifferenceSide {
  offset: number | null;
  readonly pieces: DifferencePiece[];
}

export interface DifferenceLine {
  readonly depth: number;
  readonly signed: DifferenceSide;
  readonly received: DifferenceSide;
  change: 'none' | 'space' | 'value';
}

export interface SpaceCounts {
  readonly added: Record<string, number>;
  readonly removed: Record<string, number>;
}

export interface BodyDifference {
  readonly lines: DifferenceLine[];
  readonly spaces: SpaceCounts;
  /** Values, names or other tokens that differ. */
  readonly values: number;
}

/** A token and the whitespace before it. */
interface SpacedToken {
  readonly kind: BodyTokenKind | 'end';
  readonly text: string;
  readonly space: string;
  readonly start: number;
}

interface TokenPair {
  readonly signed: SpacedToken | undefined;
  readonly received: SpacedToken | undefined;
}

function spaced(text: string): SpacedToken[] {
  const found: SpacedToken[] = [];
  let space = '';
  const add = ({ kind, start, end }: BodyToken) => {
    const value = text.slice(start, end);
    if (kind === 'space') space = value;
    else {
      found.push({ kind, text: value, space, start });
      space = '';
    }
  };
  tokensOf(text).forEach(add);
  found.push({ kind: 'end', text: '', space, start: text.length });
  return found;
}

const isScalar = (kind: SpacedToken['kind']) => kind === 'string' || kind === 'number' || kind === 'literal';

function corresponds(one: SpacedToken, other: SpacedToken): boolean {
  if (one.text === other.text) return true;
  if (one.kind === 'key' && other.kind === 'key') return decoded(one.text) === decoded(other.text);
  return isScalar(one.kind) && isScalar(other.kind);
}

/** Where tokens do not correspond, a general comparison, which gives up after a while: its cost grows with the square. */
function unaligned(signed: readonly SpacedToken[], received: readonly SpacedToken[]): TokenPair[] {
  const texts = (tokens: readonly SpacedToken[]) => tokens.map(({ text }) => text);
  const changes = diffArrays(texts(signed), texts(received), { timeout: 300 });
  if (!changes) {
    return [
      ...signed.map((token) => ({ signed: token, received: undefined })),
      ...received.map((token) => ({ signed: undefined, received: token })),
    ];
  }
  let left = 0;
  let right = 0;
  return changes.flatMap(({ count, added, removed }) =>
    Array.from({ length: count }, () => ({
      signed: added ? undefined : signed[left++],
      received: removed ? undefined : received[right++],
    })),
  );
}

/** Walks both texts token by token, so that whitespace, escapes and changed values cost nothing to align. */
function aligned(signed: readonly SpacedToken[], received: readonly SpacedToken[]): TokenPair[] {
  const shorter = Math.min(signed.length, received.length);
  let same = 0;
  while (same < shorter && corresponds(signed[same]!, received[same]!)) same++;
  const pair = (left: number, right: number) => ({ signed: signed[left], received: received[right] });
  const pairs = Array.from({ length: same }, (_, index) => pair(index, index));
  let tail = 0;
  const fromEnd = () => [signed.length - 1 - tail, received.length - 1 - tail] as const;
  while (tail < shorter - same && corresponds(signed[fromEnd()[0]]!, received[fromEnd()[1]]!)) tail++;
  pairs.push(
    ...unaligned(signed.slice(same, signed.length - tail), received.slice(same, received.length - tail)),
  );
  for (let left = tail; left > 0; left--) pairs.push(pair(signed.length - left, received.length - left));
  return pairs;
}

const isLowHalf = (code: number) => code >= 0xdc00 && code < 0xe000;

/** The lengths of the common beginning and end; never within a surrogate pair. */
function commonEnds(one: string, other: string): readonly [number, number] {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  if (isLowHalf(one.charCodeAt(start)) || isLowHalf(other.charCodeAt(start))) start = Math.max(0, start - 1);
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  if (end > 0 && isLowHalf(one.charCodeAt(one.length - end))) end--;
  return [start, end];
}

function split(
  text: string,
  [start, end]: readonly [number, number],
  kind: BodyTokenKind,
  mark: DifferencePiece['mark'],
): DifferencePiece[] {
  const pieces: DifferencePiece[] = [
    { text: text.slice(0, start), kind, mark: null },
    { text: text.slice(start, text.length - end), kind, mark },
    { text: text.slice(text.length - end), kind, mark: null },
  ];
  return pieces.filter((piece) => piece.text);
}

const namesOfSpaces: Readonly<Record<string, string>> = {
  '\n': 'newline',
  '\r': 'CR',
  ' ': 'space',
  '\t': 'tab',
  '\ufeff': 'BOM',
};

function countSpaces(counts: Record<string, number>, text: string): void {
  for (const character of text) {
    const name = namesOfSpaces[character] ?? 'other';
    counts[name] = (counts[name] ?? 0) + 1;
  }
}

/** Collects lines. Both sides break where indented JSON does, so that a compact body can be read beside an indented one. */
class LineBuilder {
  readonly lines: DifferenceLine[] = [];
  readonly spaces: SpaceCounts = { added: {}, removed: {} };
  values = 0;
  #depth = 0;
  #before: SpacedToken | undefined;
  readonly #offsets: { signed: (at: number) => number; received: (at: number) => number };

  constructor(signed: DecodedBytes, received: DecodedBytes) {
    this.#offsets = { signed: byteOffsets(signed), received: byteOffsets(received) };
    this.#start();
  }

  add({ signed, received }: TokenPair): void {
    const token = (received ?? signed)!;
    if (token.kind === 'close') this.#depth = Math.max(0, this.#depth - 1);
    const isEmptyPair = token.kind === 'close' && this.#before?.kind === 'open';
    const breaks =
      this.#before?.kind === 'comma' ||
      (this.#before?.kind === 'open' && !isEmptyPair) ||
      (token.kind === 'close' && !isEmptyPair);
    if (breaks) this.#start();
    const isFirst = breaks || this.#before === undefined;
    this.#addSpaces(signed?.space, received?.space, isFirst);
    this.#addToken('signed', signed, received);
    this.#addToken('received', received, signed);
    if (signed?.text !== received?.text) {
      this.#mark('value');
      this.values++;
    }
    if (token.kind === 'open') this.#depth++;
    this.#before = token;
  }

  #start(): void {
    const side = (): DifferenceSide => ({ offset: null, pieces: [] });
    this.lines.push({ depth: this.#depth, signed: side(), received: side(), change: 'none' });
  }

  #mark(change: 'space' | 'value', line = this.lines.at(-1)!): void {
    if (line.change !== 'value') line.change = change;
  }

  #addSpaces(signed: string | undefined, received: string | undefined, isFirst: boolean): void {
    if (signed === received || signed === undefined || received === undefined) {
      if (!isFirst && (signed ?? received)) {
        const piece: DifferencePiece = { text: ' ', kind: 'space', mark: null };
        if (signed !== undefined) this.lines.at(-1)!.signed.pieces.push(piece);
        if (received !== undefined) this.lines.at(-1)!.received.pieces.push(piece);
      }
      return;
    }
    const ends = commonEnds(signed, received);
    countSpaces(this.spaces.removed, signed.slice(ends[0], signed.length - ends[1]));
    countSpaces(this.spaces.added, received.slice(ends[0], received.length - ends[1]));
    this.#addSpace('signed', signed, ends, isFirst);
    this.#addSpace('received', received, ends, isFirst);
    this.#mark('space');
  }

  /** What ends the line before is shown there. */
  #addSpace(side: 'signed' | 'received', text: string, ends: readonly [number, number], isFirst: boolean): void {
    const here = this.lines.at(-1)!;
    const before = isFirst ? this.lines.at(-2) : undefined;
    let current = before?.[side].pieces ?? here[side].pieces;
    for (const piece of split(text, ends, 'space', 'space')) {
      const at = before && current !== here[side].pieces ? piece.text.lastIndexOf('\n') + 1 : 0;
      if (at > 0) {
        current.push({ ...piece, text: piece.text.slice(0, at) });
        if (before && piece.mark) this.#mark('space', before);
        current = here[side].pieces;
      }
      if (at < piece.text.length) {
        // Without a newline, it begins this line.
        const target = before && !text.includes('\n') ? here[side].pieces : current;
        target.push({ ...piece, text: piece.text.slice(at) });
      }
    }
  }

  #addToken(side: 'signed' | 'received', own: SpacedToken | undefined, other: SpacedToken | undefined): void {
    if (!own) return;
    const line = this.lines.at(-1)![side];
    line.offset ??= this.#offsets[side](own.start);
    if (own.kind === 'end') return;
    if (own.text === other?.text) {
      line.pieces.push({ text: own.text, kind: own.kind, mark: null });
      return;
    }
    const ends = other ? commonEnds(own.text, other.text) : ([0, 0] as const);
    line.pieces.push(...split(own.text, ends, own.kind, side));
  }
}

/** Compares what was signed with what was received. 1 MB of re-indented JSON takes a fraction of a second. */
export function compareBodies(signed: DecodedBytes, received: DecodedBytes): BodyDifference {
  const builder = new LineBuilder(signed, received);
  for (const pair of aligned(spaced(signed.text), spaced(received.text))) builder.add(pair);
  const { lines, spaces, values } = builder;
  return { lines, spaces, values };
}

/** Lines to show, or a run of lines to fold. */
export interface LineRun {
  readonly isFolded: boolean;
  readonly lines: readonly DifferenceLine[];
}

const context = 3;
const firstLines = 12;

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

/** Folds runs of lines in which nothing differs, or nothing but whitespace once that was shown. */
export function foldedRuns(lines: readonly DifferenceLine[]): LineRun[] {
  const shown = isShown(lines);
  const runs: LineRun[] = [];
  for (let from = 0; from < lines.length; ) {
    let until = from;
    while (until < lines.length && shown[until] === shown[from]) until++;
    const isShort = until - from < 4;
    runs.push({ isFolded: !shown[from] && !isShort, lines: lines.slice(from, until) });
    from = until;
  }
  return runs;
}

function listed(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([name, number]) => {
    const isFixed = name === 'CR' || name === 'BOM' || name === 'other';
    return `${number.toLocaleString('en-US')} ${isFixed || number === 1 ? name : `${name}s`}`;
  });
  return parts.join(parts.length > 2 ? ', ' : ' and ');
}

/** Such as `whitespace only: 45 newlines and 216 spaces added`. */
export function differenceSummary({ spaces, values }: BodyDifference): string {
  const added = listed(spaces.added);
  const removed = listed(spaces.removed);
  const changes = [added && `${added} added`, removed && `${removed} removed`].filter(Boolean).join('; ');
  if (values === 0) return changes ? `whitespace only: ${changes}` : 'none';
  const changed = `${values.toLocaleString('en-US')} ${values === 1 ? 'value differs' : 'values differ'}`;
  return changes ? `${changed}; whitespace: ${changes}` : changed;
}
