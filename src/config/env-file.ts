import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readBoundedFile } from '../bounded-file.ts';
import { HooksError } from '../errors.ts';
import { hasCode, whyUnreadable } from '../system-errors.ts';

/** The files that are read, in this order. */
export const envFiles = ['.env.local', '.env'] as const;

/** A .env file has a few lines. */
const MAX_ENV_BYTES = 1024 * 1024;

/** A variable of a .env file in a folder; undefined if there is none, or no such file. Throws HooksError. */
export function fromEnvFile(folder: string, file: string, variable: string): string | undefined {
  const path = join(folder, file);
  try {
    const bytes = readBoundedFile(path, MAX_ENV_BYTES);
    if (bytes.includes(0)) throw new Error('it is not UTF-8 text, but possibly UTF-16. Save it as UTF-8');
    return parseEnv(bytes.toString('utf8').replace(/^\ufeff/, ''))[variable];
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EISDIR')) return undefined;
    throw new HooksError('unreadable_file', { path, reason: whyUnreadable(error) });
  }
}
