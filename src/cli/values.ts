import { HooksError } from '../errors.ts';
import { toHeaderBytes } from '../message.ts';

/** Reads a port, 0 meaning any free one. Digits only: Number() would take 8e3, 0x50 and blanks. Throws HooksError. */
export function parsePort(text: string): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new HooksError('invalid_value', {
    flag: '--port',
    value: text,
    expected: 'a number from 1 to 65535, or 0 for any free port',
    example: '--port 3000',
  });
}

const milliseconds = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
/** What a timer of Node.js can wait: a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Reads a duration with its unit (`500ms`, `10s`, `1.5m`, `2h`, `1d`) into milliseconds, above 0. Throws HooksError. */
export function parseDuration(flag: string, text: string): number {
  return readDuration(flag, text, LONGEST_TIMER, 'at most 24d');
}

/** As parseDuration, at most a hundred years, and with a minus before it below 0. */
export function parseAge(flag: string, text: string): number {
  const read = (duration: string) => readDuration(flag, duration, 36_500 * milliseconds.d, 'at most 36500d');
  return text.startsWith('-') ? -read(text.slice(1)) : read(text);
}

function readDuration(flag: string, text: string, most: number, limit: string): number {
  const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s|min|m|h|d)$/.exec(text);
  const value = match
    ? Math.round(Number(match[1]) * milliseconds[match[2] as keyof typeof milliseconds])
    : 0;
  if (value >= 1 && value <= most) return value;
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected: `a duration above 0 with its unit: ms, s, m, h or d (${limit})`,
    example: `${flag} 10s`,
  });
}

/** Reads a whole number from 1 to `most`. Throws HooksError. */
export function parseCount(flag: string, text: string, most: number): number {
  if (/^[1-9][0-9]{0,8}$/.test(text) && Number(text) <= most) return Number(text);
  const expected = `a whole number from 1 to ${most}`;
  throw new HooksError('invalid_value', { flag, value: text, expected, example: `${flag} 10` });
}

/** Reads a decimal number above 0, at most `most`. Throws HooksError. */
export function parseFactor(flag: string, text: string, most: number): number {
  const value = /^[0-9]{1,9}(\.[0-9]{1,9})?$/.test(text) ? Number(text) : 0;
  if (value > 0 && value <= most) return value;
  const expected = `a decimal number above 0, at most ${most}`;
  throw new HooksError('invalid_value', { flag, value: text, expected, example: `${flag} 0.5` });
}

/** Reads a moment into whole seconds since 1970: seconds, or a date and time such as 2026-01-31T12:00:00Z. Throws HooksError. */
export function parseTimestamp(flag: string, text: string): number {
  if (/^(0|[1-9][0-9]{0,10})$/.test(text)) return Number(text);
  const isDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const date = isDate ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(date) && date >= 0) return Math.floor(date / 1000);
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected: 'seconds since 1970 (not milliseconds), or a date and time',
    example: `${flag} 1795360000, ${flag} 2026-11-22T12:00:00Z`,
  });
}

/** Reads an address or name to listen on; an empty one would mean every address. Throws HooksError. */
export function parseHost(text: string): string {
  if (/^[^\s\p{Cc}/]+$/u.test(text)) return text.replace(/^\[(.*)\]$/, '$1');
  throw new HooksError('invalid_value', {
    flag: '--host',
    value: text,
    expected: 'an address or a name of this machine',
    example: '--host 127.0.0.1, --host 0.0.0.0 for all of its addresses',
  });
}

/** Reads a path such as /webhook, into the form in which requests name it. Throws HooksError. */
export function parsePath(text: string): string {
  if (/^\/(?!\/)[^\s?#\\\p{Cc}]*$/u.test(text)) return new URL(text, 'http://localhost').pathname;
  throw new HooksError('invalid_value', {
    flag: '--path',
    value: text,
    expected: 'a path that starts with one slash, without query or blanks',
    example: '--path /webhook',
  });
}

/**
 * Reads a header (`name: value`, RFC 9110, 5.5): one line of visible text, as UTF-8 bytes. Throws HooksError, which
 * does not show the value.
 */
export function parseHeader(text: string): [name: string, value: string] {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\r\n]*)$/.exec(text);
  const value = trimBlanks(match?.[2] ?? '');
  if (match && isVisible(value.replaceAll('\t', ' '))) return [match[1]!, toHeaderBytes(value)];
  throw new HooksError('invalid_value', {
    flag: '-H',
    value: text.includes(':') ? `${text.split(':')[0]}: …` : text,
    expected: "a header: a name, a colon and a value of one line, as in 'x-tenant: acme'",
    example: "-H 'x-tenant: acme'",
  });
}

/** Without the blanks around it. By hand: an expression for those at the end would look again at each of them. */
export function trimBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (text[start] === ' ' || text[start] === '\t') start += 1;
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end -= 1;
  return text.slice(start, end);
}

/** Whether text has neither control characters nor invisible ones nor halves of pairs. */
export function isVisible(text: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(text);
}

/** Reads the values of --type: names and patterns of event types, all when none is given. */
export function readPatterns(types: readonly string[] = []): string[] {
  return types.length === 0 ? ['*'] : types.map((type) => type.trim());
}
