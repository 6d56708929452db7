import {
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HooksError } from '../../errors.ts';
import { makePrivateFolder } from '../../private-folder.ts';
import { hasCode, whyUnusable } from '../../system-errors.ts';

/** The default folder for this tool's files, in the working directory. */
const OWN_FOLDER = '.scalekit-hooks';

const extension = '.jsonl';

/**
 * Creates or prepares a captures folder: private to this user and ignored by git. Leaves the permissions and
 * .gitignore of a folder with other files unchanged, and returns a note about it.
 */
export function prepareFolder(folder: string, { sync = false } = {}): string[] {
  try {
    rejectSymlinks(folder);
    const made = makePrivateFolder(folder);
    // A new folder survives power loss only if its parent is synced.
    if (sync) for (const path of made) syncFolder(dirname(path));
    const others = readdirSync(folder).filter(
      (name) => name !== '.gitignore' && name !== 'clear.lock' && !name.includes(extension),
    );
    if (others.length > 0) {
      const reason = `${folder} contains other files, so its permissions and .gitignore were not changed`;
      return [`${reason}. Keep it out of version control: captures contain personal data`];
    }
    if ((lstatSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
    ignoreAll(join(folder, '.gitignore'));
    return [];
  } catch (error) {
    throw unusable(folder, error);
  }
}

/** The paths of the journals in a folder; empty if the folder does not exist. */
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

/** A unique file name for a new journal. Alphabetical order is chronological. */
export function newJournalName(now: number, suffix = ''): string {
  const time = new Date(now).toISOString().replaceAll(':', '-').replace('Z', '');
  return `${time}-${randomHex()}${suffix}${extension}`;
}

/** The mark of journals of rejected messages, in their names. */
export const REJECTED_SUFFIX = '.rejected';

/** Whether a journal holds rejected messages, by its path. */
export function isOfRejected(path: string): boolean {
  return path.endsWith(`${REJECTED_SUFFIX}${extension}`);
}

/** A name for a journal while it is rewritten. Readers and followers know it as the same journal. */
export function transitionalName(path: string): string {
  const mark = `.clearing-${randomHex()}`;
  return join(
    dirname(path),
    journalId(path).replace(/(?:\.rejected)?\.jsonl$/, (end) => mark + end),
  );
}

/** Identifies a journal in its folder, also while it has another name. */
export function journalId(path: string): string {
  return basename(path).replace(/\.clearing-[0-9a-f]{8}(?=(?:\.rejected)?\.jsonl$)/, '');
}

function randomHex(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(4))).toString('hex');
}

/** The start time in a journal's file name, in ms since 1970; undefined if another program named the file. */
export function beginningOf(path: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d\.\d{3})-/.exec(basename(path));
  return match ? Date.parse(`${match[1]}:${match[2]}:${match[3]}Z`) : undefined;
}

/** Another user could place a link that redirects where captures are written or cleared. */
function rejectSymlinks(folder: string): void {
  const link = symlinkIn(folder);
  if (link !== undefined)
    throw new HooksError('unusable_captures_folder', { folder: link, reason: 'it is a symbolic link' });
}

/** The captures folder, or this tool's folder above it, if it is a symbolic link. */
export function symlinkIn(folder: string): string | undefined {
  const own = basename(dirname(folder)) === OWN_FOLDER ? [dirname(folder), folder] : [folder];
  return own.find((path) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink());
}

/** Replaces a file that does not ignore everything: whoever made the folder may want its captures in their repository. */
function ignoreAll(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  const rules = stats?.isFile() && stats.size < 64 * 1024 ? rulesIn(path) : [];
  if (rules.includes('*') && !rules.some((rule) => rule.startsWith('!'))) return;
  if (stats) rmSync(path, { recursive: stats.isDirectory(), force: true });
  try {
    writeFileSync(path, '*\n', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

/** None of a file that cannot be read: git ignores nothing by it either. */
function rulesIn(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.trim());
  } catch {
    return [];
  }
}

/** Makes new, renamed and removed files durable. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Wraps a system error in a HooksError. */
export function unusable(folder: string, error: unknown): HooksError {
  if (error instanceof HooksError) return error;
  return new HooksError('unusable_captures_folder', { folder, reason: whyUnusable(error) });
}
