import { type Dirent, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { HooksError } from '../../errors.ts';
import { whyUnreadable } from '../../system-errors.ts';
import { inlinedPath } from './inlined.ts';
import { inlinedFixtures } from './shipped.ts';
import { type CatalogEntry, documentedIn } from './types.ts';

/** A fixture: one event as a JSON file per type, in one folder per category. */
export interface FixtureFile extends CatalogEntry {
  readonly path: string;
  /** Whether the package ships it; shipped fixtures are validated by the tests. */
  readonly isShipped: boolean;
}

const extension = '.json';
/** The folder of interceptor requests. */
const INTERCEPTORS = 'interceptors';
/** The folder of flows of events. */
const SCENARIOS = 'scenarios';
/** Folders whose files are not events. */
const otherFolders = [INTERCEPTORS, SCENARIOS];

/**
 * The fixtures of the package and of the user's folder, which adds or replaces types and may have subfolders. Sorted by
 * category, then name. Throws HooksError for an unreadable folder.
 */
export function listFixtures(packageRoot: string, userFolder?: string): FixtureFile[] {
  const found = new Map<string, FixtureFile>();
  for (const file of inlinedFiles((category) => !otherFolders.includes(category)) ??
    filesIn(join(packageRoot, 'fixtures'))) {
    found.set(file.name, { ...file, source: documentedIn(file.name), isShipped: true });
  }
  if (userFolder !== undefined) {
    for (const file of filesIn(userFolder))
      found.set(file.name, { ...file, source: userFolder, isShipped: false });
  }
  return [...found.values()].sort((a, b) => compare(a.category, b.category) || compare(a.name, b.name));
}

/** The file of an interceptor's sample request: the user's if it exists, otherwise the package's. */
export function interceptorFile(trigger: string, packageRoot: string, userFolder?: string): string {
  const own = userFolder === undefined ? undefined : join(userFolder, INTERCEPTORS, `${trigger}${extension}`);
  const hasOwn = own !== undefined && statSync(own, { throwIfNoEntry: false })?.isFile();
  if (hasOwn) return own;
  return inlinedFixtures
    ? inlinedPath(trigger)
    : join(packageRoot, 'fixtures', INTERCEPTORS, `${trigger}${extension}`);
}

/** The scenarios in the user's folder. Throws HooksError. */
export function ownScenarios(userFolder: string): FoundFile[] {
  const folder = join(userFolder, SCENARIOS);
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? [...filesIn(folder)] : [];
}

type FoundFile = Pick<FixtureFile, 'name' | 'category' | 'path'>;

function inlinedFiles(isWanted: (category: string) => boolean): FoundFile[] | undefined {
  return inlinedFixtures
    ?.filter(({ category }) => isWanted(category))
    .map(({ name, category }) => ({ name, category, path: inlinedPath(name) }));
}

/** The scenarios of the package. */
export function shippedScenarios(packageRoot: string): FoundFile[] {
  const folder = join(packageRoot, 'fixtures', SCENARIOS);
  return inlinedFiles((category) => category === SCENARIOS) ?? [...filesIn(folder)];
}

function* filesIn(folder: string): Generator<FoundFile> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!otherFolders.includes(entry.name)) yield* filesIn(path);
    } else if (entry.name.endsWith(extension) && entry.name !== extension) {
      yield { name: entry.name.slice(0, -extension.length), category: basename(folder), path };
    }
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new HooksError('unreadable_file', { path: folder, reason: whyUnreadable(error) });
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
