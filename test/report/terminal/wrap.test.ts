import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { wrapLine } from '../../../src/report/terminal/wrap.ts';

const sentence =
  'the handler accepts messages of any age, because it does not compare the timestamp with the clock';

describe('wrapLine', () => {
  it.each([
    ['  fix: ', '    '],
    ['✗ ', '  '],
    ['? likely: ', '  '],
    ['   1. ', '     '],
    ['  evidence: ', '    '],
    ['note: ', '  '],
  ])('%j: at most 80 columns, indented below, with every word', (before, indent) => {
    const line = before + sentence;
    const lines = wrapLine(line, 80).split('\n');
    expect(lines.length).toBe(2);
    for (const each of lines) expect(each.length).toBeLessThanOrEqual(80);
    expect(lines[1]).toMatch(new RegExp(`^${indent}\\S`));
    expect(lines.map((each) => each.trim()).join(' ')).toBe(line.trim());
  });

  it('colors do not count', () => {
    const line = `\x1b[31m✗\x1b[39m \x1b[1m${sentence.slice(0, 76)}\x1b[22m`;
    expect(wrapLine(line, 80)).toBe(line);
    const long = `  \x1b[33mfix\x1b[39m: ${sentence}`;
    const lines = wrapLine(long, 60).split('\n');
    expect(lines.length).toBe(2);
    for (const each of lines) expect(stripVTControlCharacters(each).length).toBeLessThanOrEqual(60);
  });

  it.each([
    [
      'a command',
      `  rerun: npx scalekit-hooks check http://localhost:3000/webhook --start 'npm start' --only tampered-body`,
    ],
    ['a body', `  sent: POST {"data": ${'{"a": 1}, '.repeat(20)}}`],
    ['a header', `    webhook-signature: v1,${'A'.repeat(44)} v1,${'B'.repeat(44)}`],
    ['indented JSON', `    "name": "${'word '.repeat(30)}"`],
  ])('%s stays whole, so that it can be copied', (_title, line) => {
    expect(wrapLine(line, 80)).toBe(line);
  });

  it.each([
    [
      'the age of a signature',
      `  signed with whsec_ab… from ~/.config/scalekit-hooks/secret, ${'3 days '.repeat(9)}`,
    ],
    ['a description', `  A user signs up, ${'logs in '.repeat(10)}`],
    ['a gap', `no listener was running from ${'2026-11-29 '.repeat(6)}`],
  ])('%s is prose', (_title, line) => {
    for (const each of wrapLine(line, 80).split('\n')) expect(each.length).toBeLessThanOrEqual(80);
  });

  it('a row of a table wraps between its cells, which stay whole if they fit', () => {
    const cells = ['cap_xlb5pw9avgzp', '2026-11-29 07:00:24', '✓ verified', 'organization.created'];
    const last = '→ connection refused in 8 ms';
    const lines = wrapLine([...cells, last].join('  '), 80).split('\n');
    expect(lines).toEqual([cells.join('  '), `  ${last}`]);
    const sentences = `address              get                      ${sentence} ${sentence}`;
    for (const each of wrapLine(sentences, 80).split('\n')) expect(each.length).toBeLessThanOrEqual(80);
  });

  it('a word that is too long gets a line', () => {
    const word = 'x'.repeat(100);
    expect(wrapLine(`  fix: use ${word} here, not there`, 80).split('\n')).toEqual([
      '  fix: use',
      `    ${word}`,
      '    here, not there',
    ]);
  });
});
