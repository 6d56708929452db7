import { takingForm } from '../accepted.ts';
import { type BodyForm, bodyForms } from '../body-forms.ts';
import type { Check } from '../check.ts';
import type { Sample } from '../samples.ts';
import { accepts, messageOfText, textOf } from './row.ts';

/** Bodies that are JSON, and not what JSON.stringify would write. */
const rows: readonly (readonly [name: string, sends: string, form: BodyForm])[] = [
  ['pretty-printed', 'a body laid out over several lines', bodyForms.prettyPrinted],
  ['unicode-escapes', 'a body with a \\u escape', bodyForms.unicodeEscapes],
  ['escaped-slashes', 'a body with \\/ for a slash', bodyForms.escapedSlashes],
  ['decimal-number', 'a body with the number 1.0', bodyForms.decimalNumber],
  ['long-integer', 'a body with an integer of 20 digits', bodyForms.longInteger],
  ['non-ascii', 'a body with letters beyond ASCII, as UTF-8', bodyForms.beyondAscii],
  ['other-order', 'a body with its fields in another order', bodyForms.otherOrder],
  ['final-newline', 'a body that ends in a line feed', bodyForms.finalNewline],
];

export function bodyChecks(base: Sample): Check[] {
  const part = 'body';
  return rows.map(([name, sends, form]) => ({
    ...accepts,
    part,
    name,
    sends,
    meaning: 'verifies something else than the bytes that arrived',
    why: 'the signature covers the bytes: parsed and written again, the same JSON may be other bytes',
    mend: 'give the verifier the raw bytes, and parse them afterwards',
    run: takingForm(
      part,
      {
        made: (bench) => messageOfText(form.write(textOf(base, bench)), bench),
        usual: (bench) => messageOfText(form.usual(textOf(base, bench)), bench),
      },
      'as JSON.stringify writes it',
    ),
  }));
}
