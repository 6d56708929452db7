import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readBoundedFile } from '../src/bounded-file.ts';
import { runBin } from './support/processes.ts';
import { temporaryFolder } from './support/temporary.ts';

const fifo = (path: string) => execFileSync('mkfifo', [path]);

it('reads a file, and a link to one', () => {
  const folder = temporaryFolder();
  const bytes = Buffer.alloc(200_000, 'é');
  writeFileSync(join(folder, 'file'), bytes);
  symlinkSync('file', join(folder, 'link'));
  expect(readBoundedFile(join(folder, 'link'), 200_000).equals(bytes)).toBe(true);
  expect(() => readBoundedFile(join(folder, 'file'), 199_999)).toThrow(/limit/);
});

it('/dev/null is empty; a device without an end is an error, and so is a folder', () => {
  expect(readBoundedFile('/dev/null', 10)).toHaveLength(0);
  expect(() => readBoundedFile('/dev/zero', 10)).toThrow(/device/);
  expect(() => readBoundedFile('/', 10)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
});

it('reads a pipe to its end, however slow its writer', () => {
  const path = join(temporaryFolder(), 'pipe');
  fifo(path);
  const writer = spawn('sh', ['-c', `{ printf one; sleep 0.3; printf two; } > ${path}`]);
  expect(readBoundedFile(path, 100).toString()).toBe('onetwo');
  writer.kill();
});

it.each([
  ['a link to a device', (path: string) => symlinkSync('/dev/zero', path), /device/],
  ['a pipe without a writer', fifo, /pipe/],
  ['a folder', (path: string) => mkdirSync(path), undefined],
  ['two megabytes', (path: string) => writeFileSync(path, 'A=1\n'.repeat(500_000)), /limit/],
])('a .env that is %s never hangs a command', async (_what, make, reason) => {
  const cwd = temporaryFolder();
  make(join(cwd, '.env'));
  const { exitCode, stderr } = await runBin(['secret'], { cwd });
  if (reason === undefined) expect(exitCode).toBe(0);
  else expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(reason) });
});

it('an event file that is a pipe is read, one that is a device is an error', async () => {
  const cwd = temporaryFolder();
  fifo(join(cwd, 'event.json'));
  const writer = spawn('sh', ['-c', `printf '{"type":"user.created","data":{}}' > event.json`], { cwd });
  const sent = await runBin(['send', './event.json', '--to', '9', '--dry-run'], { cwd });
  writer.kill();
  expect(sent.exitCode, sent.stderr).toBe(0);
  symlinkSync('/dev/zero', join(cwd, 'zero.json'));
  expect((await runBin(['send', './zero.json', '--to', '9'], { cwd })).exitCode).toBe(2);
});
