import { describe, expect, it } from 'vitest';
import {
  changedFields,
  draftReporter,
  freshDraft,
  requestOf,
  resetField,
} from '../../../../src/inspector/page/editor/draft.ts';
import { drawnRows, scrollToShow } from '../../../../src/inspector/page/list/scroll-window.ts';
import { byteOffsets, decodeBytes, hexRows } from '../../../../src/inspector/page/text/bytes.ts';
import { visibleParts, visibleText } from '../../../../src/inspector/page/text/visible.ts';

describe('invisible characters', () => {
  it.each([
    ['\0', 'NUL'],
    ['\u202e', 'RLO'],
    ['\u200b', 'ZWSP'],
    ['\ufeff', 'BOM'],
    ['\x1b', 'ESC'],
    ['\ud800', 'U+D800'],
    ['\u{e0041}', 'U+E0041'],
    ['\u2066', 'LRI'],
  ])('%j has the name %s', (character, name) => {
    expect(visibleText(`a${character}b`)).toBe(`a<${name}>b`);
  });

  it('leaves letters, emoji and kept characters', () => {
    const text = 'é 漢字 \u{1f600} نص\n';
    expect(visibleParts(text, '\n')).toEqual([{ text, isName: false }]);
  });
});

describe('bytes', () => {
  it('keep a BOM, and become Latin-1 if they are not UTF-8', () => {
    expect(decodeBytes(new Uint8Array([0xef, 0xbb, 0xbf, 0x41]))).toEqual({ text: '\ufeffA', isText: true });
    expect(decodeBytes(new Uint8Array([0xff, 0x41]))).toEqual({ text: 'ÿA', isText: false });
  });

  it('have offsets and a hex dump', () => {
    const text = 'aé漢\u{1f600}z';
    const offset = byteOffsets({ text, isText: true });
    expect([0, 1, 2, 3, 5, 6].map(offset)).toEqual([0, 1, 3, 6, 10, 11]);
    expect(hexRows(new Uint8Array([0x41, 0x00]), 0, 16)).toEqual([['00000000', '41 00'.padEnd(48), 'A.']]);
  });
});

describe('the window of the list', () => {
  it('draws what is in view and a few more', () => {
    expect(drawnRows(0, 280, 28, 5)).toEqual({ from: 0, until: 5 });
    expect(drawnRows(28_000, 280, 28, 100_000)).toEqual({ from: 992, until: 1018 });
    expect(drawnRows(28_000, 280, 28, 0)).toEqual({ from: 0, until: 0 });
  });

  it('scrolls no more than needed', () => {
    expect(scrollToShow(0, 100, 280, 28)).toBe(0);
    expect(scrollToShow(5, 100, 280, 28)).toBe(100);
    expect(scrollToShow(20, 100, 280, 28)).toBe(21 * 28 - 280);
  });
});

describe('a draft', () => {
  const body = '{"a":1.00,"b":{"c":"x"}}';

  it('sends no body until it is edited', () => {
    expect(requestOf('cap_1', freshDraft(body), body)).toEqual({
      capture: 'cap_1',
      mode: 'resigned',
      target: null,
    });
  });

  it('sends what was edited, compact, with numbers as they were', () => {
    const draft = freshDraft(body);
    const edited = { ...draft, text: draft.text.replace('"x"', '"y"') };
    expect(requestOf('cap_1', edited, body).body).toBe('{"a":1.00,"b":{"c":"y"}}');
    expect(changedFields(body, edited.text)).toEqual([{ path: 'b.c', from: '"x"', to: '"y"' }]);
  });

  it('sends as it is what is not JSON', () => {
    expect(requestOf('cap_1', { ...freshDraft(body), text: '{"a": ' }, body).body).toBe('{"a": ');
  });

  it('is sent exactly only if nothing was edited', () => {
    const draft = { ...freshDraft(body), mode: 'exact' } as const;
    expect(requestOf('cap_1', draft, body)).toEqual({ capture: 'cap_1', mode: 'exact', target: null });
    expect(requestOf('cap_1', { ...draft, text: '{}' }, body).mode).toBe('resigned');
  });

  it.each([
    [freshDraft(body).text, { isJson: true, isEdited: false, bytes: body.length, fields: 0 }],
    ['{"a": 1.00, "b": {"c": "x"}}', { isJson: true, isEdited: false, bytes: body.length, fields: 0 }],
    ['{"a": 2, "b": {}}', { isJson: true, isEdited: true, bytes: 14, fields: 2 }],
    ['{"é', { isJson: false, isEdited: true, bytes: 4, fields: 0 }],
  ])('is compared with the received body: %j', (text, report) => {
    expect(draftReporter(body)(text)).toMatchObject(report);
  });

  it('lists the first of many changed fields', () => {
    const many = JSON.stringify(Array.from({ length: 9 }, (_, index) => index));
    const { fields, firstFields } = draftReporter(many)(many.replaceAll(/\d/g, '"$&"'));
    expect(fields).toBe(9);
    expect(firstFields).toHaveLength(5);
  });

  it.each([
    ['{"a": 1, "b": 2}', '{"a": 1, "b": 3}', '{"a": 1, "b": 2}'],
    ['{"a":{"b":["x", 1.00]}}', '{"a":{"b":["x", "y"]}}', '{"a":{"b":["x", 1.00]}}'],
    ['{"a":1}', '{"a":1,\n "b":2}', '{"a":1}'],
    ['{"b":2}', '{"a": 1,\n "b":2}', '{"b":2}'],
    ['{"a":[]}', '{"a":[1]}', '{"a":[]}'],
    ['{"a":[1]}', '{"a":[1 , "]"]}', '{"a":[1 ]}'],
    ['{}', '{"a}": "b" }', '{ }'],
  ])('resets one field: %j, edited to %j', (received, text, after) => {
    const [field] = changedFields(received, text);
    expect(resetField(text, field!)).toBe(after);
  });

  it('leaves a text without the field as it is', () => {
    expect(resetField('{"a":1}', { path: 'b', from: '2', to: null })).toBe('{"a":1}');
  });
});
