import { isUtf8 } from 'node:buffer';
import { asBuffer, headerValues, type Message, SIGNATURE_HEADER } from '../../message.ts';
import type { Rejected } from '../verdict.ts';
import { readJson, textsOf } from './json-writers.ts';
import { efforts } from './search.ts';
import { foreignPrefix } from './stamps.ts';

/**
 * What can be seen of a refused message without a signature that matches: certain, but not always the whole cause.
 * `details` are the words and numbers that a sentence about it needs.
 */
export interface Observation {
  readonly code: ObservationCode;
  readonly details?: Readonly<Record<string, string | number>>;
}

export const observationCodes = [
  'headers_lost',
  'headers_of_other_name',
  'signature_empty',
  'signature_not_set',
  'signature_asymmetric_only',
  'too_old',
  'too_new',
  'time_zone',
  'body_empty',
  'body_object_text',
  'characters_replaced',
] as const;

export type ObservationCode = (typeof observationCodes)[number];

/** What there is to see, each by a small function of its own. */
export function observe(message: Message, refused: Rejected): Observation[] {
  return [
    ...headersLost(message, refused),
    ...signatureEmpty(message),
    ...signatureNotSet(message),
    ...asymmetricOnly(message),
    ...bodyEmpty(message),
    ...bodyObjectText(message),
    ...charactersReplaced(message),
  ];
}

/** A header of the three is not there; others that end alike may be. */
export function headersLost(
  { headers }: Message,
  { reason, headers: missing = [] }: Rejected,
): Observation[] {
  if (reason !== 'missing_header') return [];
  const alike = (['id', 'timestamp', 'signature'] as const)
    .filter((slot) => missing.includes(`webhook-${slot}`))
    .flatMap((slot) =>
      headers.map(([name]) => name).filter((name) => foreignPrefix(name, slot) !== undefined),
    );
  const names = missing.filter((name) => !headerValues(headers, name).includes(''));
  return [
    ...(names.length > 0 ? [{ code: 'headers_lost', details: { headers: names.join(', ') } } as const] : []),
    ...(alike.length > 0
      ? [{ code: 'headers_of_other_name', details: { headers: alike.slice(0, 6).join(', ') } } as const]
      : []),
  ];
}

/** The signature header, or its only entry, has nothing in it. */
export function signatureEmpty({ headers }: Message): Observation[] {
  const values = headerValues(headers, SIGNATURE_HEADER);
  const entries = values.flatMap((value) => value.split(/\s/));
  return values.length > 0 && entries.every((entry) => ['', 'v1', 'v1,'].includes(entry))
    ? [{ code: 'signature_empty' }]
    : [];
}

/** What JavaScript or Python write for a value that is not there, or not there yet. */
export function signatureNotSet({ headers }: Message): Observation[] {
  const text = headerValues(headers, SIGNATURE_HEADER)
    .map((value) => value.replace(/^v1,/, '').trim())
    .find((value) => /^(undefined|null|None|NaN|\[object \w+\])$/.test(value));
  return text === undefined ? [] : [{ code: 'signature_not_set', details: { text } }];
}

/** Only signatures of the asymmetric kind (ed25519), which need a public key (`whpk_`). */
export function asymmetricOnly({ headers }: Message): Observation[] {
  const entries = headerValues(headers, SIGNATURE_HEADER)
    .join(' ')
    .split(' ')
    .filter((entry) => entry !== '');
  return entries.length > 0 && entries.every((entry) => entry.startsWith('v1a,'))
    ? [{ code: 'signature_asymmetric_only' }]
    : [];
}

/** Nothing is left of the body: something read it before, most likely. */
export function bodyEmpty({ body }: Message): Observation[] {
  return body.length === 0 ? [{ code: 'body_empty' }] : [];
}

/** A parsed body was turned into text by JavaScript. */
export function bodyObjectText({ body }: Message): Observation[] {
  return body.length === 15 && Buffer.from(body).toString('latin1') === '[object Object]'
    ? [{ code: 'body_object_text' }]
    : [];
}

const replacement = Buffer.from('\ufffd');

/** Bytes that were not UTF-8 have become U+FFFD, and nothing tells what they were. */
export function charactersReplaced({ body }: Message): Observation[] {
  return asBuffer(body).includes(replacement) ? [{ code: 'characters_replaced' }] : [];
}

/** How far a time is from now, where that is more than is tolerated; all in seconds. */
export function untimely(seconds: number, now: number, tolerance: number): Observation[] {
  const age = now - seconds;
  if (Math.abs(age) <= tolerance) return [];
  const away = Math.abs(age);
  const code = age > 0 ? 'too_old' : 'too_new';
  // Half hours: some zones are off by them.
  const halves = Math.round(away / 1800);
  const isZone = halves >= 1 && halves <= 28 && Math.abs(away - halves * 1800) <= 60;
  return [
    { code, details: { seconds: away } },
    ...(isZone ? [{ code: 'time_zone', details: { hours: halves / 2 } } as const] : []),
  ];
}

/**
 * Whether the numbers of a body may have been rewritten on the way: `likely` when one looks as a program writes what it
 * could not hold, `possible` when there is any number, which could have been `1.0` or `1e2` before, `none` without one.
 * What they were cannot be found out.
 */
export function rewrittenNumbers(body: Uint8Array): 'none' | 'possible' | 'likely' {
  if (!isUtf8(body)) return 'none';
  // So large a body is not read for this; one without a number would be a rarity.
  if (body.length > efforts.thorough.longestJson) return 'possible';
  const json = readJson(asBuffer(body).toString());
  const numbers = json === undefined ? [] : textsOf(json).filter((text) => /^[-\d]/.test(text));
  if (numbers.length === 0) return 'none';
  return numbers.some(isRounded) ? 'likely' : 'possible';
}

/** An integer that is too large to be exact, or an exponent in JavaScript's or Python's form. */
function isRounded(token: string): boolean {
  return /^-?\d+$/.test(token) ? !Number.isSafeInteger(Number(token)) : /e[+-]/i.test(token);
}
