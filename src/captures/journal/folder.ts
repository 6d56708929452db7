import { chmodSync, lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HooksError } from '../../errors.ts';
import { makePrivateFolder } from '../../private-folder.ts';
import { hasCode } from '../../system-errors.ts';

/** The folder in the working directory in which all captures are kept unless another is named. */
export const OWN_FOLDER = '.scalekit-hooks';

const extension = '.jsonl';

/**
 * Makes a folder for captures, or gets one ready: for this user only, ignored by git. One that holds other files too
 * is left as it is. Returns what should be known of that, in words. Throws HooksError.
 */
export function prepareFolder(folder: string): string[] {
  try {
    rejectSymlinks(folder);
    makePrivateFolder(folder);
    const others = readdirSync(folder).filter((name) => name !== '.gitignore' && !name.includes(extension));
    if (others.length > 0) {
      return [`${folder} holds other files too: keep it out of version control, captures hold personal data`];
    }
    if ((lstatSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
    ignoreAll(join(folder, '.gitignore'));
    return [];
  } catch (error) {
    throw unusable(folder, error);
  }
}

/** The journals in a folder; none when it is not there. Throws HooksError. */
export function journalsIn(folder: string): string[] {
  try {
    rejectSymlinks(folder);
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
      .map(({ name }) => join(folder, name));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw unusable(folder, error);
  }
}

/** A name for a new journal: no other process has it, and names in alphabetical order are in order of time. */
export function newJournalName(now: number): string {
  const time = new Date(now).toISOString().replaceAll(':', '-').replace('Z', '');
  return `${time}-${Buffer.from(crypto.getRandomValues(new Uint8Array(4))).toString('hex')}${extension}`;
}

/** When a journal was begun, by its name; undefined for one that somebody else named. */
export function beginningOf(path: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d\.\d{3})-/.exec(basename(path));
  return match ? Date.parse(`${match[1]}:${match[2]}:${match[3]}Z`) : undefined;
}

/** A link could lead what is captured, or what is cleared, to where another user wants it. */
function rejectSymlinks(folder: string): void {
  const own = basename(dirname(folder)) === OWN_FOLDER ? [dirname(folder), folder] : [folder];
  for (const path of own) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new HooksError('unusable_captures_folder', { folder: path, reason: 'it is a symbolic link' });
    }
  }
}

function ignoreAll(path: string): void {
  try {
    writeFileSync(path, '*\n', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

/** The refusal that an error of the system means. */
export function unusable(folder: string, error: unknown): HooksError {
  if (error instanceof HooksError) return error;
  return new HooksError('unusable_captures_folder', { folder, reason: (error as Error).message });
}
