import { isUtf8 } from 'node:buffer';
import { isJson } from '../../json.ts';
import { asBuffer, fromHeaderBytes, headerValues, type Message, SIGNATURE_HEADER } from '../../message.ts';
import type { Rejected } from '../verdict.ts';
import { printedAs } from './body-printings.ts';
import { openIn } from './body-truncation.ts';
import { readJson, textsOf } from './json-writers.ts';
import { efforts } from './search.ts';
import { otherPrefix } from './stamps.ts';

/**
 * A fact about a rejected message, found without a matching signature; not always the whole cause. Certain unless it is
 * marked as likely. `details` holds the values to describe it.
 */
export interface Observation {
  readonly code: ObservationCode;
  readonly details?: Readonly<Record<string, string | number>>;
  /** Set if the message only suggests it. */
  readonly isLikely?: true;
}

/** What an observation says. */
export type ObservationCode =
  | 'headers_lost'
  | 'headers_not_given'
  | 'secret_of_other_kind'
  | 'headers_repeated'
  | 'headers_of_other_name'
  | 'signature_empty'
  | 'signature_not_set'
  | 'signature_asymmetric_only'
  | 'signature_masked'
  | 'too_old'
  | 'too_new'
  | 'time_zone'
  | 'body_empty'
  | 'body_object_text'
  | 'characters_replaced'
  | 'body_compressed'
  | 'body_printed'
  | 'body_truncated'
  | 'body_not_json'
  | 'body_from_log'
  | 'question_marks'
  | 'times_shortened';

/** Facts about a rejected message that may explain it, whether or not a change makes its signature match. */
export function observe(message: Message, rejected: Rejected): Observation[] {
  return [
    ...headersLost(message, rejected),
    ...headersRepeated(rejected),
    ...signatureEmpty(message),
    ...signatureNotSet(message),
    ...asymmetricOnly(message),
    ...signatureMasked(message),
    ...bodyEmpty(message),
    ...bodyObjectText(message),
    ...charactersReplaced(message),
  ];
}

/** A signed header is missing; also reports other headers with the same ending. */
function headersLost({ headers }: Message, { reason, headers: missing = [] }: Rejected): Observation[] {
  if (reason !== 'missing_header') return [];
  const similar = (['id', 'timestamp', 'signature'] as const)
    .filter((slot) => missing.includes(`webhook-${slot}`))
    .flatMap((slot) => headers.map(([name]) => name).filter((name) => otherPrefix(name, slot) !== undefined));
  const names = missing.filter((name) => !headerValues(headers, name).includes(''));
  return [
    ...(names.length > 0 ? [{ code: 'headers_lost', details: { headers: names.join(', ') } } as const] : []),
    ...(similar.length > 0
      ? [{ code: 'headers_of_other_name', details: { headers: similar.slice(0, 6).join(', ') } } as const]
      : []),
  ];
}

/** A signed header arrived more than once, so verifiers do not know which one to use. */
function headersRepeated({ reason, headers = [] }: Rejected): Observation[] {
  return reason === 'repeated_header'
    ? [{ code: 'headers_repeated', details: { headers: headers.join(', ') } }]
    : [];
}

/** The signature header, or its only entry, is empty. */
function signatureEmpty({ headers }: Message): Observation[] {
  const values = headerValues(headers, SIGNATURE_HEADER);
  const entries = values.flatMap((value) => value.split(/\s/));
  return values.length > 0 && entries.every((entry) => ['', 'v1', 'v1,'].includes(entry))
    ? [{ code: 'signature_empty' }]
    : [];
}

/** The signature is the text that JavaScript or Python produces for a missing value or an unresolved promise. */
function signatureNotSet({ headers }: Message): Observation[] {
  const text = headerValues(headers, SIGNATURE_HEADER)
    .map((value) => value.replace(/^v1,/, '').trim())
    .find((value) => /^(undefined|null|None|NaN|\[object \w+\])$/.test(value));
  return text === undefined ? [] : [{ code: 'signature_not_set', details: { text } }];
}

/** All signatures are asymmetric (ed25519) and need a public key (`whpk_`). */
function asymmetricOnly({ headers }: Message): Observation[] {
  const entries = headerValues(headers, SIGNATURE_HEADER)
    .join(' ')
    .split(' ')
    .filter((entry) => entry !== '');
  return entries.length > 0 && entries.every((entry) => entry.startsWith('v1a,'))
    ? [{ code: 'signature_asymmetric_only' }]
    : [];
}

/** A log masks the signature, so that nothing can be compared with it. */
function signatureMasked({ headers }: Message): Observation[] {
  const text = headerValues(headers, SIGNATURE_HEADER).find((value) =>
    /\*{3}|redacted|filtered|masked|hidden|\.{3}|…/i.test(fromHeaderBytes(value)),
  );
  return text === undefined ? [] : [{ code: 'signature_masked', details: { text: fromHeaderBytes(text) } }];
}

/** The body is empty, most likely because other code read it first. */
function bodyEmpty({ body }: Message): Observation[] {
  return body.length === 0 ? [{ code: 'body_empty' }] : [];
}

/** JavaScript converted a parsed body to a string. */
function bodyObjectText({ body }: Message): Observation[] {
  return body.length < 40 && asBuffer(body).toString('latin1').trim() === '[object Object]'
    ? [{ code: 'body_object_text' }]
    : [];
}

/** The longest body that is read as text for this, in bytes. */
const MAX_TEXT_BYTES = 256 * 1024;

/** What is wrong with a body that no reading makes match. Scalekit signs JSON text. */
export function observeBody({ body, headers }: Message, { reason }: Rejected): Observation[] {
  if (bodyObjectText({ body, headers }).length > 0) return [];
  if (body.length === 0 || body.length > MAX_TEXT_BYTES) return [];
  if (body[0] === 0x1f && body[1] === 0x8b) return [{ code: 'body_compressed' }];
  const text = asBuffer(body).toString();
  // What is wrong with the headers explains the rejection without a change of the body.
  if (isJson(text))
    return reason === 'signature_mismatch' ? [...questionMarks(text), ...timesShortened(text)] : [];
  const as = printedAs(text);
  if (as) return [{ code: 'body_printed', details: { as } }];
  const declared = Number(headerValues(headers, 'content-length')[0]);
  const cut = cutOff(text, declared > body.length);
  if (cut) {
    const bytes = Buffer.byteLength(cut);
    const details: Record<string, number> = declared > body.length ? { bytes, of: declared } : { bytes };
    return [{ code: 'body_truncated', details }];
  }
  const start = text.trim().slice(0, 20);
  const end = endOfJson(text);
  if (end === undefined) return [{ code: 'body_not_json', details: { start } }];
  const [bytes, more] = [text.slice(0, end), text.slice(end)].map((part) => Buffer.byteLength(part)) as [
    number,
    number,
  ];
  return [{ code: 'body_not_json', details: { start, end: bytes, more } }];
}

/** Where the first JSON object or list of a text ends; undefined without one. */
function endOfJson(text: string): number | undefined {
  let [depth, isInString] = [0, false];
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    if (isInString && character === '\\') index += 1;
    else if (character === '"') isInString = !isInString;
    else if (!isInString && '{['.includes(character)) depth += 1;
    else if (!isInString && '}]'.includes(character)) {
      depth -= 1;
      if (depth === 0) return isJson(text.slice(0, index + 1)) ? index + 1 : undefined;
    }
  }
  return undefined;
}

/** What programs write where they cut off a text. */
const cutMarks =
  /(?:…|\.{3}|<truncated>|\[truncated\]|\(truncated\))(?: ?\(?\d+ more (?:bytes|characters)\)?)?$/i;

/** The part of a JSON text before it was cut off; undefined if it ends as JSON does, and so has another fault. */
function cutOff(text: string, isDeclaredLonger: boolean): string | undefined {
  const rest = text.trimEnd().replace(cutMarks, '');
  const open = openIn(rest);
  if (!open || open.brackets === '') return undefined;
  return isDeclaredLonger || !/[}\]"]$/.test(rest) || rest !== text.trimEnd() ? rest : undefined;
}

/** A question mark inside a word: a charset conversion replaces characters that it does not know. */
function questionMarks(text: string): Observation[] {
  const found = /"([^"\\]{0,40}\p{L}\?{1,2}(?:\p{L}|\s)[^"\\]{0,40})"/u.exec(text)?.[1];
  return found === undefined || /https?:/.test(found)
    ? []
    : [{ code: 'question_marks', details: { text: found }, isLikely: true }];
}

/** A time with fewer digits than Scalekit writes; the others may have been lost. */
function timesShortened(text: string): Observation[] {
  const found = /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,7}(?:Z|[+-]\d\d:?\d\d))"/.exec(text)?.[1];
  return found === undefined ? [] : [{ code: 'times_shortened', details: { time: found }, isLikely: true }];
}

const replacement = Buffer.from('\ufffd');

/** Invalid UTF-8 was replaced with U+FFFD; the original bytes are lost. */
function charactersReplaced({ body }: Message): Observation[] {
  // The signed body may have contained them.
  return asBuffer(body).includes(replacement) ? [{ code: 'characters_replaced', isLikely: true }] : [];
}

/** How far a timestamp is from now if that exceeds the tolerance; all in seconds. */
export function untimely(seconds: number, now: number, tolerance: number): Observation[] {
  const age = now - seconds;
  if (Math.abs(age) <= tolerance) return [];
  const distance = Math.abs(age);
  const code = age > 0 ? 'too_old' : 'too_new';
  // Some time zone offsets include half an hour.
  const halfHours = Math.round(distance / 1800);
  const isZone = halfHours >= 1 && halfHours <= 28 && Math.abs(distance - halfHours * 1800) <= 60;
  return [
    { code, details: { seconds: distance } },
    // The age of an old message is about that by chance, too.
    ...(isZone ? [{ code: 'time_zone', details: { hours: halfHours / 2 }, isLikely: true } as const] : []),
  ];
}

/**
 * Whether numbers in the body may have been rewritten after signing: `likely` if one looks rounded, `possible` if there
 * is any number (it may have been `1.0` or `1e2`), `none` without numbers. The original text cannot be recovered.
 */
export function rewrittenNumbers(body: Uint8Array): 'none' | 'possible' | 'likely' {
  if (!isUtf8(body)) return 'none';
  // Too large to parse for this; almost every large body has a number.
  if (body.length > efforts.thorough.longestJson) return 'possible';
  const json = readJson(asBuffer(body).toString());
  const numbers = json === undefined ? [] : textsOf(json).filter((text) => /^[-\d]/.test(text));
  if (numbers.length === 0) return 'none';
  return numbers.some(isRounded) ? 'likely' : 'possible';
}

/** An integer beyond exact range, or an exponent as JavaScript and Python write it. */
function isRounded(token: string): boolean {
  return /^-?\d+$/.test(token) ? !Number.isSafeInteger(Number(token)) : /e[+-]/i.test(token);
}
