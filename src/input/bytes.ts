import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { HooksError } from '../errors.ts';
import type { Io } from '../io.ts';
import { isJson } from '../json.ts';
import { whyUnreadable } from '../system-errors.ts';

/**
 * Reads `--body` into bytes, as they are: `@file`, `-` for stdin, or JSON itself. Throws HooksError for a file that
 * cannot be read and for text that is neither JSON nor empty.
 */
export async function readBody(text: string, { cwd, stdin }: Pick<Io, 'cwd' | 'stdin'>): Promise<Uint8Array> {
  if (text === '-' || text === '@-') return readWhole(stdin.stream(), 'stdin');
  if (text.startsWith('@')) return readWhole(openFile(text.slice(1), cwd), text.slice(1));
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

/** What is held of one input at a time, in bytes: some times what any handler takes. */
const INPUT_LIMIT = 64 * 1024 * 1024;

/** All bytes of a file or pipe. Throws HooksError for one that cannot be read, or holds more than INPUT_LIMIT. */
export async function readWhole(chunks: Chunks, path: string): Promise<Uint8Array> {
  const held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    size += chunk.length;
    if (size > INPUT_LIMIT) {
      const reason = `it has more than ${INPUT_LIMIT / 1024 / 1024} MiB`;
      throw new HooksError('unreadable_file', { path, reason });
    }
  }
  return Buffer.concat(held);
}

export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** The bytes of a file or a pipe that has a path, piece by piece; the path starts from `cwd`. Throws HooksError. */
export async function* openFile(path: string, cwd: string): AsyncGenerator<Uint8Array> {
  try {
    const file = resolve(cwd, path);
    const found = statSync(file);
    if (found.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    if (found.isSocket()) throw new Error('it is a socket');
    if (found.isBlockDevice() || (found.isCharacterDevice() && file !== '/dev/null'))
      throw new Error('it is a device, which has no end');
    yield* createReadStream(file);
  } catch (error) {
    throw new HooksError('unreadable_file', { path, reason: whyUnreadable(error) });
  }
}
