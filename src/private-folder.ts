import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from './system-errors.ts';

/**
 * Makes a folder and those above it that are missing, for this user only, whatever the umask. Not by mkdir's own
 * recursion, which below /proc tries for ever. Throws the system's error.
 */
export function makePrivateFolder(path: string): void {
  if (existsSync(path)) return;
  makePrivateFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
    chmodSync(path, 0o700);
  } catch (error) {
    // Another process may have been quicker.
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}
