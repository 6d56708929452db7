import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { testSecret } from '../../support/memory-io.ts';
import { installInto } from '../../support/package.ts';
import { startProcess } from '../../support/processes.ts';
import { repository } from '../../support/repository.ts';
import { installLocked } from './installed.ts';

const source = join(import.meta.dirname, 'next-app');
const env = { NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1', SCALEKIT_WEBHOOK_SECRET: testSecret };

/** A build takes half a minute on a slow machine. */
const LIMIT_MS = 240_000;

/** A route handler that uses the library, in the server that Next.js bundles it into, and as a function. */
export function describeNextApp(tarball: () => string): void {
  describe('Next.js', () => {
    let app: string;
    beforeAll(() => {
      app = createApp(tarball());
      return () => rmSync(app, { recursive: true, force: true });
    }, LIMIT_MS);

    const run = (script: string, ...args: string[]) =>
      startProcess(process.execPath, [join(app, 'node_modules', script), ...args], { cwd: app, env });
    const next = (...args: string[]) => run('next/dist/bin/next', ...args);

    it.each(['turbopack', 'webpack'])(
      'a route handler in the bundle of %s',
      async (bundler) => {
        const build = next('build', `--${bundler}`);
        expect(await build.ended, build.stdout() + build.stderr()).toBe(0);
        const [, port] = await next('start', '--hostname', '127.0.0.1', '--port', '0').until(
          /http:\/\/127\.0\.0\.1:(\d+)[\s\S]*Ready/,
        );
        const send = async (...args: string[]) => {
          const to = `http://127.0.0.1:${port}/api/webhook`;
          const sent = run('.bin/scalekit-hooks', 'send', 'user.created', '--to', to, ...args);
          return [await sent.ended, sent.stdout()];
        };
        expect(await send()).toEqual([0, expect.stringMatching(/\b201\b/)]);
        expect(await send('--fault', 'wrong-secret')).toEqual([0, expect.stringMatching(/\b401\b/)]);
      },
      LIMIT_MS,
    );

    it(
      'checkHandler takes the route handler, with NextRequest',
      async () => {
        const tsc = startProcess(
          process.execPath,
          [
            join(repository, 'node_modules/typescript/bin/tsc'),
            '--ignoreConfig',
            '--strict',
            '--skipLibCheck',
            '--module',
            'nodenext',
            '--types',
            'node',
            '--outDir',
            'checked',
            'check.ts',
          ],
          { cwd: app },
        );
        expect(await tsc.ended, tsc.stdout()).toBe(0);
        const check = startProcess(process.execPath, [join(app, 'checked/check.js')], { cwd: app });
        expect(await check.ended, check.stderr()).toBe(0);
        expect(check.stdout()).toBe('ok\n');
      },
      LIMIT_MS,
    );
  });
}

/** Not below a folder node_modules, which Next.js would not compile. */
function createApp(tarball: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'scalekit-hooks-next-')));
  installLocked(source, folder);
  installInto(folder, tarball);
  for (const name of ['app', 'check.ts']) cpSync(join(source, name), join(folder, name), { recursive: true });
  return folder;
}
