import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LONGEST_ESCAPE, writeJsonText } from '../../src/captures/record-format.ts';

it('writes any text so that JSON.parse reads it back, from the given offset', () => {
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

it('a control character takes the longest form, and no more', () => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, code) => code));
  const into = Buffer.alloc(bytes.length * LONGEST_ESCAPE);
  expect(writeJsonText(bytes, into, 0)).toBe(into.length);
  expect(JSON.parse(`"${into}"`)).toBe(bytes.toString());
});
