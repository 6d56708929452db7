import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LONGEST_ESCAPE, writeJsonText } from '../../src/captures/record-format.ts';

it('says what JSON.parse reads back, whatever the text, from where it is told to', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(9), (text, at) => {
      const bytes = Buffer.from(text);
      const into = Buffer.alloc(at + bytes.length * LONGEST_ESCAPE, '#');
      const end = writeJsonText(bytes, into, at);
      expect(JSON.parse(`"${into.toString('utf8', at, end)}"`)).toBe(bytes.toString());
      expect(into.toString('latin1', 0, at)).toBe('#'.repeat(at));
    }),
    { numRuns: 10_000 },
  );
});

it('every control character takes its longest form, and no more', () => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, code) => code));
  const into = Buffer.alloc(bytes.length * LONGEST_ESCAPE);
  expect(writeJsonText(bytes, into, 0)).toBe(into.length);
  expect(JSON.parse(`"${into}"`)).toBe(bytes.toString());
});
