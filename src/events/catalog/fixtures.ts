import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { HooksError } from '../../errors.ts';
import { hasCode, whyUnreadable, whyUnwritable } from '../../system-errors.ts';
import { type CatalogEntry, documentedIn } from './types.ts';

/** A fixture on disk: the event itself, one JSON file per type, in a folder per category. */
export interface FixtureFile extends CatalogEntry {
  readonly path: string;
  /** Whether the package ships it, so that its tests vouch for it. */
  readonly isShipped: boolean;
}

const extension = '.json';
/** The folder of interceptors' requests, which are no events. */
const INTERCEPTORS = 'interceptors';

/**
 * The fixtures of the package, and those of the user's folder, which replace or add types. The user's may lie in
 * folders per category or side by side. Sorted by category, then name. Throws HooksError for an unreadable folder.
 */
export function listFixtures(packageRoot: string, userFolder?: string): FixtureFile[] {
  const found = new Map<string, FixtureFile>();
  for (const file of filesIn(join(packageRoot, 'fixtures'))) {
    found.set(file.name, { ...file, source: documentedIn(file.name), isShipped: true });
  }
  if (userFolder !== undefined) {
    for (const file of filesIn(userFolder))
      found.set(file.name, { ...file, source: userFolder, isShipped: false });
  }
  return [...found.values()].sort((a, b) => compare(a.category, b.category) || compare(a.name, b.name));
}

/** The file of an interceptor's sample request: the user's, else the package's. */
export function interceptorFile(trigger: string, packageRoot: string, userFolder?: string): string {
  const own = userFolder === undefined ? undefined : join(userFolder, INTERCEPTORS, `${trigger}${extension}`);
  const isThere = own !== undefined && statSync(own, { throwIfNoEntry: false })?.isFile();
  return isThere ? own : join(packageRoot, 'fixtures', INTERCEPTORS, `${trigger}${extension}`);
}

/** What an event file may be: real events have some kilobytes. */
const LARGEST_FILE = 64 * 1024 * 1024;

const fileFix = 'an event file is JSON as UTF-8 text: {"type": …, "data": {…}}';

/** The text of a fixture or event file. Throws HooksError when it cannot be read or is not UTF-8 text. */
export function readEventText(path: string): string {
  const wrong = (reason: string) => new HooksError('unreadable_file', { path, reason, fix: fileFix });
  const file = orReason(path, () => statSync(path));
  if (file.isCharacterDevice() || file.isBlockDevice()) throw wrong('it is a device');
  if (file.size > LARGEST_FILE)
    throw wrong(`it has ${file.size} bytes, and an event has at most ${LARGEST_FILE}`);
  const bytes = orReason(path, () => readFileSync(path));
  const text = bytes.toString('utf8');
  if (text.startsWith('\ufeff'))
    throw wrong('it starts with a byte order mark (BOM): save it as UTF-8 without one');
  if (text.trim() === '') throw wrong('it is empty');
  if (!Buffer.from(text).equals(bytes)) throw wrong('it is not UTF-8 text');
  return text;
}

/** Writes an event file. Throws HooksError when it cannot be written, or is there and not to be replaced. */
export function writeEventText(path: string, text: string, { isReplaced }: { isReplaced: boolean }): void {
  try {
    writeFileSync(path, text, { flag: isReplaced ? 'w' : 'wx' });
  } catch (error) {
    const isThere = hasCode(error, 'EEXIST');
    throw new HooksError('unwritable_file', { path, reason: whyUnwritable(error), isThere });
  }
}

function* filesIn(folder: string): Generator<{ name: string; category: string; path: string }> {
  for (const entry of orReason(folder, () => readdirSync(folder, { withFileTypes: true }))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== INTERCEPTORS) yield* filesIn(path);
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
