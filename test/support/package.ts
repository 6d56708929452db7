import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from './repository.ts';

export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

/** Packs the package into a folder as for publishing. */
export function packInto(folder: string): { tarball: string; files: PackedFile[]; size: number } {
  const output = npm(repository, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder);
  const [packed] = JSON.parse(output);
  return { tarball: join(folder, packed.filename), files: packed.files, size: packed.size };
}

/** Returns the path of the installed program. */
export function installInto(folder: string, tarball: string): string {
  npm(folder, 'install', '--offline', '--no-audit', '--no-fund', '--prefix', folder, tarball);
  return join(folder, 'node_modules', '.bin', 'scalekit-hooks');
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
