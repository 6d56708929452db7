import { HooksError } from '../errors.ts';
import { toHeaderBytes } from '../message.ts';
import type { Parse } from './flags.ts';

/** A port; 0 is any free one. Digits only: Number() would accept 8e3, 0x50 and spaces. */
export function parsePort(flag: string, text: string): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected: 'a number from 1 to 65535, or 0 for any free port',
    example: `${flag} 3000`,
  });
}

/** A whole number from 1 to `most`. */
export function count(most: number): Parse<number> {
  return (flag, text) => {
    if (/^[1-9][0-9]{0,8}$/.test(text) && Number(text) <= most) return Number(text);
    const expected = `a whole number from 1 to ${most}`;
    throw new HooksError('invalid_value', { flag, value: text, expected, example: `${flag} 10` });
  };
}

/** A decimal number above 0 and at most `most`. */
export function factor(most: number): Parse<number> {
  return (flag, text) => {
    const number = /^[0-9]{1,9}(\.[0-9]{1,9})?$/.test(text) ? Number(text) : 0;
    if (number > 0 && number <= most) return number;
    const expected = `a decimal number above 0, at most ${most}`;
    throw new HooksError('invalid_value', { flag, value: text, expected, example: `${flag} 0.5` });
  };
}

/** An address or name to listen on; an empty one would mean every address. */
export function parseHost(flag: string, text: string): string {
  if (/^[^\s\p{Cc}/]+$/u.test(text)) return text.replace(/^\[(.*)\]$/, '$1');
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected: 'an address or a name of this machine',
    example: `${flag} 127.0.0.1, ${flag} 0.0.0.0 for all of its addresses`,
  });
}

/** A path such as /webhook, as requests write it. */
export function parsePath(flag: string, text: string): string {
  if (/^\/(?!\/)[^\s?#\\\p{Cc}]*$/u.test(text)) return new URL(text, 'http://localhost').pathname;
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected: 'a path that starts with one slash, without query or spaces',
    example: `${flag} /webhook`,
  });
}

/** Without spaces and tabs around it. By hand: an expression for those at the end would look again at each of them. */
export function trimSpaces(text: string): string {
  let [start, end] = [0, text.length];
  while (text[start] === ' ' || text[start] === '\t') start += 1;
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end -= 1;
  return text.slice(start, end);
}

/** Whether text has neither control characters nor invisible ones nor halves of pairs. */
export function isVisible(text: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(text);
}

/** A webhook-id as header bytes. What is signed must be what arrives, so nothing that a server would trim or reject. */
export function parseWebhookId(flag: string, text: string): string {
  if (/^\S+$/.test(text) && isVisible(text)) return toHeaderBytes(text);
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected: 'text without spaces and control characters',
    example: `${flag} msg_2o3NaedIm6pL62OQ544VzM1cIYo`,
  });
}

/** A status from 200 to 599, or several separated by commas. */
export function parseStatuses(flag: string, text: string): readonly [number, ...number[]] {
  const [first, ...rest] = text.split(',').map((part) => part.trim());
  if ([first, ...rest].every((part) => /^[2-5][0-9]{2}$/.test(part!)))
    return [Number(first), ...rest.map(Number)];
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected: 'a status from 200 to 599, or several separated by commas, used in turn',
    example: `${flag} 500,500,201`,
  });
}

/** An event type or pattern. */
export function parsePattern(_flag: string, text: string): string {
  return text.trim();
}
