import { lstatSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { journalsIn } from './folder.ts';

/** What the user should know about who else has written, or can read, the captures in a folder. */
export function describeOwnership(folder: string, name: string): string[] {
  const journals = journalsIn(folder);
  if (journals.length === 0) return [];
  const notes: string[] = [];
  const own = userId();
  const isForeign = (path: string) => {
    const owner = lstatSync(path, { throwIfNoEntry: false })?.uid;
    return own !== undefined && owner !== undefined && owner !== own;
  };
  if ([folder, ...journals].some(isForeign)) {
    notes.push(
      `captures in ${name} belong to another user of this machine, who can write anything into them`,
    );
  }
  if (isTracked(folder, journals)) {
    notes.push(
      `captures in ${name} are in version control. Whoever commits there can write anything into them, and they contain personal data: run git rm -r --cached ${name}`,
    );
  }
  return notes;
}

function userId(): number | undefined {
  try {
    return userInfo().uid;
  } catch {
    return undefined;
  }
}

/** A larger index takes too long to search. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024;

/**
 * Whether git tracks one of the journals: their unique names are in its index. Running git in a folder that somebody else
 * has made could run their programs.
 */
function isTracked(folder: string, journals: readonly string[]): boolean {
  try {
    const path = indexOfRepository(folder);
    if (path === undefined) return false;
    const stats = statSync(path);
    if (!stats.isFile() || stats.size > MAX_INDEX_BYTES) return false;
    const index = readFileSync(path);
    // The newest may be of a running listener, and the oldest were committed first.
    return journals.some((journal) => index.includes(uniqueEnd(journal)));
  } catch {
    // Not readable, a loop of links, or a name that is too long: git does not track anything there either.
    return false;
  }
}

/**
 * The random part of a journal's name, or else the name: an index of version 4 has only the part that differs from the name
 * before.
 */
function uniqueEnd(path: string): string {
  return /[0-9a-f]{8}(?:\.rejected)?\.jsonl$/.exec(path)?.[0] ?? basename(path);
}

function indexOfRepository(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const git = join(at, '.git');
    const stats = statSync(git, { throwIfNoEntry: false });
    if (stats?.isDirectory()) return join(git, 'index');
    // In a worktree, it is a file that names the folder.
    if (stats?.isFile() && stats.size < 4096) {
      const named = /^gitdir: (.+)$/m.exec(readFileSync(git, 'utf8'))?.[1];
      return named === undefined ? undefined : join(resolve(at, named), 'index');
    }
    if (dirname(at) === at) return undefined;
  }
}
