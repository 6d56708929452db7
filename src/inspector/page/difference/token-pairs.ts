import { diffArrays } from 'diff';
import { type BodyToken, type BodyTokenKind, decoded, eachToken } from '../text/json.ts';

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

export const isSpaceChanged = ({ signed, received }: TokenPair) =>
  signed !== undefined && received !== undefined && signed.space !== received.space;

/** The tokens of a text that are not whitespace, and its end. */
export function spaced(text: string): SpacedToken[] {
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
export function aligned(signed: readonly SpacedToken[], received: readonly SpacedToken[]): TokenPair[] {
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
