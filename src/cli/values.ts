import { HooksError } from '../errors.ts';
import { toHeaderBytes } from '../message.ts';
import type { Parse } from './flags.ts';

/** Port 0 means any free port. Digits only, because Number() also accepts 8e3, 0x50 and spaces. */
export function parsePort(flag: string, text: string): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected: 'a number from 1 to 65535, or 0 for any free port',
    example: `${flag} 3000`,
  });
}

/** A whole number from 1 to `max`. */
export function count(max: number): Parse<number> {
  return (flag, text) => {
    if (/^[1-9][0-9]{0,8}$/.test(text) && Number(text) <= max) return Number(text);
    const expected = `a whole number from 1 to ${max}`;
    throw new HooksError('invalid_value', { flag, value: text, expected, example: `${flag} 10` });
  };
}

/** A whole number from 0 to 2147483647, the largest of 32 bits. */
export function parseSeed(flag: string, text: string): number {
  if (/^(?:0|[1-9][0-9]{0,9})$/.test(text) && Number(text) < 2 ** 31) return Number(text);
  const expected = 'a whole number from 0 to 2147483647';
  throw new HooksError('invalid_value', { flag, value: text, expected, example: `${flag} 42` });
}

/** A decimal number above 0 and at most `max`. */
export function factor(max: number): Parse<number> {
  return (flag, text) => {
    const number = /^[0-9]{1,9}(\.[0-9]{1,9})?$/.test(text) ? Number(text) : 0;
    if (number > 0 && number <= max) return number;
    const expected = `a decimal number above 0 and at most ${max}`;
    throw new HooksError('invalid_value', { flag, value: text, expected, example: `${flag} 0.5` });
  };
}

/** An empty host is an error, because Node.js would listen on every address. */
export function parseHost(flag: string, text: string): string {
  if (/^[^\s\p{Cc}/]+$/u.test(text)) return text.replace(/^\[(.*)\]$/, '$1');
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected: 'an IP address or host name of this machine',
    example: `${flag} 127.0.0.1, or ${flag} 0.0.0.0 for all addresses`,
  });
}

/** Returns the path as it appears in a request line: percent-encoded. */
export function parsePath(flag: string, text: string): string {
  if (/^\/(?!\/)[^\s?#\\\p{Cc}]*$/u.test(text)) return new URL(text, 'http://localhost').pathname;
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected: 'a path that starts with one slash, without a query or spaces',
    example: `${flag} /webhook`,
  });
}

/** Removes leading and trailing spaces and tabs. A loop, because a regex for the trailing ones takes quadratic time. */
export function trimSpaces(text: string): string {
  let [start, end] = [0, text.length];
  while (text[start] === ' ' || text[start] === '\t') start += 1;
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end -= 1;
  return text.slice(start, end);
}

/** False for control characters, invisible characters and lone surrogates. */
export function isVisible(text: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(text);
}

/** A webhook-id as header bytes. Servers must not trim or reject it: the received id must match the signed one. */
export function parseWebhookId(flag: string, text: string): string {
  if (/^\S+$/.test(text) && isVisible(text)) return toHeaderBytes(text);
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected: 'at least one character, and no spaces or control characters',
    example: `${flag} msg_2o3NaedIm6pL62OQ544VzM1cIYo`,
  });
}

/** Parses `500` or `500,500,201`. Throws HooksError. */
export function parseStatuses(flag: string, text: string): readonly [number, ...number[]] {
  const [first, ...rest] = text.split(',').map((part) => part.trim());
  if ([first, ...rest].every((part) => /^[2-5][0-9]{2}$/.test(part!)))
    return [Number(first), ...rest.map(Number)];
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected: 'a status from 200 to 599, or several separated by commas to answer in turn',
    example: `${flag} 500,500,201`,
  });
}

/** Any text but an empty one, such as that of an unset variable, which would match nothing or everything. */
export function filled(expected: string, example: string): Parse<string> {
  return (flag, text) => {
    if (text.trim() !== '') return text;
    throw new HooksError('invalid_value', { flag, value: text, expected, example: `${flag} ${example}` });
  };
}

/** An event type or a pattern; a type that nothing has is reported elsewhere. */
export const parsePattern: Parse<string> = (...given) =>
  filled('an event type or a pattern', "'user.*'")(...given).trim();

/** The name of a follower, which becomes a part of keys and file names. Throws HooksError. */
export function parseName(flag: string, text: string): string {
  if (/^[^\s\p{C}]{1,64}$/u.test(text)) return text;
  const expected = 'up to 64 characters without spaces';
  throw new HooksError('invalid_value', { flag, value: text, expected, example: `${flag} ada` });
}
