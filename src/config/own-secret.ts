import { chmodSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HooksError } from '../errors.ts';
import type { Io } from '../io.ts';
import { makePrivateFolder } from '../private-folder.ts';
import { hasCode } from '../system-errors.ts';
import { homeOf } from './own-folders.ts';

/** The file of the secret generated on first use; `source` is its path for messages, with ~. Throws HooksError. */
export function ownSecretPlace(env: Io['env']): { path: string; source: string } {
  const home = homeOf(env);
  if (!home && !env.XDG_CONFIG_HOME) throw new HooksError('no_home_folder', undefined);
  const path = join(env.XDG_CONFIG_HOME || join(home, '.config'), 'scalekit-hooks', 'secret');
  return { path, source: path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path };
}

/** The file's text; undefined if the secret does not exist yet. Throws HooksError. */
export function readOwnSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw unusable(path, error);
  }
}

/**
 * Generates a secret, stores it and returns the stored text. It is written to a temporary file and linked into place,
 * so that two commands that start at the same time both read the same complete secret. Throws HooksError.
 */
export function keepNewSecret(path: string): string {
  const temporaryPath = `${path}.${random(6).toString('hex')}`;
  try {
    makePrivateFolder(dirname(path));
    writeFileSync(temporaryPath, `${newSecret()}\n`, { mode: 0o600, flag: 'wx' });
    // The umask may have removed even the owner's permissions.
    chmodSync(temporaryPath, 0o600);
    try {
      linkSync(temporaryPath, path);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    } finally {
      rmSync(temporaryPath);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Whether other users of this machine have any access to the file. */
export function isReadByOthers(path: string): boolean {
  return (statSync(path).mode & 0o077) !== 0;
}

/** Generates a secret with a key of 24 random bytes. */
export function newSecret(): string {
  return `whsec_${random(24).toString('base64')}`;
}

/** Web Crypto avoids loading node:crypto, which most runs do not need. */
function random(size: number): Buffer {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(size)));
}

function unusable(path: string, error: unknown): HooksError {
  return new HooksError('unusable_config_folder', { path: dirname(path), reason: (error as Error).message });
}
