import { statusOf } from '../../delivery/outcome.ts';
import { addField, type BodyForm, bodyForms } from '../body-forms.ts';
import type { Check } from '../check.ts';
import { acceptingForm, judgeAll } from '../findings.ts';
import type { Sample } from '../samples.ts';
import { accepts, messageOfText, textOf } from './row.ts';

/** Bodies that are valid JSON but differ from the output of JSON.stringify. */
const rows: readonly (readonly [name: string, sends: string, form: BodyForm])[] = [
  ['pretty-printed', 'a body indented with 2 spaces', bodyForms.prettyPrinted],
  ['unicode-escapes', 'a body with a \\u escape', bodyForms.unicodeEscapes],
  ['escaped-slashes', 'a body with slashes escaped as \\/', bodyForms.escapedSlashes],
  ['decimal-number', 'a body with the number 1.0', bodyForms.decimalNumber],
  ['long-integer', 'a body with a 20-digit integer', bodyForms.longInteger],
  ['non-ascii', 'a body with non-ASCII characters in UTF-8', bodyForms.beyondAscii],
  ['decomposed-text', 'a body with decomposed Unicode text (NFD)', bodyForms.decomposed],
  ['other-order', 'a body with its fields in a different order', bodyForms.otherOrder],
  ['final-newline', 'a body with a trailing newline', bodyForms.finalNewline],
];

const part = 'body';
const words = {
  ...accepts,
  part,
  meaning: 'verifies different bytes than the ones it received',
  why: 'the signature covers the raw bytes, and parsing and re-serializing JSON can change them',
  fix: 'pass the raw bytes to the verifier, and parse them afterwards',
} as const;

/** The same event in other forms of JSON, and one so long that it is read in pieces: the received bytes must verify. */
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
      'serialized with JSON.stringify',
    ),
  };
}

/** More than one socket read returns, and less than the usual limit of 100 kB. */
const LONG_BODY_BYTES = 90_000;

/** Three-byte characters: two of three positions for a boundary between reads split a character. */
function splitCheck(base: Sample): Check {
  return {
    ...words,
    name: 'non-ascii-split',
    sendsSeveral: true,
    sends: `a ${LONG_BODY_BYTES / 1000} kB body of non-ASCII characters`,
    async run(bench) {
      const long = (before: string) =>
        addField(textOf(base, bench), JSON.stringify(before + '李'.repeat(LONG_BODY_BYTES / 3)));
      const exchanges = ['', 'a', 'aa'].map((before) =>
        bench.send(messageOfText(long(before), bench), { part }),
      );
      const finding = judgeAll(await Promise.all(exchanges));
      // A size limit is a separate fault: see large-body.
      const isLimit = finding.exchanges.some(({ outcome }) => statusOf(outcome) === 413);
      return isLimit ? { ...finding, status: 'warn' } : finding;
    },
  };
}
