import type { Change, Reading } from './reading.ts';

export type SignedPart = 'id' | 'timestamp' | 'body';

/** How the signed text is composed. */
export interface SignedText {
  readonly parts: readonly SignedPart[];
  readonly joiner: string;
}

const right: SignedText = { parts: ['id', 'timestamp', 'body'], joiner: '.' };

/** The body alone, and every order of two or three parts with the body; the correct order first. */
const orders: readonly (readonly SignedPart[])[] = [
  right.parts,
  ['timestamp', 'body'],
  ['id', 'body'],
  ['body'],
  ['timestamp', 'id', 'body'],
  ['body', 'timestamp'],
  ['body', 'id'],
  ['id', 'body', 'timestamp'],
  ['timestamp', 'body', 'id'],
  ['body', 'id', 'timestamp'],
  ['body', 'timestamp', 'id'],
];

const joiners = ['.', '', ':', '|', '\n', '-', '_', ',', ' ', ';', '/', '&'];

/** All readings of the signed text, the correct one first. */
export function signedTextReadings(): Reading<SignedText>[] {
  return orders.flatMap((parts) =>
    joiners
      .filter((joiner) => joiner === '.' || parts.length > 1)
      .map((joiner) => ({
        value: { parts, joiner },
        changes: [...leftOut(parts), ...reordered(parts), ...joinedDifferently(joiner)],
      })),
  );
}

/** The signed text omits the id, the timestamp or both. */
function leftOut(parts: readonly SignedPart[]): Change[] {
  const missing = right.parts.filter((part) => !parts.includes(part));
  return missing.length > 0 ? [{ code: 'parts_omitted', details: { parts: missing.join(' and ') } }] : [];
}

function reordered(parts: readonly SignedPart[]): Change[] {
  const expected = right.parts.filter((part) => parts.includes(part));
  return parts.every((part, index) => part === expected[index])
    ? []
    : [{ code: 'parts_reordered', details: { order: parts.join(', ') } }];
}

function joinedDifferently(joiner: string): Change[] {
  return joiner === right.joiner ? [] : [{ code: 'parts_joined_differently', details: { joiner } }];
}
