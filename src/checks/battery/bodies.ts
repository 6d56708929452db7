import { statusOf } from '../../delivery/outcome.ts';
import { addField, type BodyForm, bodyForms } from '../body-forms.ts';
import type { Check } from '../check.ts';
import { acceptingForm, judgeAll } from '../findings.ts';
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

const part = 'body';
const words = {
  ...accepts,
  part,
  meaning: 'verifies something else than the bytes that arrived',
  why: 'the signature covers the bytes: parsed and written again, the same JSON may be other bytes',
  fix: 'give the verifier the raw bytes, and parse them afterwards',
} as const;

export function bodyChecks(base: Sample): Check[] {
  return [...rows.map((row) => formCheck(base, row)), splitCheck(base)];
}

function formCheck(base: Sample, [name, sends, form]: (typeof rows)[number]): Check {
  return {
    ...words,
    name,
    sends,
    run: acceptingForm(
      part,
      {
        made: (bench) => messageOfText(form.write(textOf(base, bench)), bench),
        usual: (bench) => messageOfText(form.usual(textOf(base, bench)), bench),
      },
      'as JSON.stringify writes it',
    ),
  };
}

/** More than one read of a socket gives, and less than the usual limit of 100 kB. */
const LONG = 90_000;

/** Letters of three bytes, which the border between two reads cuts through in two of three positions. */
function splitCheck(base: Sample): Check {
  return {
    ...words,
    name: 'non-ascii-split',
    sendsSeveral: true,
    sends: `a body of ${LONG / 1000} kB, all of it letters beyond ASCII`,
    async run(bench) {
      const long = (before: string) =>
        addField(textOf(base, bench), JSON.stringify(before + '李'.repeat(LONG / 3)));
      const exchanges = ['', 'a', 'aa'].map((before) =>
        bench.send(messageOfText(long(before), bench), { part }),
      );
      const finding = judgeAll(await Promise.all(exchanges));
      // A limit of the size is another matter: see large-body.
      const isLimit = finding.exchanges.some(({ outcome }) => statusOf(outcome) === 413);
      return isLimit ? { ...finding, status: 'warn' } : finding;
    },
  };
}
