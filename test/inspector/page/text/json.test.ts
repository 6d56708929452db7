import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compacted, eachToken, membersOf, tokensOf } from '../../../../src/inspector/page/text/json.ts';
import { indented, linesOf, valueRange } from '../../../../src/inspector/page/text/json-lines.ts';
import { leavesOf, lineOfPath, linesByPath } from '../../../../src/inspector/page/text/json-paths.ts';

const texts = (text: string) => tokensOf(text).map(({ kind, start, end }) => [kind, text.slice(start, end)]);

describe('tokens', () => {
  it('keep the text of numbers, escapes and repeated keys', () => {
    const text = '{"a":1.00,"a":12345678901234567890e+5,"b":"\\u0041\\"x"}';
    expect(compacted(indented(text))).toBe(text);
    expect(texts('{"a": -1.50E3}')).toEqual([
      ['open', '{'],
      ['key', '"a"'],
      ['colon', ':'],
      ['space', ' '],
      ['number', '-1.50E3'],
      ['close', '}'],
    ]);
  });

  it('are keys before a colon, from the beginning', () => {
    const kinds = Array.from(eachToken('{"a" :"b","c":["d"]}'), ({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'key' || kind === 'string')).toEqual([
      'key',
      'string',
      'key',
      'string',
    ]);
  });

  it('cover any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(
          tokensOf(text)
            .map(({ start, end }) => text.slice(start, end))
            .join(''),
        ).toBe(text);
      }),
    );
  });

  it('of a string of several megabytes do not overflow the stack', () => {
    expect(tokensOf(`"${'x\\n'.repeat(2_000_000)}"`)).toHaveLength(1);
  });
});

describe('indentation', () => {
  it('stops after some lines', () => {
    expect(linesOf(tokensOf('{"a":[1,2],"b":3}'), 4).map(({ last }) => last)).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(linesOf(tokensOf('{"a":[1,2],"b":3}'), 5).map(({ last }) => last)).toEqual([
      null,
      4,
      null,
      null,
      null,
    ]);
  });

  it('equals JSON.stringify for values that it keeps', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(indented(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
        expect(compacted(indented(text))).toBe(text);
      }),
    );
  });

  it('leaves what is not JSON as it is', () => {
    expect(indented('a=1&b=2')).toBe('a=1&b=2');
    expect(compacted('{"a": }')).toBe('{"a": }');
  });

  it('knows which line closes what a line opens', () => {
    const lines = linesOf(tokensOf('{"a":{"b":1},"c":{}}'));
    expect(lines.map(({ depth, last }) => [depth, last])).toEqual([
      [0, 5],
      [1, 3],
      [2, null],
      [1, null],
      [1, null],
      [0, null],
    ]);
  });
});

it('finds members and leaves by path', () => {
  const text = '{"type":"a","data":{"items":[{"id":"x"},2],"n":1.0},"z":[]}';
  expect([...membersOf(text)]).toEqual([
    ['type', '"a"'],
    ['data', '{"items":[{"id":"x"},2],"n":1.0}'],
    ['z', '[]'],
  ]);
  expect([...leavesOf(text)]).toEqual([
    ['type', '"a"'],
    ['data.items[0].id', '"x"'],
    ['data.items[1]', '2'],
    ['data.n', '1.0'],
  ]);
});

it('finds members whatever their text contains', () => {
  const members = ['"a\\"}],b"', '[["]"],{"c":","}]', '{"d":{}}', '-1.50', 'null'];
  const text = `\n{ ${members.map((value, index) => `"n\\"${index}:{" : ${value}`).join(' ,\n')}\n} `;
  expect(JSON.parse(text)).toBeTypeOf('object');
  expect([...membersOf(text)]).toEqual(members.map((value, index) => [`n"${index}:{`, value]));
  expect(['[{"a":1}]', '"a:1"', '{}', ' 12 '].map((other) => membersOf(other).size)).toEqual([0, 0, 0, 0]);
});

it('finds the value of each line', () => {
  const text = '{"a": {"b":[1,{}],"c":"x"},"d":[]}';
  const values = (limit?: number) => {
    const lines = linesOf(eachToken(text), limit);
    return lines.map((_, index) => {
      const range = valueRange(lines, index);
      return range && text.slice(...range);
    });
  };
  const all = [text, '{"b":[1,{}],"c":"x"}', '[1,{}]', '1', '{}', null, '"x"', null, '[]', null];
  expect(values()).toEqual(all);
  expect(values(6)).toEqual([null, null, ...all.slice(2, 6)]);
});

describe('lines of values', () => {
  const text = '{\n  "a": 1, "b": [\n    {"c": null},\n    2\n  ],\n  "d": {}\n}';

  it.each([
    [['a'], 1],
    [['b'], 1],
    [['b', 0], 2],
    [['b', 0, 'c'], 2],
    [['b', 1], 3],
    [['d'], 5],
  ])('%j is at line %i', (path, line) => {
    expect(lineOfPath(linesByPath(text), path)).toBe(line);
  });

  it.each([
    [['d', 'missing'], 5],
    [['b', 7], 1],
    [['missing'], 0],
    [[], 0],
  ])('%j is missing at line %i', (path, line) => {
    expect(lineOfPath(linesByPath(text), path)).toBe(line);
  });
});
