import type { Change, Reading } from './reading.ts';

/** The parts of what is signed. */
export type SignedPart = 'id' | 'timestamp' | 'body';

/** How the text that is signed is put together. */
export interface SignedText {
  readonly parts: readonly SignedPart[];
  readonly joiner: string;
}

const right: SignedText = { parts: ['id', 'timestamp', 'body'], joiner: '.' };

/** Every order of two or three parts that has the body, and the body alone; the right one first. */
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

/** The ways in which the signed text has been put together, the right one first. */
export function signedTextReadings(): Reading<SignedText>[] {
  return orders.flatMap((parts) =>
    joiners
      .filter((joiner) => joiner === '.' || parts.length > 1)
      .map((joiner) => ({
        value: { parts, joiner },
        changes: [...leftOut(parts), ...reordered(parts), ...joinedOtherwise(joiner)],
      })),
  );
}

/** The id, the timestamp or both are not part of what is signed. */
export function leftOut(parts: readonly SignedPart[]): Change[] {
  const missing = right.parts.filter((part) => !parts.includes(part));
  return missing.length > 0 ? [{ code: 'parts_omitted', details: { parts: missing.join(' and ') } }] : [];
}

/** The parts stand in another order. */
export function reordered(parts: readonly SignedPart[]): Change[] {
  const usual = right.parts.filter((part) => parts.includes(part));
  return parts.every((part, index) => part === usual[index])
    ? []
    : [{ code: 'parts_reordered', details: { order: parts.join(', ') } }];
}

/** Something other than a dot stands between them. */
export function joinedOtherwise(joiner: string): Change[] {
  return joiner === right.joiner ? [] : [{ code: 'parts_joined_differently', details: { joiner } }];
}
