import type { BodyTokenKind } from '../text/json.ts';
import { commonEnds } from './common-ends.ts';
import type { BodyDifference, DifferenceLine } from './difference.ts';
import { isSpaceChanged, type TokenPair } from './token-pairs.ts';

/** Part of a line. `mark`: only in what was signed, only in what was received, or whitespace of one of them. */
export interface DifferencePiece {
  readonly text: string;
  readonly kind: BodyTokenKind;
  readonly mark: 'signed' | 'received' | 'space' | null;
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

/** Divides a line of a difference into pieces that are alike in kind and mark. */
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
