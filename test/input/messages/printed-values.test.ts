import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWhole, LEFT_OUT, printedValues } from '../../../src/input/messages/printed-values.ts';

const valuesIn = (text: string) => printedValues(text).map(({ value }) => value);
const printAll = (value: unknown) =>
  inspect(value, { depth: Number.POSITIVE_INFINITY, maxArrayLength: null, maxStringLength: null });
const json = fc
  .json({ maxDepth: 6 })
  .map((text): unknown => JSON.parse(text))
  .filter((value) => typeof value === 'object' && value !== null);

describe('any object or list is read', () => {
  it.each<[form: string, print: (value: unknown) => string]>([
    ['as JSON', (value) => JSON.stringify(value)],
    ['as indented JSON, after other text', (value) => `INFO got ${JSON.stringify(value, null, 2)}\n`],
    ['as console.log of Node.js prints it', printAll],
  ])('%s', (_form, print) => {
    fc.assert(
      fc.property(json, (value) => {
        expect(valuesIn(print(value))).toEqual([value]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('one value', () => {
  it.each([
    ['classes', "Headers { a: '1' } Map(1) { 'b' => 2 } [Object: null prototype] { c: true }", 3],
    ['a call of Python', "EnvironHeaders([('Host', 'x')])", 1],
    ['two values on a line', '{"a":1} {"b":2}', 2],
    ['a time and a level', '[2026-11-28 09:00] [INFO] (1) {"a":1}', 4],
  ])('%s', (_title, text, count) => {
    expect(printedValues(text)).toHaveLength(count);
  });

  it.each<[title: string, text: string, value: unknown]>([
    ['words of Python', "{'a': True, 'b': None, 'c': 1.5}", { a: true, b: null, c: 1.5 }],
    ['a hash of Ruby', '{"a"=>1, :b=>nil, c: "d"}', { a: 1, b: null, c: 'd' }],
    ['a map of Go', 'map[A:[b c] D:[v1,e=]]', { A: ['b', 'c'], D: ['v1,e='] }],
    // As printed by fmt.Printf("%v", map[string]any{…}).
    [
      'JSON in a map of Go',
      'map[body:{"a": "b c} [d", "n": [1, 2.0]} headers:map[Webhook-Id:[m 1]] z:true]',
      { body: '{"a": "b c} [d", "n": [1, 2.0]}', headers: { 'Webhook-Id': ['m', 1] }, z: true },
    ],
    ['cut JSON in a map of Go', 'map[body:{"a": "b c" z:y]', { body: '{"a": "b c"', z: 'y' }],
    ['escapes', String.raw`{ a: 'it\'s \u00eb \x41\n' }`, { a: "it's ë A\n" }],
    ['a string in parts', "{ a: 'one\\n' +\n    'two' }", { a: 'one\ntwo' }],
    ['strings of Python in parts', "{'a': 'one '\n      'two', 'b': 1}", { a: 'one two', b: 1 }],
    [
      'bytes of Python',
      String.raw`{'a': b'Zo\xc3\xab'}`,
      { a: { type: 'Buffer', data: [90, 111, 195, 171] } },
    ],
    ['a Buffer', '{ a: <Buffer 7b 7d> }', { a: { type: 'Buffer', data: [123, 125] } }],
    ['an empty value of print_r', 'Array\n(\n    [a] => \n    [b] => c d\n)\n', { a: '', b: 'c d' }],
    ['quotation marks in var_dump', 'array(1) {\n  ["a"]=>\n  string(3) "x"y"\n}', { a: 'x"y' }],
    [
      'names that every object has',
      "{ constructor: constructor, __proto__: 'x' }",
      JSON.parse('{"constructor":"constructor","__proto__":"x"}'),
    ],
  ])('%s', (_title, text, value) => {
    expect(valuesIn(text)).toEqual([value]);
  });
});

describe('what was not printed', () => {
  it.each([
    ['a deep object', { a: { b: { c: { d: 1 } } } }],
    ['a long list', { a: Array.from({ length: 101 }, () => 0) }],
    ['a long Buffer', { a: Buffer.alloc(60) }],
  ])('%s', (_title, value) => {
    const [found] = valuesIn(inspect(value));
    expect(isWhole(found)).toBe(false);
    expect(isWhole(valuesIn(printAll({ a: 1 }))[0])).toBe(true);
  });

  it('is marked', () => {
    expect(valuesIn('{ a: [Object], b: [ 1, ... 5 more items ] }')).toEqual([
      { a: LEFT_OUT, b: [1, LEFT_OUT] },
    ]);
  });

  it('nothing is read of an object that was cut off', () => {
    expect(valuesIn('{"headers":{"a":"b"},"body":"{\\"data\\":{\\"id\\"')).toEqual([]);
    expect(valuesIn('(see below {"a":1}')).toEqual([{ a: 1 }]);
  });
});

describe('any text', () => {
  it('throws nothing', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      '"',
      "'",
      '\\',
      ':',
      '=>',
      ',',
      'a',
      ' ',
      '\n',
      "b'",
      'Array (',
      '<Buffer 7b',
      '...',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => void printedValues(parts.join(''))),
    );
  });

  it.each([
    ['brackets', '{'.repeat(300_000)],
    ['closed brackets', '[]'.repeat(100_000)],
    ['a word', 'a'.repeat(3_000_000)],
    ['quotation marks', '"{'.repeat(100_000)],
    ['spaces', `a${' '.repeat(1_000_000)}{`],
    ['a long string', JSON.stringify({ a: 'x\n'.repeat(3_000_000) })],
  ])('ends: %s', (_title, text) => {
    expect(printedValues(text).length).toBeGreaterThanOrEqual(0);
  });
});
