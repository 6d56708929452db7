import { byteOffsets, type DecodedBytes } from '../text/bytes.ts';
import { commonEnds } from './common-ends.ts';
import { aligned, isSpaceChanged, type SpacedToken, spaced, type TokenPair } from './token-pairs.ts';

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
