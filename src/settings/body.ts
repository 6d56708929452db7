import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { HooksError } from '../errors.ts';
import { isJson } from '../events/json.ts';
import type { Io } from '../io.ts';
import { whyUnreadable } from '../system-errors.ts';

/**
 * Reads `--body` into bytes, as they are: `@file`, `-` for stdin, or JSON itself. Throws HooksError for a file that
 * cannot be read and for text that is neither JSON nor empty.
 */
export async function readBody(text: string, { cwd, stdin }: Pick<Io, 'cwd' | 'stdin'>): Promise<Uint8Array> {
  if (text === '-' || text === '@-') return stdin.read();
  if (text.startsWith('@')) return readFile(text.slice(1), cwd);
  if (text !== '' && !isJson(text)) {
    throw new HooksError('invalid_value', {
      flag: '--body',
      value: text,
      expected: '@ and a file, - for stdin, or JSON',
      example: `--body @event.json, --body '{"type":"user.created"}'`,
    });
  }
  return Buffer.from(text);
}

/** The bytes of a file; its path starts from `cwd`. Throws HooksError. */
export function readFile(path: string, cwd: string): Uint8Array {
  try {
    const file = resolve(cwd, path);
    if (statSync(file).isCharacterDevice() && file !== '/dev/null') {
      throw new Error('it is a device, which has no end');
    }
    return readFileSync(file);
  } catch (error) {
    throw new HooksError('unreadable_file', { path, reason: whyUnreadable(error) });
  }
}
