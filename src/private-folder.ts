import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from './system-errors.ts';

/** Like makeFolder, but accessible to this user only, regardless of the umask. */
export function makePrivateFolder(path: string): string[] {
  return makeFolder(path, 0o700);
}

/**
 * Creates a folder and its missing parents. Does not use mkdir's `recursive` option, which never returns below /proc.
 * Returns the folders that were made. Throws the system error.
 */
export function makeFolder(path: string, mode?: number): string[] {
  if (existsSync(path)) return [];
  const made = makeFolder(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
    if (mode !== undefined) chmodSync(path, mode);
  } catch (error) {
    // Another process may have created it meanwhile.
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  return [...made, path];
}
