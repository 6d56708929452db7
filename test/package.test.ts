import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { installInto, type PackedFile, packInto } from './support/package.ts';
import { startProcess } from './support/processes.ts';
import { httpTarget } from './support/targets.ts';
import { temporaryFolder } from './support/temporary.ts';

describe('the packed tarball', () => {
  let files: PackedFile[];
  let size: number;
  let folder: string;
  let program: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'scalekit-hooks-package-'));
    const packed = packInto(folder);
    ({ files, size } = packed);
    program = installInto(folder, packed.tarball);
    return () => rmSync(folder, { recursive: true, force: true });
  });

  const run = async (...args: string[]) => {
    const started = startProcess(program, args, { cwd: temporaryFolder() });
    started.child.stdin.end();
    return { exitCode: await started.ended, stdout: started.stdout(), stderr: started.stderr() };
  };

  it('holds the program, the fixtures and the licences, and nothing else', () => {
    const paths = files.map(({ path }) => path);
    expect(paths.filter((path) => path.startsWith('fixtures/interceptors/'))).toHaveLength(4);
    expect(paths.filter((path) => path.startsWith('fixtures/'))).toHaveLength(52 + 4 + 5);
    expect(paths.filter((path) => !/^(fixtures|dist)\//.test(path)).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin/scalekit-hooks.cjs',
      'package.json',
    ]);
    expect(paths).toContain('dist/LICENSES.txt');
    expect(
      paths
        .filter((path) => path.startsWith('dist/') && !/\.(cjs|txt)$|library-[\w-]+\.mjs$/.test(path))
        .map((path) => path.replace(/(?<=inspector\/\w+-)[\w-]{8}/, 'HASH'))
        .sort(),
    ).toEqual([
      'dist/index.d.cts',
      'dist/index.d.mts',
      'dist/index.mjs',
      'dist/inspector/app-HASH.js',
      'dist/inspector/comparison-HASH.js',
      'dist/inspector/favicon.svg',
      'dist/inspector/index.html',
      'dist/inspector/style-HASH.css',
      'dist/prepared.json',
    ]);
  });

  it('is smaller than 750 kB and brings nothing with it', () => {
    expect(size).toBeLessThan(750_000);
    const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed).toEqual(['scalekit-hooks']);
  });

  it('runs from an empty folder', async () => {
    expect(await run('--version')).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await run('events')).stdout.match(/^[a-z_]+\.\S+ /gm)).toHaveLength(52);
    expect(await run('demo', '--quiet')).toMatchObject({ exitCode: 0 });
    const target = await httpTarget();
    expect(await run('send', 'user.created', '--to', target.url)).toMatchObject({ exitCode: 0 });
    expect(target.requests).toHaveLength(1);
  });

  it('ends quietly when the reader of its output has gone', () => {
    const shell = (line: string) =>
      execFileSync('bash', ['-c', `${line}; echo "\${PIPESTATUS[0]}"`], { encoding: 'utf8' });
    expect(shell(`'${program}' events 2>&1 | head -n 1`)).toMatch(/^EVENT TYPE .*\n0\n$/);
    expect(shell(`'${program}' demo 2>&1 | head -n 1`)).toMatch(/^note: .*\n0\n$/);
  });
});
