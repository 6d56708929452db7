import type { Change, ChangeCode } from '../../signature/explain/reading.ts';
import { bodyWords } from './body-changes.ts';
import type { ChangeWords, Details } from './change-form.ts';
import { headerWords, signatureWords } from './header-changes.ts';
import { secretWords } from './secret-changes.ts';

/** Complete: a change without a text is a compile error. */
const words: Record<ChangeCode, (details: Details) => ChangeWords> = {
  ...headerWords,
  ...signatureWords,
  ...secretWords,
  ...bodyWords,
};

/** Describes a change for the developer of the handler or of the sender. */
export function explainChange({ code, details = {} }: Change): ChangeWords {
  return words[code](details);
}
