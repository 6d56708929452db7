import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readBoundedFile } from '../../bounded-file.ts';
import { HooksError } from '../../errors.ts';
import { hasCode, whyUnreadable, whyUnwritable } from '../../system-errors.ts';
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
    ? `${INLINED}${trigger}`
    : join(packageRoot, 'fixtures', INTERCEPTORS, `${trigger}${extension}`);
}

/** The scenarios in the user's folder. Throws HooksError. */
export function ownScenarios(userFolder: string): FoundFile[] {
  const folder = join(userFolder, SCENARIOS);
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? [...filesIn(folder)] : [];
}

/** Real events have a few kilobytes. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

const fileFix = 'use a JSON file in UTF-8: {"type": …, "data": {…}}';

/** Reads a fixture or event file. Throws HooksError if it is unreadable or not UTF-8 text. */
export function readEventText(path: string): string {
  const inlined = path.startsWith(INLINED)
    ? inlinedFixtures?.find(({ name }) => `${INLINED}${name}` === path)
    : undefined;
  if (inlined) return inlined.text;
  const unreadable = (reason: string) => new HooksError('unreadable_file', { path, reason, fix: fileFix });
  const bytes = orReason(path, () => readBoundedFile(path, MAX_FILE_BYTES));
  const text = bytes.toString('utf8');
  if (text.startsWith('\ufeff'))
    throw unreadable('it starts with a byte order mark (BOM). Save it as UTF-8 without BOM');
  if (text.trim() === '') throw unreadable('it is empty');
  if (!Buffer.from(text).equals(bytes)) throw unreadable('it is not UTF-8 text');
  return text;
}

/** Writes an event file. Throws HooksError if it is unwritable, or exists and `isReplaced` is false. */
export function writeEventText(path: string, text: string, { isReplaced }: { isReplaced: boolean }): void {
  try {
    writeFileSync(path, text, { flag: isReplaced ? 'w' : 'wx' });
  } catch (error) {
    const isThere = hasCode(error, 'EEXIST');
    throw new HooksError('unwritable_file', { path, reason: whyUnwritable(error), isThere });
  }
}

/** The beginning of the path of a fixture that has no file. */
const INLINED = 'inlined:';

type FoundFile = Pick<FixtureFile, 'name' | 'category' | 'path'>;

function inlinedFiles(isWanted: (category: string) => boolean): FoundFile[] | undefined {
  return inlinedFixtures
    ?.filter(({ category }) => isWanted(category))
    .map(({ name, category }) => ({ name, category, path: `${INLINED}${name}` }));
}

/** The scenarios of the package. */
export function shippedScenarios(packageRoot: string): FoundFile[] {
  const folder = join(packageRoot, 'fixtures', SCENARIOS);
  return inlinedFiles((category) => category === SCENARIOS) ?? [...filesIn(folder)];
}

function* filesIn(folder: string): Generator<FoundFile> {
  for (const entry of orReason(folder, () => readdirSync(folder, { withFileTypes: true }))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!otherFolders.includes(entry.name)) yield* filesIn(path);
    } else if (entry.name.endsWith(extension) && entry.name !== extension) {
      yield { name: entry.name.slice(0, -extension.length), category: basename(folder), path };
    }
  }
}

function orReason<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new HooksError('unreadable_file', { path, reason: whyUnreadable(error) });
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
