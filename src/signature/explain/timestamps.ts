import { asItStands, type Change, changed, type Reading } from './reading.ts';

/** What a timestamp may have been in the signed text. */
export interface SignedTime {
  /** As it stands in the signed text. */
  readonly text: string;
  /** When that is, in whole seconds since 1970. */
  readonly seconds: number;
}

/** The ways in which a timestamp header has been written and signed, whole seconds first. */
export function timestampReadings(header: string): Reading<SignedTime>[] {
  const text = header.trim();
  const found = forms.find(([form]) => form.test(text));
  if (!found) return [];
  const [, code, toSeconds] = found;
  const seconds = toSeconds(text);
  if (!Number.isSafeInteger(seconds)) return [];
  if (code === undefined && text === header)
    return [asItStands({ text, seconds }), ...signedOtherwise(seconds)];
  // Signed as it is written, or as the seconds that verifiers make of it.
  return [text, String(seconds)].map((signed) =>
    changed({ text: signed, seconds }, code ?? 'timestamp_padded', { text: text.slice(0, 60) }),
  );
}

/** The header has seconds, and the signed text the same moment in another form. */
function signedOtherwise(seconds: number): Reading<SignedTime>[] {
  // A time that was cut would look like one of long ago.
  if (String(seconds).length !== 10) return [];
  const iso = Math.abs(seconds) < 8e12 ? [new Date(seconds * 1000).toISOString()] : [];
  const milliseconds = changed({ text: `${seconds}000`, seconds }, 'timestamp_milliseconds', {
    text: `${seconds}000`,
  });
  return [milliseconds, ...iso.map((text) => changed({ text, seconds }, 'timestamp_date', { text }))];
}

/**
 * The same second in milliseconds, each that it can be: whoever signs Date.now() and sends whole seconds loses which.
 * The one that ends in 000 is among the readings.
 */
export function millisecondGuesses({ text: header, seconds }: SignedTime): Reading<SignedTime>[] {
  // As above.
  if (header.length !== 10) return [];
  return Array.from({ length: 999 }, (_, index) => {
    const text = `${seconds}${String(index + 1).padStart(3, '0')}`;
    return changed({ text, seconds }, 'timestamp_milliseconds', { text });
  });
}

/** A date that names no zone is taken for UTC, wherever this runs. */
function dateToSeconds(text: string): number {
  const local = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/.exec(text);
  return Math.floor(Date.parse(local ? `${local[1]}T${local[2]}Z` : text) / 1000);
}

type Form = [form: RegExp, code: Change['code'] | undefined, toSeconds: (text: string) => number];

/** How times have been written, the first that fits counts. */
const forms: readonly Form[] = [
  [/^(0|[1-9]\d{0,11})$/, undefined, Number],
  [/^[1-9]\d{12}$/, 'timestamp_milliseconds', (text) => Math.floor(Number(text) / 1000)],
  [/^[1-9]\d{15}$/, 'timestamp_finer', (text) => Math.floor(Number(text) / 1e6)],
  [/^[1-9]\d{18}$/, 'timestamp_finer', (text) => Number(text.slice(0, -9))],
  [/^\d{1,12}\.\d*$/, 'timestamp_fraction', (text) => Math.floor(Number(text))],
  [/^\d(\.\d+)?e\+?\d{1,2}$/i, 'timestamp_fraction', (text) => Math.floor(Number(text))],
  [/^\+?0*\d{1,12}$/, 'timestamp_padded', Number],
  [/^\d{4}-\d\d-\d\d|^[A-Za-z]{3,9},? /, 'timestamp_date', dateToSeconds],
];
