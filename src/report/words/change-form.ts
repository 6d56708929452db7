import type { ChangeCode } from '../../signature/explain/reading.ts';
import { cleanLine, cut } from '../clean.ts';

/** The values that a sentence about a change needs. */
export type Details = Readonly<Record<string, string | number>>;

/** A change to a message and how to fix it, one line each. */
export interface ChangeWords {
  readonly message: string;
  readonly fix: string;
}

/** Texts by the code of the change. */
export type WordsOf = Partial<Record<ChangeCode, (details: Details) => ChangeWords>>;

/** A fix for custom signing code. */
export const sdkSigns =
  'sign with standardwebhooks or svix instead of custom code, or sign id.timestamp.body';

/** Text from outside, cleaned and cut for use in a sentence. */
export function show(text: string | number | undefined): string {
  return cleanLine(cut(String(text ?? ''), 80));
}

/** As `show`, in quotation marks, so that whitespace is visible. */
export function showSeparator(text: string | number | undefined): string {
  return `"${show(text)}"`;
}
