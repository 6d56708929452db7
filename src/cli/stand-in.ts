import { HooksError } from '../errors.ts';
import type { Expectation } from '../listener/expectations.ts';
import { parseDuration } from './values.ts';

/** The flags that make a listener a stand-in for a handler, and a test of a sender. */
export interface DoubleFlags {
  readonly expect?: readonly string[];
  readonly within?: string;
  readonly status?: string;
  readonly delay?: string;
  readonly acceptUnverified?: boolean;
}

export interface DoubleSetting {
  readonly expectations: readonly Expectation[];
  /** How long is waited for them, in milliseconds. */
  readonly within: number;
  /** What verified messages are answered, in turn; the last goes on for good. */
  readonly statuses: readonly [number, ...number[]];
  /** Before each answer, in milliseconds. */
  readonly delay: number;
  readonly acceptsUnverified: boolean;
}

/** Reads the flags of the stand-in. Throws HooksError. */
export function readDouble({
  expect = [],
  within,
  status,
  delay,
  acceptUnverified,
}: DoubleFlags): DoubleSetting {
  if (within !== undefined && expect.length === 0) {
    throw new HooksError('conflicting_flags', {
      first: '--within',
      second: 'no --expect',
      why: '--within says how long to wait for what --expect awaits',
      example: "--expect 'user.created=1' --within 30s",
    });
  }
  return {
    expectations: expect.map(readExpectation),
    within: parseDuration('--within', within ?? '30s'),
    statuses: readStatuses(status ?? '201'),
    delay: delay === undefined ? 0 : parseDuration('--delay', delay),
    acceptsUnverified: acceptUnverified ?? false,
  };
}

/** `user.created=1` or `'user.*'==0`; without a number, at least one. */
function readExpectation(text: string): Expectation {
  const match = /^([^=\s]+)(?:(==?)(0|[1-9][0-9]{0,8}))?$/.exec(text.trim());
  const [, pattern = '', operator = '=', count = '1'] = match ?? [];
  const isPossible = operator === '==' || count !== '0';
  if (match && isPossible) return { pattern, count: Number(count), isExact: operator === '==' };
  throw new HooksError('invalid_value', {
    flag: '--expect',
    value: text,
    expected: 'a type or pattern, = for at least or == for exactly, and a number (at least 0 is always so)',
    example: "--expect 'user.created=1', --expect 'session.*==0'",
  });
}

function readStatuses(text: string): [number, ...number[]] {
  const [first, ...rest] = text.split(',').map((part) => part.trim());
  if ([first, ...rest].every((part) => /^[2-5][0-9]{2}$/.test(part!)))
    return [Number(first), ...rest.map(Number)];
  throw new HooksError('invalid_value', {
    flag: '--status',
    value: text,
    expected: 'a status from 200 to 599, or several separated by commas, given in turn',
    example: '--status 500,500,201',
  });
}
