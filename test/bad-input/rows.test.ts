import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from '../support/repository.ts';

/** Rows of the project's list of bad inputs, 1 to 90, that are held elsewhere than in this folder, or do not apply. */
const elsewhere: Record<number, { readonly file?: string; readonly why: string }> = {
  17: { why: 'a secret is made on first use' },
  30: { why: 'there is no configuration file; .env is row 32 and test/config/secrets.test.ts' },
  39: { file: 'test/bench/newest.mjs', why: 'a million captures; their memory in test/torture/limits.mjs' },
  41: { file: 'test/commands/replay/replay.test.ts', why: 'unknown and ambiguous ids' },
  42: { file: 'test/commands/replay/replay.test.ts', why: 'signed now, and --exact with its warning' },
  43: { file: 'test/commands/replay/replay.test.ts', why: 'the same body, byte for byte' },
  50: { why: 'both families are tried; which of them answered is not said' },
};

const folder = join(repository, 'test/bad-input');
const source = readdirSync(folder)
  .filter((file) => file.endsWith('.test.ts') && file !== 'rows.test.ts')
  .map((file) => readFileSync(join(folder, file), 'utf8'))
  .join('\n');

/** Numbers at the beginning of a title, one or several: `it('34, 35 no room'`, `'61 kept-alive': async`, `row: 4`, `32: async`. */
const titled = [
  ...source.matchAll(/(?:it|describe)(?:\.\w+)?\(\s*['"`](\d{1,2}(?:, \d{1,2})*) /g),
  ...source.matchAll(/^\s*['"`](\d{1,2}(?:, \d{1,2})*) [^\n]*['"`](?:: async|,$)/gm),
  ...source.matchAll(/^\s*(\d{1,2}): (?:async|['"])/gm),
  ...source.matchAll(/\]\)\(\s*['"`](\d{1,2}) /g),
  ...source.matchAll(/\brow: (\d{1,2}),/g),
  ...source.matchAll(/fileError\((?:[^()]|\([^()]*\))*?, (\d{1,2}),/g),
].flatMap(([, numbers]) => numbers!.split(', ').map(Number));

it('no row from 1 to 90 is without a test or a stated reason', () => {
  const covered = new Set([...titled, ...Object.keys(elsewhere).map(Number)]);
  const missing = Array.from({ length: 90 }, (_, index) => index + 1).filter((row) => !covered.has(row));
  expect(missing).toEqual([]);
});

it('what is said to be elsewhere is there', () => {
  for (const { file, why } of Object.values(elsewhere)) {
    expect(why.length).toBeGreaterThan(10);
    if (file) expect(existsSync(join(repository, file)), file).toBe(true);
  }
});
