import type { Change, ChangeCode } from '../../signature/explain/reading.ts';
import { bodyWords } from './body-changes.ts';
import type { ChangeWords, Details } from './change-form.ts';
import { headerWords, signatureWords } from './header-changes.ts';
import { secretWords } from './secret-changes.ts';

/** Every change, from its code to its words: the compiler names one that has none. */
const words: Record<ChangeCode, (details: Details) => ChangeWords> = {
  ...headerWords,
  ...signatureWords,
  ...secretWords,
  ...bodyWords,
};

/** A change in words for the developer of the handler, or of what sends to it. */
export function explainChange({ code, details = {} }: Change): ChangeWords {
  return words[code](details);
}
