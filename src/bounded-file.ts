import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { hasCode } from './system-errors.ts';

/** How long a pipe may take to deliver everything, in ms. */
const PIPE_TIMEOUT_MS = 5000;
const PIPE_POLL_MS = 10;

/**
 * Reads a file that may not be what its name says: in a working directory from somebody else, it can be a link to a
 * device or a pipe that never ends. Reads at most `maxBytes`, and from a pipe for a limited time. Throws the system error,
 * or an Error whose message is the reason.
 */
export function readBoundedFile(path: string, maxBytes: number): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (stats.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
    if (stats.isFIFO()) return readPipe(fd, maxBytes);
    if (!stats.isFile()) return readDevice(fd);
    if (stats.size > maxBytes) throw new Error(`it has ${stats.size} bytes; the limit is ${maxBytes} bytes`);
    return readAll(fd, maxBytes, () => 'end');
  } finally {
    closeSync(fd);
  }
}

/** /dev/null is empty; other devices have no end, or wait for somebody to type. */
function readDevice(fd: number): Buffer {
  const nothing = Buffer.alloc(0);
  let length = 1;
  try {
    length = readSync(fd, Buffer.alloc(1), 0, 1, null);
  } catch {
    // It would wait.
  }
  if (length === 0) return nothing;
  throw new Error('it is a device');
}

/** A pipe is empty until its writer opens it. */
function readPipe(fd: number, maxBytes: number): Buffer {
  const until = Date.now() + PIPE_TIMEOUT_MS;
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  return readAll(fd, maxBytes, (hasBegun) => {
    if (hasBegun === 'ended') return 'end';
    if (Date.now() > until)
      throw new Error(`it is a pipe that did not end within ${PIPE_TIMEOUT_MS / 1000} s`);
    Atomics.wait(sleeper, 0, 0, PIPE_POLL_MS);
    return 'again';
  });
}

/** `onNothing` decides what to do when nothing can be read now: `ended` means that bytes came before an end of file. */
function readAll(
  fd: number,
  maxBytes: number,
  onNothing: (state: 'ended' | 'waiting') => 'end' | 'again',
): Buffer {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const length = readNow(fd, chunk);
    if (length > 0) {
      chunks.push(chunk.subarray(0, length));
      bytes += length;
      if (bytes > maxBytes) throw new Error(`it has more than ${maxBytes} bytes, which is the limit`);
    } else if (onNothing(length === 0 && bytes > 0 ? 'ended' : 'waiting') === 'end') {
      return Buffer.concat(chunks, bytes);
    }
  }
}

/** The number of bytes read; 0 at the end, or -1 if there are none yet. */
function readNow(fd: number, into: Buffer): number {
  try {
    return readSync(fd, into, 0, into.length, null);
  } catch (error) {
    if (hasCode(error, 'EAGAIN')) return -1;
    throw error;
  }
}
