import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from './repository.ts';

export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

/** Packs the package into a folder, as it would be published; returns the tarball's path and what is in it. */
export function packInto(folder: string): { tarball: string; files: PackedFile[]; size: number } {
  const output = npm(repository, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder);
  const [packed] = JSON.parse(output);
  return { tarball: join(folder, packed.filename), files: packed.files, size: packed.size };
}

/** Installs a tarball into a folder; returns the path of the program in it. */
export function installInto(folder: string, tarball: string): string {
  npm(folder, 'install', '--offline', '--no-audit', '--no-fund', '--prefix', folder, tarball);
  return join(folder, 'node_modules', '.bin', 'scalekit-hooks');
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
