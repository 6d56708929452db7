import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../support/repository.ts';
import { programOf, type Runner } from './runners.ts';

const locked = join(import.meta.dirname, 'packages');
const files = ['package.json', 'package-lock.json'];
const version = createHash('sha256')
  .update(readFileSync(join(locked, 'package-lock.json')))
  .digest('hex');

/** Where the packages of `packages/` are installed; another lockfile has another folder. */
export const installed = join(repository, 'node_modules/.cache/matrix', version.slice(0, 16));

/** Installs them, unless an earlier run has. */
export default function install(): void {
  const finished = join(installed, 'finished');
  if (existsSync(finished)) return;
  rmSync(installed, { recursive: true, force: true });
  installLocked(locked, installed);
  writeFileSync(finished, '');
}

/** Installs what the lockfile of one folder says into another. */
export function installLocked(source: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const file of files) cpSync(join(source, file), join(folder, file));
  // npm prints on stdout, which is for the cells.
  execFileSync('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/**
 * Why the cells of a runner are skipped; undefined if it runs here. Throws if the environment variable REQUIRE names it, so
 * that CI skips nothing.
 */
export function missing({ program }: Runner): string | undefined {
  if (program === undefined) return undefined;
  const { status, error } = spawnSync(programOf(installed, program), ['--version']);
  if (status === 0) return undefined;
  const reason = `npm installed no ${program} that runs here: ${error?.message ?? `exit code ${status}`}`;
  if ((process.env.REQUIRE ?? '').split(',').includes(program)) throw new Error(reason);
  return reason;
}
