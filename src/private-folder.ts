import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from './system-errors.ts';

/** As makeFolder, for this user only, whatever the umask. */
export function makePrivateFolder(path: string): void {
  makeFolder(path, 0o700);
}

/**
 * Makes a folder and those above it that are missing, with a mode if one is given. Not by mkdir's own recursion, which
 * below /proc tries for ever. Throws the system's error.
 */
export function makeFolder(path: string, mode?: number): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
    if (mode !== undefined) chmodSync(path, mode);
  } catch (error) {
    // Another process may have been quicker.
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}
