import { expect, it } from 'vitest';
import { count, plural, shortCount } from '../../src/inspector/page/text/words.ts';

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
