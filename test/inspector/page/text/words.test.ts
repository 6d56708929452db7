import { expect, it } from 'vitest';
import type { CheckRun, CheckStatus } from '../../../../src/inspector/check-protocol.ts';
import { firstOf, restOf, someNames, titleOf } from '../../../../src/inspector/page/check/words.ts';
import { ago, count, plural, shortCount } from '../../../../src/inspector/page/text/words.ts';

it.each([
  [-5000, '0 s ago'],
  [0, '0 s ago'],
  [12_900, '12 s ago'],
  [60_000, '1 min ago'],
  [3_599_000, '59 min ago'],
  [3_600_000, '1 h ago'],
  [90_000_000, '1 d ago'],
])('%i ms: %s', (ms, expected) => {
  expect(ago(ms)).toBe(expected);
});

const run = (statuses: readonly CheckStatus[], ended: string | null = null) =>
  ({
    checks: statuses.map((status) => ({ status })),
    ended,
    messages: 3,
    durationMs: 1500,
  }) as unknown as CheckRun;

it.each([
  [
    run(['pass', 'fail', 'fail', 'warn']),
    '2 of 4 checks failed',
    '1 passed, 1 warning, 3 messages in 1.50 s',
  ],
  [run(['pass', 'skip']), '1 of 2 checks passed', '1 skipped, 3 messages in 1.50 s'],
  [run(['pass']), '1 of 1 check passed', '3 messages in 1.50 s'],
  [run(['pass', 'skip'], 'stopped'), 'Ended early: 1 of 2 checks passed', '1 skipped, 3 messages in 1.50 s'],
])('a run is summarized, %#', (one, title, rest) => {
  expect(titleOf(one)).toBe(title);
  expect(restOf(one)).toBe(rest);
});

it('names a few, and counts the others', () => {
  expect(someNames(['a', 'b'])).toBe('a, b');
  expect(someNames(['a', 'b', 'c', 'd', 'e', 'f'])).toBe('a, b, c, d and 2 more');
});

it('shows the response to the message that a check is about', () => {
  expect(firstOf('401; the same event serialized with JSON.stringify: 201')).toBe('401');
  expect(firstOf('no response: timeout')).toBe('no response: timeout');
});

it.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [12_418, '12,418'],
  [1_000_000, '1,000,000'],
])('writes %i as %s', (value, text) => {
  expect(count(value)).toBe(text);
});

it('shortens what has no room', () => {
  expect([9999, 10_000, 99_949, 123_456].map(shortCount)).toEqual(['9,999', '10.0k', '99.9k', '123k']);
});

it('counts a noun', () => {
  expect([plural(1, 'byte'), plural(2000, 'byte')]).toEqual(['1 byte', '2,000 bytes']);
});
