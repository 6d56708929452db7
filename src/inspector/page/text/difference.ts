import { diffArrays } from 'diff';
import { byteOffsets, type DecodedBytes } from './bytes.ts';
import { type BodyToken, type BodyTokenKind, compacted, decoded, eachToken, isJson } from './json.ts';
import { count, plural } from './words.ts';

/** Part of a line. `mark`: only in what was signed, only in what was received, or whitespace of one of them. */
export interface DifferencePiece {
  readonly text: string;
  readonly kind: BodyTokenKind;
  readonly mark: 'signed' | 'received' | 'space' | null;
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
  for (const token of eachToken(text)) add(token);
  found.push({ kind: 'end', text: '', space, start: text.length });
  return found;
}

const isScalar = (kind: SpacedToken['kind']) => kind === 'string' || kind === 'number' || kind === 'literal';

function corresponds(one: SpacedToken, other: SpacedToken): boolean {
  if (one.text === other.text) return true;
  if (one.kind === 'key' && other.kind === 'key') return decoded(one.text) === decoded(other.text);
  return isScalar(one.kind) && isScalar(other.kind);
}

/** How long the general comparison may take. With it, two bodies of 1 MB take less than half a second. */
const generalMs = 100;

/** Where tokens do not correspond, a general comparison, if it ends in time: its cost grows with the square. */
function unaligned(signed: readonly SpacedToken[], received: readonly SpacedToken[]): TokenPair[] {
  const texts = (tokens: readonly SpacedToken[]) => tokens.map(({ text }) => text);
  const changes = diffArrays(texts(signed), texts(received), { timeout: generalMs });
  if (!changes) return realigned(signed, received);
  let left = 0;
  let right = 0;
  return changes.flatMap(({ count, added, removed }) =>
    Array.from({ length: count }, () => ({
      signed: added ? undefined : signed[left++],
      received: removed ? undefined : received[right++],
    })),
  );
}

/** Compares in one pass: at a difference, skips to the nearest place from which both go on with the same tokens. */
function realigned(signed: readonly SpacedToken[], received: readonly SpacedToken[]): TokenPair[] {
  const pairs: TokenPair[] = [];
  let [left, right] = [0, 0];
  const skip = (ofSigned: number, ofReceived: number) => {
    for (const until = left + ofSigned; left < until; left++)
      pairs.push({ signed: signed[left], received: undefined });
    for (const until = right + ofReceived; right < until; right++)
      pairs.push({ signed: undefined, received: received[right] });
  };
  while (left < signed.length && right < received.length) {
    if (corresponds(signed[left]!, received[right]!))
      pairs.push({ signed: signed[left++], received: received[right++] });
    else skip(...nearestMatch(signed, left, received, right));
  }
  skip(signed.length - left, received.length - right);
  return pairs;
}

/** How many tokens of both sides together may be skipped at once. */
const longestSkip = 24;
/** So many equal tokens are no coincidence. */
const matchLength = 3;

/** How many tokens to skip on each side; one on each if there is no match nearby. */
function nearestMatch(
  signed: readonly SpacedToken[],
  left: number,
  received: readonly SpacedToken[],
  right: number,
): readonly [ofSigned: number, ofReceived: number] {
  for (let skipped = 1; skipped <= longestSkip; skipped++) {
    // First on one side only, which is how a field that moved looks.
    for (let step = -1; step < skipped; step++) {
      const ofSigned = step < 0 ? skipped : step;
      const ofReceived = skipped - ofSigned;
      if (isMatch(signed, left + ofSigned, received, right + ofReceived)) return [ofSigned, ofReceived];
    }
  }
  return [1, 1];
}

function isMatch(
  signed: readonly SpacedToken[],
  left: number,
  received: readonly SpacedToken[],
  right: number,
): boolean {
  for (let index = 0; index < matchLength; index++) {
    const token = signed[left + index];
    if (token === undefined || token.text !== received[right + index]?.text) return false;
  }
  return true;
}

/** Walks both texts token by token, so that whitespace, escapes and changed values cost nothing to align. */
function aligned(signed: readonly SpacedToken[], received: readonly SpacedToken[]): TokenPair[] {
  const shorter = Math.min(signed.length, received.length);
  let same = 0;
  while (same < shorter && corresponds(signed[same]!, received[same]!)) same++;
  const pair = (left: number, right: number) => ({ signed: signed[left], received: received[right] });
  const beginning = Array.from({ length: same }, (_, index) => pair(index, index));
  let tail = 0;
  const fromEnd = () => [signed.length - 1 - tail, received.length - 1 - tail] as const;
  while (tail < shorter - same && corresponds(signed[fromEnd()[0]]!, received[fromEnd()[1]]!)) tail++;
  const middle = unaligned(
    signed.slice(same, signed.length - tail),
    received.slice(same, received.length - tail),
  );
  const end = Array.from({ length: tail }, (_, index) =>
    pair(signed.length - tail + index, received.length - tail + index),
  );
  return beginning.concat(middle, end);
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

/** A line as it is drawn. */
export interface DrawnLine
  extends Pick<DifferenceLine, 'depth' | 'signedOffset' | 'receivedOffset' | 'change'> {
  readonly signed: readonly DifferencePiece[];
  readonly received: readonly DifferencePiece[];
}

export function drawLine(difference: BodyDifference, line: DifferenceLine): DrawnLine {
  const { depth, signedOffset, receivedOffset, change } = line;
  return {
    depth,
    signedOffset,
    receivedOffset,
    change,
    signed: drawSide(difference, line, 'signed'),
    received: drawSide(difference, line, 'received'),
  };
}

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

function listed(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([name, number]) => {
    const isFixed = name === 'CR' || name === 'BOM' || name === 'other';
    return `${count(number)} ${isFixed || number === 1 ? name : `${name}s`}`;
  });
  return parts.join(parts.length > 2 ? ', ' : ' and ');
}

/** Such as `whitespace only: 45 newlines and 216 spaces added`. */
export function differenceSummary({ spaces, values }: BodyDifference): string {
  const added = listed(spaces.added);
  const removed = listed(spaces.removed);
  const changes = [added && `${added} added`, removed && `${removed} removed`].filter(Boolean).join('; ');
  if (values === 0) return changes ? `whitespace only: ${changes}` : 'none';
  const changed = `${count(values)} ${values === 1 ? 'value differs' : 'values differ'}`;
  return changes ? `${changed}; whitespace: ${changes}` : changed;
}

/** How JSON is indented, in a word or two. */
export function layoutOf(text: string): string {
  if (!isJson(text.replace(/^\ufeff/, ''))) return '';
  const indent = /\n([ \t]+)\S/.exec(text)?.[1];
  if (compacted(text) === text) return 'compact';
  if (!indent) return text.trim().includes('\n') ? '' : 'on one line';
  return indent.startsWith('\t') ? 'indented with tabs' : `indented with ${plural(indent.length, 'space')}`;
}
