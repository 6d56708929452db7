import { describe, expect, it } from 'vitest';
import { type BodyDifference, compareBodies } from '../../../../src/inspector/page/difference/difference.ts';
import { drawLine } from '../../../../src/inspector/page/difference/draw-line.ts';
import { foldedRuns } from '../../../../src/inspector/page/difference/folded-runs.ts';
import { differenceSummary } from '../../../../src/inspector/page/difference/words.ts';

const compare = (signed: string, received: string) =>
  compareBodies({ text: signed, isText: true }, { text: received, isText: true });

type Side = 'signed' | 'received';

const pieces = (difference: BodyDifference, side: Side) =>
  difference.lines.flatMap((line) => drawLine(difference, line)[side]);

const textOf = (difference: BodyDifference, side: Side) =>
  pieces(difference, side)
    .map(({ text }) => text)
    .join('');

const marked = (difference: BodyDifference, side: Side) =>
  pieces(difference, side)
    .filter(({ mark }) => mark)
    .map(({ text, mark }) => `${mark}:${text}`);

const body = { id: 'evt_1', data: { name: 'Ada', list: [1, 2, { a: null }], empty: {} } };
const compactBody = JSON.stringify(body);

describe('a re-serialized body', () => {
  it('differs in whitespace only, all of which is marked', () => {
    const received = `${JSON.stringify(body, null, 2)}\n`;
    const difference = compare(compactBody, received);
    expect(difference.values).toBe(0);
    const newline = received.split('\n').length - 1;
    const space = received.length - compactBody.length - newline;
    expect(difference.spaces.added).toEqual({ newline, space });
    expect(textOf(difference, 'signed')).toBe(compactBody);
    expect(textOf(difference, 'received')).toBe(received);
    expect(differenceSummary(difference)).toMatch(/^whitespace only: 14 newlines and 60 spaces added$/);
  });
});

describe('a changed value', () => {
  it('is marked where it differs', () => {
    const difference = compare('{"email":"ada@example.com"}', '{"email":"eve@example.com"}');
    expect(difference.values).toBe(1);
    expect(marked(difference, 'signed')).toEqual(['signed:ada']);
    expect(marked(difference, 'received')).toEqual(['received:eve']);
  });

  it('never splits a surrogate pair', () => {
    const difference = compare('"\u{1f600}"', '"\u{1f601}"');
    expect(marked(difference, 'received')).toEqual(['received:\u{1f601}']);
  });

  it('with another escape counts as a difference', () => {
    expect(compare('"é"', '"\\u00e9"').values).toBe(1);
  });
});

describe('other differences', () => {
  it('marks a moved key on both sides', () => {
    const difference = compare('{"a":1,"b":[1],"c":3}', '{"b":[1],"c":3,"a":1}');
    expect(difference.values).toBeGreaterThan(0);
    expect(textOf(difference, 'signed')).toBe('{"a":1,"b":[1],"c":3}');
    expect(textOf(difference, 'received')).toBe('{"b":[1],"c":3,"a":1}');
  });

  it('marks only CR in CRLF, tabs, and a BOM', () => {
    const crlf = compare('{\n  "a": 1\n}', '{\r\n  "a": 1\r\n}');
    expect(crlf.spaces.added).toEqual({ CR: 2 });
    expect(marked(crlf, 'received')).toEqual(['space:\r', 'space:\r']);
    expect(compare('{}', '\ufeff{}').spaces.added).toEqual({ BOM: 1 });
    expect(compare('{ "a":1}', '{\t"a":1}').spaces).toEqual({ added: { tab: 1 }, removed: { space: 1 } });
  });

  it('compares text that is not JSON', () => {
    const difference = compare('a=1&b=two', 'a=1&b=three');
    expect(difference.values).toBe(2);
    expect(textOf(difference, 'received')).toBe('a=1&b=three');
  });

  it('compares long bodies whose keys moved', () => {
    const list = (item: object) => JSON.stringify(Array.from({ length: 12_000 }, () => item));
    const signed = list({ a: 1, bb: 'x', c: null });
    const received = list({ c: null, a: 1, bb: 'x' });
    const difference = compare(signed, received);
    // A key, its colon, its value and a comma on each side, of 13 tokens per object.
    expect(difference.values).toBeLessThan(12_000 * 9);
    expect(textOf(difference, 'signed')).toBe(signed);
    expect(textOf(difference, 'received')).toBe(received);
  });

  it('gives offsets in bytes', () => {
    const difference = compare('{"é":1,"b":2}', '{"é":1,"b":3}');
    expect(difference.lines.map(({ receivedOffset }) => receivedOffset)).toEqual([0, 1, 8, 13]);
  });
});

describe('folding', () => {
  it('shows no more than 200 lines of a difference, and folds the rest', () => {
    const list = Array.from({ length: 3000 }, (_, index) => index);
    const changed = list.map((number) => (number % 20 === 10 ? -number : number));
    const runs = foldedRuns(compare(JSON.stringify(list), JSON.stringify(changed)).lines);
    const shown = runs.filter(({ isFolded }) => !isFolded);
    expect(shown.reduce((sum, { from, until }) => sum + until - from, 0)).toBe(200);
    expect(runs.map(({ from }) => from).slice(1)).toEqual(runs.map(({ until }) => until).slice(0, -1));
    expect(runs.at(-1)).toMatchObject({ until: 3002, isFolded: true, change: 'value' });
  });

  it('keeps a few lines around a changed value', () => {
    const list = Array.from({ length: 100 }, (_, index) => index);
    const changed = list.with(50, -1);
    const runs = foldedRuns(compare(JSON.stringify(list), JSON.stringify(changed)).lines);
    expect(runs).toEqual([
      { from: 0, until: 48, isFolded: true, change: 'none' },
      { from: 48, until: 55, isFolded: false, change: 'value' },
      { from: 55, until: 102, isFolded: true, change: 'none' },
    ]);
  });
});
