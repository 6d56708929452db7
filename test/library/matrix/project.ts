import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installInto, packInto } from '../../support/package.ts';

/** A folder that has the packed library installed. */
export interface Project {
  readonly folder: string;
  /** The packed library. */
  readonly tarball: string;
  remove(): void;
}

/** Packs the library and installs it into a new project, beside links to packages in `sources`. */
export function createProject(packages: readonly string[], sources: readonly string[]): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'scalekit-hooks-matrix-')));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const { tarball } = packInto(folder);
  installInto(folder, tarball);
  for (const name of new Set(packages)) linkPackage(name, folder, sources);
  return { folder, tarball, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Links a package and, if it has one of its name, its program. */
function linkPackage(name: string, folder: string, sources: readonly string[]): void {
  const source = sources.find((each) => existsSync(join(each, 'node_modules', name)));
  if (source === undefined) throw new Error(`${name} is installed in none of ${sources.join(', ')}`);
  for (const path of [name, join('.bin', name)]) {
    const [from, to] = [join(source, 'node_modules', path), join(folder, 'node_modules', path)];
    if (!existsSync(from)) continue;
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(from, to);
  }
}
