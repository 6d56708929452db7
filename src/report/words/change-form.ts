import type { ChangeCode } from '../../signature/explain/reading.ts';
import { cleanLine, cut } from '../clean.ts';

/** What a sentence about a change needs. */
export type Details = Readonly<Record<string, string | number>>;

/** What a change says of a message, and how to mend it; each a line. */
export interface ChangeWords {
  readonly message: string;
  readonly fix: string;
}

/** Words by the code of the change. */
export type WordsOf = Partial<Record<ChangeCode, (details: Details) => ChangeWords>>;

/** A fix that several mistakes have. */
export const sdkSigns =
  'let standardwebhooks or svix sign in place of code of your own, or sign id.timestamp.body';

/** A part of a sentence that comes from outside, cleaned and cut. */
export function show(text: string | number | undefined): string {
  return cleanLine(cut(String(text ?? ''), 80));
}

/** The same in quotation marks, so that blanks can be seen. */
export function shownBlank(text: string | number | undefined): string {
  return `"${show(text)}"`;
}
