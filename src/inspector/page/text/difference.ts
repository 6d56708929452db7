import { diffArrays } from 'diff';
import { byteOffsets, type DecodedBytes } from './bytes.ts';
import { type BodyToken, type BodyTokenKind, decoded, tokensOf } from './json.ts';

/** Part of a line. `mark`: only in what was signed, only in what was received, or whitespace of one of them. */
export interface DifferencePiece {
  readonly text: string;
  readonly kind: BodyTokenKind;
  readonly mark: 'signed' | 'received' | 'space' | null;
}

/** A line as it is drawn. */
export interface DrawnLine {
  readonly signed: DifferencePiece[];
  readonly received: DifferencePiece[];
}

/** A line of the comparison. It is drawn only when it is shown, because drawing all of a large body takes too long. */
export interface DifferenceLine {
  /** The pairs of tokens in it: from, and until. */
  readonly from: number;
  until: number;
  readonly depth: number;
  /** Where it begins, in bytes; null if it is only on the other side. */
  signedOffset: number | null;
  receivedOffset: number | null;
  change: 'none' | 'space' | 'value';
}

export interface SpaceCounts {
  readonly added: Record<string, number>;
  readonly removed: Record<string, number>;
}

export interface BodyDifference {
  readonly pairs: readonly TokenPair[];
  readonly lines: readonly DifferenceLine[];
  readonly spaces: SpaceCounts;
  /** Values, names or other tokens that differ. */
  readonly values: number;
}

/** A token and the whitespace before it. */
export interface SpacedToken {
  readonly kind: BodyTokenKind | 'end';
  readonly text: string;
  readonly space: string;
  readonly start: number;
}

export interface TokenPair {
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

/** Both sides break where indented JSON does, so that a compact body can be read beside an indented one. */
function breaksBefore(pair: TokenPair, before: TokenPair | undefined): boolean {
  const { kind } = (pair.received ?? pair.signed)!;
  const kindBefore = (before?.received ?? before?.signed)?.kind;
  if (kind === 'close') return kindBefore !== 'open';
  return kindBefore === 'open' || kindBefore === 'comma';
}

const isSpaceChanged = ({ signed, received }: TokenPair) =>
  signed !== undefined && received !== undefined && signed.space !== received.space;

/** A line begins with its indentation. */
function startOf({ start, space }: SpacedToken): number {
  return start - (space.length - space.lastIndexOf('\n') - 1);
}

/** Finds the lines, and what differs in each. */
class Outline {
  readonly lines: DifferenceLine[] = [];
  readonly spaces: SpaceCounts = { added: {}, removed: {} };
  values = 0;
  #depth = 0;
  readonly #signedOffset: (at: number) => number;
  readonly #receivedOffset: (at: number) => number;

  constructor(signed: DecodedBytes, received: DecodedBytes) {
    this.#signedOffset = byteOffsets(signed);
    this.#receivedOffset = byteOffsets(received);
  }

  add(pair: TokenPair, index: number, before: TokenPair | undefined): void {
    const { signed, received } = pair;
    const { kind } = (received ?? signed)!;
    if (kind === 'close') this.#depth = Math.max(0, this.#depth - 1);
    const isFirst = before === undefined || breaksBefore(pair, before);
    if (isFirst) this.#start(index);
    const line = this.lines.at(-1)!;
    line.until = index + 1;
    if (signed) line.signedOffset ??= this.#signedOffset(startOf(signed));
    if (received) line.receivedOffset ??= this.#receivedOffset(startOf(received));
    if (isSpaceChanged(pair)) this.#addSpaces(signed!.space, received!.space, isFirst);
    if (signed?.text !== received?.text) {
      line.change = 'value';
      this.values++;
    }
    if (kind === 'open') this.#depth++;
  }

  #start(index: number): void {
    this.lines.push({
      from: index,
      until: index,
      depth: this.#depth,
      signedOffset: null,
      receivedOffset: null,
      change: 'none',
    });
  }

  #addSpaces(signed: string, received: string, isFirst: boolean): void {
    const [start, end] = commonEnds(signed, received);
    const removed = signed.slice(start, signed.length - end);
    const added = received.slice(start, received.length - end);
    countSpaces(this.spaces.removed, removed);
    countSpaces(this.spaces.added, added);
    this.#mark(this.lines.at(-1)!);
    const before = this.lines.at(-2);
    if (isFirst && before && (removed.includes('\n') || added.includes('\n'))) this.#mark(before);
  }

  #mark(line: DifferenceLine): void {
    if (line.change === 'none') line.change = 'space';
  }
}

/** Compares what was signed with what was received. 1 MB of re-indented JSON takes a fraction of a second. */
export function compareBodies(signed: DecodedBytes, received: DecodedBytes): BodyDifference {
  const pairs = aligned(spaced(signed.text), spaced(received.text));
  const outline = new Outline(signed, received);
  for (let index = 0; index < pairs.length; index++) outline.add(pairs[index]!, index, pairs[index - 1]);
  const { lines, spaces, values } = outline;
  return { pairs, lines, spaces, values };
}

/** Whitespace in two parts: what ends the line before, and what begins this one. */
interface PlacedSpace {
  readonly ending: DifferencePiece[];
  readonly beginning: DifferencePiece[];
}

function placed(pieces: readonly DifferencePiece[], isFirst: boolean): PlacedSpace {
  const ending: DifferencePiece[] = [];
  const beginning: DifferencePiece[] = [];
  const lastNewline = pieces.findLastIndex(({ text }) => text.includes('\n'));
  for (const [index, piece] of pieces.entries()) {
    const at =
      index < lastNewline ? piece.text.length : index === lastNewline ? piece.text.lastIndexOf('\n') + 1 : 0;
    const cut = isFirst ? at : 0;
    if (cut > 0) ending.push({ ...piece, text: piece.text.slice(0, cut) });
    if (cut < piece.text.length) beginning.push({ ...piece, text: piece.text.slice(cut) });
  }
  return { ending, beginning };
}

/** Whitespace that is the same on both sides is drawn by the layout, or is one space. */
function spaceOf(pair: TokenPair, side: 'signed' | 'received', isFirst: boolean): PlacedSpace {
  const own = pair[side];
  if (!own) return { ending: [], beginning: [] };
  if (!isSpaceChanged(pair)) {
    const isDrawn = own.space !== '' && !isFirst;
    return { ending: [], beginning: isDrawn ? [{ text: ' ', kind: 'space', mark: null }] : [] };
  }
  const ends = commonEnds(pair.signed!.space, pair.received!.space);
  return placed(split(own.space, ends, 'space', 'space'), isFirst);
}

function tokenPieces(pair: TokenPair, side: 'signed' | 'received'): DifferencePiece[] {
  const own = pair[side];
  if (!own || own.kind === 'end') return [];
  const other = side === 'signed' ? pair.received : pair.signed;
  if (own.text === other?.text) return [{ text: own.text, kind: own.kind, mark: null }];
  return split(own.text, other ? commonEnds(own.text, other.text) : [0, 0], own.kind, side);
}

function drawSide(
  { pairs }: BodyDifference,
  { from, until }: DifferenceLine,
  side: 'signed' | 'received',
): DifferencePiece[] {
  const pieces: DifferencePiece[] = [];
  for (let index = from; index < until; index++) {
    const pair = pairs[index]!;
    pieces.push(...spaceOf(pair, side, index === from && index > 0).beginning, ...tokenPieces(pair, side));
  }
  const next = pairs[until];
  return next ? [...pieces, ...spaceOf(next, side, true).ending] : pieces;
}

export function drawLine(difference: BodyDifference, line: DifferenceLine): DrawnLine {
  return {
    signed: drawSide(difference, line, 'signed'),
    received: drawSide(difference, line, 'received'),
  };
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
