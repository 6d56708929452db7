import { createReadStream, existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { HooksError } from '../errors.ts';
import type { Io } from '../io.ts';
import { isJson } from '../json.ts';
import { whyUnreadable } from '../system-errors.ts';

/**
 * Reads the bytes of `--body`, unchanged: `@file`, `-` for stdin, or inline JSON, which may be empty. Throws HooksError
 * for an unreadable file and for other text.
 */
export async function readBody(text: string, { cwd, stdin }: Pick<Io, 'cwd' | 'stdin'>): Promise<Uint8Array> {
  if (text === '-' || text === '@-') return readWhole(stdin.stream(), 'stdin');
  if (text.startsWith('@')) return readWhole(openFile(text.slice(1), cwd), text.slice(1));
  if (text !== '' && !isJson(text)) {
    throw new HooksError('invalid_value', {
      flag: '--body',
      value: text,
      expected: '@file, - for stdin, or JSON',
      example: `--body @event.json or --body '{"type":"user.created"}'`,
    });
  }
  return Buffer.from(text);
}

/** Far above the body limit of any handler; keeps an endless input from filling the memory. */
const MAX_INPUT_BYTES = 64 * 1024 * 1024;

/** Reads a whole file or pipe. Throws HooksError above MAX_INPUT_BYTES; `path` names the input in that error. */
export async function readWhole(chunks: Chunks, path: string): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    read.push(chunk);
    size += chunk.length;
    if (size > MAX_INPUT_BYTES) {
      const reason = `it is larger than ${MAX_INPUT_BYTES / 1024 / 1024} MiB`;
      throw new HooksError('unreadable_file', { path, reason, fix: 'use a smaller input' });
    }
  }
  return Buffer.concat(read);
}

/** The chunks of a file or stdin, in order. */
export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Streams a file or named pipe; `path` is relative to `cwd`. Throws HooksError `unreadable_file`. */
export async function* openFile(path: string, cwd: string): AsyncGenerator<Uint8Array> {
  try {
    const file = resolve(cwd, path);
    const stats = statSync(file);
    if (stats.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    if (stats.isSocket()) throw new Error('it is a socket');
    if (stats.isBlockDevice() || (stats.isCharacterDevice() && file !== '/dev/null'))
      throw new Error('it is a device, and reading it may never end');
    yield* createReadStream(file);
  } catch (error) {
    throw new HooksError('unreadable_file', { path, reason: whyUnreadable(error) });
  }
}

/** Whether a file or folder has this path, which is relative to `cwd`. */
export function exists(path: string, cwd: string): boolean {
  return existsSync(resolve(cwd, path));
}

/** Whether a file has this path, which is relative to `cwd`. */
export function isFile(path: string, cwd: string): boolean {
  return statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isFile() === true;
}

/** Without the byte order mark of UTF-8 that some editors write. */
export function withoutBom(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
