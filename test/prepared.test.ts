import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { linesToPrepare, run } from '../src/main.ts';
import { runProgram } from '../src/program.ts';
import { memoryIo } from './support/memory-io.ts';
import { repository } from './support/repository.ts';
import { temporaryFolder } from './support/temporary.ts';

const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));

const preparedLines = await linesToPrepare();

it.each(preparedLines)('%s: what was prepared is what the program says', async (line) => {
  const [prepared, said] = [memoryIo(line.split(' ')), memoryIo(line.split(' '))];
  expect(await run(prepared.io)).toBe(0);
  expect(await runProgram(said.io, version)).toBe(0);
  expect(prepared.io.stdout.text).toBe(said.io.stdout.text);
  expect(prepared.io.stdout.text.length).toBeGreaterThan(250);
});

it('every command has its help prepared, and every action of captures', async () => {
  const { io } = memoryIo(['--help']);
  await runProgram(io, version);
  const [, list = ''] = io.stdout.text.split('Commands:');
  const names = [...list.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name!);
  expect(names).toContain('send');
  const lines = names.filter((name) => name !== 'help').map((name) => `${name} --help`);
  expect(preparedLines).toEqual(expect.arrayContaining(lines));
});

it.each([
  [['-h'], 'Usage: scalekit-hooks [options] [command]'],
  [['help', 'send'], 'Usage: scalekit-hooks send'],
  [['captures', 'show', '-h'], 'Usage: scalekit-hooks captures show'],
])('%j is asked for in other words', async (argv, beginning) => {
  const { io } = memoryIo(argv);
  expect(await run(io)).toBe(0);
  expect(io.stdout.text.startsWith(beginning)).toBe(true);
});

it("types of the user's own are completed: what was prepared does not know them", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'mine.made.json'), '{"type":"mine.made","data":{}}');
  const { io } = memoryIo(['completion', 'bash'], { env: { SCALEKIT_HOOKS_FIXTURES: folder } });
  expect(await run(io)).toBe(0);
  expect(io.stdout.text).toContain('mine.made');
});
