import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdit, type Edit, pathsIn } from '../../src/events/edit.ts';
import { type EditPath, readPath, writePath } from '../../src/events/edit-path.ts';

describe('paths', () => {
  it.each([
    ['data', ['data'], undefined, ''],
    ['data.user.email=x', ['data', 'user', 'email'], '=', 'x'],
    ['data.n:=1.0', ['data', 'n'], ':=', '1.0'],
    ['data.groups[0].name=a=b', ['data', 'groups', 0, 'name'], '=', 'a=b'],
    ['data.groups.0.name=', ['data', 'groups', '0', 'name'], '=', ''],
    ['data."Order No.".x=1', ['data', 'Order No.', 'x'], '=', '1'],
    ['data["a.b"]["c=d"]:={}', ['data', 'a.b', 'c=d'], ':=', '{}'],
    ['data."q\\"\\u00e9"=1', ['data', 'q"é'], '=', '1'],
    ['data.a b=1', ['data', 'a b'], '=', '1'],
    ['data.a:b=1', ['data', 'a:b'], '=', '1'],
    ['["data"][1][2]', ['data', 1, 2], undefined, ''],
    ['data.x=:=1', ['data', 'x'], '=', ':=1'],
    ['""=1', [''], '=', '1'],
  ])('%s', (text, path, operator, rest) => {
    expect(readPath(text)).toEqual({ path, operator, rest });
  });

  it.each([
    ['', 'empty'],
    ['=x', 'empty'],
    ['.a', 'empty'],
    ['a..b', 'empty_step'],
    ['a.', 'empty_step'],
    ['a.=1', 'empty_step'],
    ['a."b', 'unclosed_quote'],
    ['a."\\x"', 'unclosed_quote'],
    ['a[', 'unclosed_bracket'],
    ['a[x]', 'unclosed_bracket'],
    ['a[-1]', 'unclosed_bracket'],
    ['a["b"', 'unclosed_bracket'],
    ['a[0]b', 'after_bracket'],
    ['__proto__.x=1', 'forbidden'],
    ['constructor.prototype.x=1', 'forbidden'],
    ['a.__proto__.x=1', 'forbidden'],
    ['a["__proto__"]=1', 'forbidden'],
    ['a."\\u005f_proto__"=1', 'forbidden'],
    ['prototype=1', 'forbidden'],
  ])('not %j: %s', (text, fault) => {
    expect(readPath(text)).toBe(fault);
  });

  it('round-trip, and no text makes the parser throw', () => {
    const step = fc.oneof(fc.string({ unit: 'grapheme' }), fc.nat({ max: 99 }));
    fc.assert(
      fc.property(step, fc.array(step, { maxLength: 4 }), (first, more) => {
        const path = [first, ...more];
        const read = readPath(`${writePath(path)}=x`);
        if (typeof read === 'string') expect(read).toBe('forbidden');
        else expect(read).toEqual({ path, operator: '=', rest: 'x' });
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void expect(readPath(text)).toBeDefined()));
  });
});

describe('prototypes', () => {
  const own = (value: object) => Reflect.ownKeys(value).map(String).sort();
  const before = {
    object: own(Object.prototype),
    array: own(Array.prototype),
    function: own(Function.prototype),
  };

  it('are changed by no edit, whatever its path', () => {
    const name = fc.constantFrom('__proto__', 'constructor', 'prototype', 'data', 'x', 'toString', 'list');
    const step = fc.oneof(name, fc.nat({ max: 2 }), fc.string({ maxLength: 4 }));
    const escaped = (text: string) =>
      `"${[...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
    const written = fc
      .tuple(fc.array(step, { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([path, isEscaped]) =>
        isEscaped
          ? path.map((each) => (typeof each === 'number' ? each : escaped(each))).join('.')
          : writePath(path),
      );
    const kind = fc.constantFrom('set', 'add', 'unset');
    const value = fc.constantFrom('1', '{}', '{"__proto__":{"polluted":1}}', '[]');
    let done = 0;
    fc.assert(
      fc.property(written, kind, value, (text, edit, json) => {
        const read = readPath(`${text}:=${json}`);
        if (typeof read === 'string') return;
        const event = '{"data":{"x":{},"list":[{}]},"__proto__":{"x":1},"type":"a"}';
        const edited = applyEdit(
          event,
          (edit === 'unset'
            ? { kind: edit, path: read.path }
            : { kind: edit, path: read.path, json }) as Edit,
        );
        if (typeof edited === 'string') {
          done += 1;
          JSON.parse(edited);
        }
        expect(({} as { polluted?: number }).polluted).toBeUndefined();
        expect([own(Object.prototype), own(Array.prototype), own(Function.prototype)]).toEqual(
          Object.values(before),
        );
      }),
      { numRuns: 10_000 },
    );
    expect(done).toBeGreaterThan(100);
  });
});

const event =
  '{ "data": {"n": 1.0,\t"big":9007199254740993, "list": [1, {"k":"v"}],"text":"x"} ,"id":"evt_1"}\n';

function edit(kind: Edit['kind'], path: EditPath, json = '"new"') {
  return applyEdit(event, kind === 'unset' ? { kind, path } : { kind, path, json });
}

describe('edits keep every other byte', () => {
  it.each<[Edit['kind'], EditPath, string, string, string]>([
    ['set', ['data', 'n'], '2.50', '1.0', '2.50'],
    ['set', ['data', 'big'], '1e400', '9007199254740993', '1e400'],
    ['set', ['data', 'list', 1, 'k'], '"é"', '"v"', '"é"'],
    ['set', ['data', 'list', '0'], '[]', '[1,', '[[],'],
    ['set', ['id'], 'null', '"evt_1"', 'null'],
    ['set', ['data'], '{"$&":1}', event.slice(10, event.indexOf(' ,"id"')), '{"$&":1}'],
    ['unset', ['data', 'n'], '', '"n": 1.0,\t', ''],
    ['unset', ['data', 'text'], '', ',"text":"x"', ''],
    ['unset', ['id'], '', ' ,"id":"evt_1"', ''],
    ['unset', ['data', 'list', 0], '', '1, ', ''],
  ])('%s %j', (kind, path, json, before, after) => {
    const result = edit(kind, path, json);
    expect(result).toBe(event.replace(before, () => after));
  });

  it.each<[EditPath, string]>([
    [['data', 'more'], '9007199254740993'],
    [['data', 'a', 'b', 'c'], '1.0'],
    [['data', 'list', 2], '{"$1":"$&"}'],
    [['data', 'list', 1, 'x.y'], '"z"'],
    [['top'], 'true'],
  ])('add %j', (path, json) => {
    const result = edit('add', path, json) as string;
    expect(result).toContain(json);
    expect(result).toContain('"n": 1.0,\t"big":9007199254740993');
    const value = path.reduce<unknown>(
      (inner, step) => (inner as Record<string, unknown>)[step],
      JSON.parse(result),
    );
    expect(value).toEqual(JSON.parse(json));
    const back = applyEdit(result, { kind: 'unset', path: path.length > 3 ? ['data', 'a'] : path });
    if (path[1] === 'more') expect(JSON.parse(back as string)).toEqual(JSON.parse(event));
  });
});

describe('edits that do not apply', () => {
  it.each<[Edit['kind'], EditPath, object]>([
    ['set', ['data', 'nn'], { fault: 'no_such_field' }],
    ['unset', ['nothing', 'at', 'all'], { fault: 'no_such_field' }],
    ['set', ['id', 'x'], { fault: 'not_a_container', at: ['id'], type: 'a string' }],
    ['add', ['data', 'n', 'x'], { fault: 'not_a_container', at: ['data', 'n'], type: 'a number' }],
    ['add', ['data', 0], { fault: 'not_a_container', at: ['data'], type: 'object' }],
    ['add', ['data', 'list', 99], { fault: 'no_such_index', at: ['data', 'list'], length: 2 }],
    ['set', ['data', 'list', 2], { fault: 'no_such_field' }],
    ['add', ['data', 'list', 'name'], { fault: 'no_such_index', at: ['data', 'list'], length: 2 }],
    ['add', ['data', 'text'], { fault: 'field_exists' }],
    ['add', ['data', 'new', 5], { fault: 'no_such_index', at: ['data', 'new'], length: 0 }],
    ['add', ['data', 'new', 'a', 0, 1], { fault: 'no_such_index', at: ['data', 'new'], length: 0 }],
  ])('%s %j', (kind, path, fault) => {
    expect(edit(kind, path)).toEqual(fault);
  });
});

it('no edit changes a prototype', () => {
  const json = '{"__proto__":{"x":1},"a":{"constructor":{}}}';
  applyEdit(json, { kind: 'set', path: ['a', 'constructor'], json: '{"polluted":true}' });
  applyEdit(json, { kind: 'add', path: ['__proto__', 'polluted'], json: 'true' });
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

it('pathsIn lists every field and item', () => {
  expect(pathsIn('{"a":{"b":[1,{"c":2}]}}').map(writePath)).toEqual([
    'a',
    'a.b',
    'a.b[0]',
    'a.b[1]',
    'a.b[1].c',
  ]);
});
