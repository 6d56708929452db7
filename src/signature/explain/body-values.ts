import { isUtf8 } from 'node:buffer';
import { asBuffer } from '../../message.ts';
import { changed, type Reading } from './reading.ts';

/** Most places of a body that are changed independently of each other: more would be too many combinations. */
const MAX_PLACES = 6;

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
  return distinct(text, forms, 'times_rewritten');
}

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

/** Empty objects became empty lists, as PHP writes an empty array. */
export function listsForObjects(body: Uint8Array): Reading<Uint8Array>[] {
  const text = textOf(body);
  const places = text === undefined ? [] : [...text.matchAll(/\[\s*\]/g)].map(({ index }) => index);
  if (text === undefined || places.length === 0) return [];
  return subsets(places).map((chosen) => {
    const value = text.replaceAll(/\[\s*\]/g, (list, index: number) =>
      chosen.includes(index) ? '{}' : list,
    );
    return changed(Buffer.from(value), 'empty_object_as_list');
  });
}

/** All subsets but the empty one, the largest first; only the whole if there are many. */
function subsets(places: readonly number[]): number[][] {
  if (places.length > MAX_PLACES) return [[...places]];
  const all = Array.from({ length: 2 ** places.length - 1 }, (_, index) =>
    places.filter((_place, bit) => ((index + 1) >> bit) & 1),
  );
  return all.sort((a, b) => b.length - a.length);
}

const entities: readonly (readonly [entity: RegExp, character: string])[] = [
  [/&quot;|&#0?34;|&#x22;/gi, '"'],
  [/&#0?39;|&#x27;|&apos;/gi, "'"],
  [/&lt;|&#60;/gi, '<'],
  [/&gt;|&#62;/gi, '>'],
  [/&#x2f;|&#47;/gi, '/'],
  [/&nbsp;/gi, '\u00a0'],
  [/&amp;|&#38;/gi, '&'],
];

/** Characters were escaped for HTML: in the whole body, or in its values only. */
export function htmlEscaped(body: Uint8Array): Reading<Uint8Array>[] {
  const text = textOf(body);
  if (text === undefined || !/&(?:#\d+|#x[0-9a-f]+|\w+);/i.test(text)) return [];
  const plain = entities.reduce((rest, [entity, character]) => rest.replaceAll(entity, character), text);
  // In values, a quotation mark needs a backslash.
  const inValues = text.startsWith('{')
    ? [
        entities.reduce(
          (rest, [entity, character]) => rest.replaceAll(entity, character === '"' ? '\\"' : character),
          text,
        ),
      ]
    : [];
  return [...new Set([plain, ...inValues])]
    .filter((each) => each !== text)
    .map((each) => changed(Buffer.from(each), 'html_escaped'));
}

/** The text was normalized: composed characters became decomposed ones, or the reverse. */
export function normalized(body: Uint8Array): Reading<Uint8Array>[] {
  const text = textOf(body);
  if (text === undefined) return [];
  return (['NFD', 'NFC'] as const).flatMap((form) => {
    const value = text.normalize(form);
    return value === text ? [] : [changed(Buffer.from(value), 'text_normalized', { form })];
  });
}

/** A member was added to the object after signing, as Rails adds a copy of the parameters. */
export function memberAdded(body: Uint8Array): Reading<Uint8Array>[] {
  const text = textOf(body);
  if (text === undefined || !text.startsWith('{')) return [];
  return topMembers(text)
    .slice(0, MAX_MEMBERS)
    .map(({ name, start, end }, index, all) => {
      // With the comma before it, or after it for the first one.
      const [from, to] = index === 0 ? [start, all[1]?.start ?? end] : [all[index - 1]!.end, end];
      return changed(Buffer.from(text.slice(0, from) + text.slice(to)), 'member_added', { member: name });
    });
}

const MAX_MEMBERS = 30;

interface Place {
  readonly name: string;
  /** Offsets in the text, from the name to the end of the value. */
  readonly start: number;
  readonly end: number;
}

/** The members of the outermost object, by a scan that needs no valid JSON. */
function topMembers(text: string): Place[] {
  const found: Place[] = [];
  let [depth, start, isInString] = [0, -1, false];
  const close = (end: number) => {
    const name = start === -1 ? null : /^"((?:[^"\\]|\\.)*)"/.exec(text.slice(start, start + 200));
    if (name) found.push({ name: name[1]!, start, end });
    start = -1;
  };
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    if (isInString) {
      if (character === '\\') index += 1;
      else if (character === '"') isInString = false;
      continue;
    }
    if (character === '"') {
      isInString = true;
      if (depth === 1 && start === -1) start = index;
    } else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) close(index);
    } else if (character === ',' && depth === 1) close(index);
  }
  return found;
}

/** The last words of event types. */
const endings = [
  'created',
  'updated',
  'deleted',
  'enabled',
  'disabled',
  'provisioned',
  'deprovisioned',
  'authenticated',
  'authentication_failed',
  'expired',
  'signup',
  'login',
  'logout',
  'succeeded',
  'failed',
];

/** The signed body is an object inside the received one, or an item of a list, written in the same way. */
export function objectInside(body: Uint8Array): Reading<Uint8Array>[] {
  const text = textOf(body)?.trim();
  if (text === undefined) return [];
  const inner = text.startsWith('[') ? [{ name: '0', text: text.slice(1, -1) }] : valuesOf(text);
  const deeper = inner.flatMap(({ name, text: value }) =>
    valuesOf(value).map((each) => ({ name: `${name}.${each.name}`, text: each.text })),
  );
  return [...inner, ...deeper]
    .filter(({ text: value }) => value.startsWith('{'))
    .slice(0, MAX_MEMBERS)
    .map(({ name, text: value }) => changed(Buffer.from(value), 'body_in_envelope', { member: name }));
}

/** The texts of the values of an object. */
function valuesOf(text: string): { readonly name: string; readonly text: string }[] {
  if (!text.startsWith('{')) return [];
  return topMembers(text).map(({ name, start, end }) => ({
    name,
    text: text.slice(text.indexOf(':', start + name.length + 2) + 1, end).trim(),
  }));
}

/** The end of the body is missing. Only brackets, quotation marks and the rest of a type can be restored. */
export function truncated(body: Uint8Array): Reading<Uint8Array>[] {
  const whole = asBuffer(body).toString('latin1');
  const open = openIn(whole);
  if (!open || open.brackets === '') return [];
  const completions = open.isInString ? ['"', ...restOfType(whole).map((rest) => `${rest}"`)] : [''];
  return completions.map((completion) => {
    const value = Buffer.from(whole + completion + open.brackets, 'latin1');
    return changed(value, 'body_truncated', { bytes: body.length, signed: value.length });
  });
}

/** What may follow in a type that is cut off. */
function restOfType(text: string): string[] {
  const [, word] = /"type"\s*:\s*"(?:[\w.]{0,100}[._])?([a-z]{0,40})$/.exec(text.slice(-200)) ?? [];
  if (word === undefined) return [];
  return endings.filter((ending) => ending.startsWith(word)).map((ending) => ending.slice(word.length));
}

/** Whether a JSON text ends inside a string, and the brackets that would close it; undefined for other text. */
export function openIn(
  text: string,
): { readonly isInString: boolean; readonly brackets: string } | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const closing: string[] = [];
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    if (isInString) {
      if (character === '\\') index += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{') closing.push('}');
    else if (character === '[') closing.push(']');
    else if (character === '}' || character === ']') {
      if (closing.pop() !== character) return undefined;
    }
  }
  return { isInString, brackets: closing.reverse().join('') };
}

function distinct(
  text: string,
  forms: readonly (readonly [form: string, written: string])[],
  code: 'times_rewritten',
): Reading<Uint8Array>[] {
  const seen = new Set([text]);
  return forms.flatMap(([form, written]) => {
    if (seen.has(written)) return [];
    seen.add(written);
    return [changed(Buffer.from(written), code, { form })];
  });
}

function textOf(body: Uint8Array): string | undefined {
  return isUtf8(body) ? asBuffer(body).toString() : undefined;
}
