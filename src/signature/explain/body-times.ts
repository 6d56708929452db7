import { textOf } from './body-text.ts';
import { changed, type Reading } from './reading.ts';

/** Times were written in another form: with +00:00, with a space, or with other digits after the seconds. */
export function rewrittenTimes(body: Uint8Array): Reading<Uint8Array>[] {
  const text = textOf(body);
  if (text === undefined || text.search(times) === -1) return [];
  const forms = zones.flatMap(([zoneForm, zoneOf]) =>
    fractions.map(([fractionForm, fractionOf]) => {
      const written = text.replaceAll(
        times,
        (_all, date: string, clock: string, fraction: string | undefined, zone: string | undefined) => {
          const made = fractionOf(fraction ?? '');
          return `"${date}T${clock}${made === '' ? '' : `.${made}`}${zoneOf(zone ?? '')}"`;
        },
      );
      const form = [zoneForm, fractionForm].filter((each) => each !== '').join(' and ');
      return [form === '' ? 'with T between date and time' : form, written] as const;
    }),
  );
  const seen = new Set([text]);
  return forms.flatMap(([form, written]) => {
    if (seen.has(written)) return [];
    seen.add(written);
    return [changed(Buffer.from(written), 'times_rewritten', { form })];
  });
}

/** A time in quotation marks: its date, clock, fraction and zone. */
const times = /"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d(?::?\d\d)?)?"/g;

/** How the zone may have been written, by what it looks like. */
const zones: readonly (readonly [form: string, write: (zone: string) => string])[] = [
  ['', (zone) => zone],
  ['with Z', () => 'Z'],
  ['with +00:00', () => '+00:00'],
];

/** How the fraction may have been written. */
const fractions: readonly (readonly [form: string, write: (fraction: string) => string])[] = [
  ['', (fraction) => fraction],
  ['without zeros at the end of the fraction', (fraction) => fraction.replace(/0+$/, '')],
  ...[3, 6, 7, 9].map(
    (count) =>
      [`with ${count} digits after the seconds`, (fraction: string) => digits(fraction, count)] as const,
  ),
  ['without fractions of seconds', () => ''],
];

function digits(fraction: string, count: number): string {
  return fraction.padEnd(count, '0').slice(0, count);
}

/** Scalekit writes nanoseconds. */
const DIGITS = 9;
/** The longest body of which many variants are made, in bytes. */
const MAX_GUESSED_BYTES = 32 * 1024;
/** More lost digits would take too many guesses. */
const MAX_LOST_DIGITS = 3;

/** A single time lost its last digits, as in Python, which keeps microseconds. Each value of the digits is a guess. */
export function lostDigits(body: Uint8Array): Reading<Uint8Array>[] {
  const text = body.length > MAX_GUESSED_BYTES ? undefined : textOf(body);
  const found = text === undefined ? [] : [...text.matchAll(/(:\d\d\.)(\d{6,8})(Z|[+-]\d\d:?\d\d)(?=")/g)];
  const [place] = found;
  if (text === undefined || !place || found.length > 1) return [];
  const lost = DIGITS - place[2]!.length;
  if (lost > MAX_LOST_DIGITS) return [];
  const before = text.slice(0, place.index) + place[1] + place[2];
  const after = text.slice(place.index + place[0].length);
  return [...new Set([place[3]!, 'Z'])].flatMap((zone) =>
    Array.from({ length: 10 ** lost }, (_, number) => {
      const value = Buffer.from(before + String(number).padStart(lost, '0') + zone + after);
      return changed(value, 'times_lost_digits', { lost });
    }),
  );
}
