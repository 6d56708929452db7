import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanJson, cleanLine, cleanText, cut } from '../../src/report/clean.ts';

/** What must never reach a terminal raw, as a list of ranges of its own. */
const dangerous: [from: number, to: number][] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2069],
  [0xfeff, 0xfeff],
  [0xd800, 0xdfff],
  [0xe0000, 0xe007f],
];

function isDangerous(text: string, except = ''): boolean {
  return [...text].some((character) => {
    const code = character.codePointAt(0)!;
    return !except.includes(character) && dangerous.some(([from, to]) => code >= from && code <= to);
  });
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom(...dangerous.flat()).map((code) => String.fromCodePoint(code)))
    .map((parts) => parts.join('a')),
);

describe('text from outside', () => {
  it('is safe as one line, whatever it is', () => {
    fc.assert(
      fc.property(anyText, (text) => !isDangerous(cleanLine(text))),
      { numRuns: 10_000 },
    );
  });

  it('is safe as lines, whatever it is', () => {
    fc.assert(
      fc.property(anyText, (text) => !isDangerous(cleanText(text), '\n')),
      { numRuns: 10_000 },
    );
  });

  it('is safe as JSON and parses to the same, whatever it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const json = cleanJson(JSON.stringify({ text }));
        expect(isDangerous(json)).toBe(false);
        expect(JSON.parse(json)).toEqual({ text });
      }),
      { numRuns: 10_000 },
    );
  });

  it.each([
    ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
    ['a\r\n\tb', 'a\\r\\n\\tb'],
    ['\x9b31m', '\\x9b31m'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['\u{e0041}', '\\u{e0041}'],
    ['Zoë ♥ 😀 日本', 'Zoë ♥ 😀 日本'],
  ])('%j is shown as %s', (text, shown) => {
    expect(cleanLine(text)).toBe(shown);
  });
});

it('cut says how much is left out', () => {
  expect(cut('abcdef', 6)).toBe('abcdef');
  expect(cut('abcdef', 2)).toBe('ab… (4 more characters)');
});
