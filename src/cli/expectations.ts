import { HooksError } from '../errors.ts';
import type { Expectation } from '../listener/expectations.ts';

/** Parses `user.created=1` or `'user.*'==0`; without a number, it means at least one. */
export function parseExpectation(flag: string, text: string): Expectation {
  const match = /^([^=<>!\s]+)(?:(==?)(0|[1-9][0-9]{0,8}))?$/.exec(text.trim());
  const [, pattern = '', operator = '=', count = '1'] = match ?? [];
  const isPossible = operator === '==' || count !== '0';
  if (match && isPossible) return { pattern, count: Number(count), isExact: operator === '==' };
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected:
      'a type or pattern, then = (at least) or == (exactly) and a number; =0 is always met, so use ==0',
    example: "--expect 'user.created=1', --expect 'session.*==0'",
  });
}
