import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readMembers, wireForm, wireFormOf } from '../../src/events/wire-form.ts';

it.each([
  ['{"b":1,"a":2}', '{"a":2,"b":1}'],
  ['{ "b" : { "d" : 1 , "c" : [ 2 , { "z" : 1 , "y" : 2 } ] } }', '{"b":{"c":[2,{"y":2,"z":1}],"d":1}}'],
  [
    '{"n":1.0,"m":1e400,"big":9007199254740993,"neg":-0,"e":1E+2}',
    '{"big":9007199254740993,"e":1E+2,"m":1e400,"n":1.0,"neg":-0}',
  ],
  ['{"s":"\\u00e9\\/ \\ud83d\\ude00 \\n"}', '{"s":"é/ 😀 \\n"}'],
  ['{"__proto__":{"x":1},"a":null}', '{"__proto__":{"x":1},"a":null}'],
  ['{"a":1,"a":2}', '{"a":2}'],
  ['[]', '[]'],
  ['{}', '{}'],
  [' true ', 'true'],
])('%s becomes %s', (json, wire) => {
  expect(wireForm(json)).toBe(wire);
});

it('keeps the value of any JSON, and does not depend on its layout', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const wire = wireForm(JSON.stringify(value));
      expect(JSON.parse(wire)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(wireForm(JSON.stringify(value, null, '\t'))).toBe(wire);
      expect(wireForm(wire)).toBe(wire);
    }),
  );
});

it('readMembers reads only objects', () => {
  expect(readMembers('{"b":[1, 2]}')).toEqual(new Map([['b', '[1,2]']]));
  expect(readMembers('[1]')).toBeUndefined();
});

it('a value has the wire form of its JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(wireFormOf(value)).toBe(wireForm(JSON.stringify(value)));
    }),
  );
});
