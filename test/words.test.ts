import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from './support/repository.ts';

/**
 * Words that read like a translation, or that stand for an idea which has another word here. Each is a pattern over
 * prose: strings, comments and pages.
 */
const avoided: readonly (readonly [words: RegExp, instead: string])[] = [
  [/\bblanks?\b/i, 'space, whitespace'],
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\btold\b/i, 'reported, printed'],
  [/\bhand(s|ed|ing)? (it )?on\b/i, 'forward'],
  [/\blaid out\b/i, 'indented, compact'],
  [/\bput right\b/i, 'with that undone, the signature matches'],
  [/\bspoil(s|t|ed|ing)?\b/i, 'fault, tampered, forged'],
  [/\banew\b/i, 're-signed, again'],
  [/\bsuch an?\b/i, 'that, one like it'],
  [/\ball the same\b/i, 'still, anyway'],
  [/\blest\b/i, 'so that … not'],
  [/\bin the midst\b/i, 'during'],
  [/\bof its own\b/i, 'its own'],
  [/\botherwise than\b/i, 'differently from'],
  [/\bre-?serialis/i, 're-serialize'],
  [/\b(colou|behaviou|licence|catalogue|synchronis|optimis|recognis|normalis)/i, 'the American spelling'],
  [/\brefus(e|es|ed|al|als|ing)\b(?! connection)/i, 'reject; a connection is refused'],
];

/** What may be said although a pattern matches: the TCP term, and names of other software. */
const allowed = [
  /connections? (was |is |are |were )?refused/i,
  /connection_refused/,
  /ECONNREFUSED/,
  /refused by the (port|system)/i,
];

function filesIn(folder: string, extension: RegExp): string[] {
  return readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => extension.test(file))
    .map((file) => join(folder, file));
}

const prose = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...filesIn('docs', /\.md$/),
  ...filesIn('src', /\.tsx?$|\.html$/),
  'bin/scalekit-hooks.cjs',
  'build.mjs',
];

describe.each(prose)('%s', (file) => {
  it('has none of the words that are avoided', () => {
    const lines = readFileSync(join(repository, file), 'utf8').split('\n');
    const found = lines.flatMap((line, index) => {
      const text = allowed.reduce((rest, pattern) => rest.replace(pattern, ''), line);
      return avoided
        .filter(([words]) => words.test(text))
        .map(
          ([words, instead]) => `${file}:${index + 1}: ${words} → ${instead}: ${line.trim().slice(0, 120)}`,
        );
    });
    expect(found).toEqual([]);
  });
});

it('the list finds what it looks for', () => {
  const matches = (text: string) =>
    avoided.filter(([words]) => words.test(text)).map(([, instead]) => instead);
  expect(matches('two blanks')).toEqual(['space, whitespace']);
  expect(matches('the body was handed on')).toEqual(['forward']);
  expect(matches('the handler rejects it')).toEqual([]);
});
