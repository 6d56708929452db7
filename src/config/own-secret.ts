import { chmodSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { HooksError } from '../errors.ts';
import type { Io } from '../io.ts';
import { makePrivateFolder } from '../private-folder.ts';
import { hasCode } from '../system-errors.ts';

/** Where the secret that is made on first use is kept, and how that is written for people. Throws HooksError. */
export function ownSecretPlace(env: Io['env']): { path: string; source: string } {
  const home = env.HOME || homeOfUser();
  if (!home && !env.XDG_CONFIG_HOME) throw new HooksError('no_home_folder', undefined);
  const path = join(env.XDG_CONFIG_HOME || join(home, '.config'), 'scalekit-hooks', 'secret');
  return { path, source: path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path };
}

/** The home folder that the system knows of; empty for a user without one. */
function homeOfUser(): string {
  try {
    return userInfo().homedir;
  } catch {
    return '';
  }
}

/** The secret that was made before, as it stands there; undefined when none was. Throws HooksError. */
export function readOwnSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw unusable(path, error);
  }
}

/**
 * Makes a secret and keeps it there; gives what is kept. It is written aside and linked into place, so that of two first
 * commands at once both see the same whole secret. Throws HooksError.
 */
export function keepNewSecret(path: string): string {
  const aside = `${path}.${random(6).toString('hex')}`;
  try {
    makePrivateFolder(dirname(path));
    writeFileSync(aside, `${newSecret()}\n`, { mode: 0o600, flag: 'wx' });
    // The umask may have taken even that.
    chmodSync(aside, 0o600);
    try {
      linkSync(aside, path);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    } finally {
      rmSync(aside);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Whether others on this machine can read what is kept there. */
export function isReadByOthers(path: string): boolean {
  return (statSync(path).mode & 0o077) !== 0;
}

/** A new secret of 24 random bytes. */
export function newSecret(): string {
  return `whsec_${random(24).toString('base64')}`;
}

/** By Web Crypto, which is there without loading node:crypto for the many times when nothing is made. */
function random(size: number): Buffer {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(size)));
}

function unusable(path: string, error: unknown): HooksError {
  return new HooksError('unusable_config_folder', { path: dirname(path), reason: (error as Error).message });
}
