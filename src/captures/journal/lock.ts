import { closeSync, constants, fstatSync, lstatSync, openSync, rmSync, statSync } from 'node:fs';
import { HooksError } from '../../errors.ts';
import { hasCode } from '../../system-errors.ts';

/** A lock that is older than this was left by a process that ended, in ms: clearing takes seconds. */
const STALE_MS = 10 * 60_000;

/** A lock that this process holds. */
export interface Lock {
  /** Whether it is still ours: nobody considered it abandoned and took it. */
  isHeld(): boolean;
}

/** Runs `work` while nobody else holds the lock of a folder. Throws HooksError `captures_locked` if somebody does. */
export function withLock<T>(folder: string, work: (lock: Lock) => T): T {
  const path = `${folder}/clear.lock`;
  // The open file keeps its inode from being used again. It stays empty, because the disk may be full.
  const fd = take(path, folder);
  const isHeld = () => isSameFile(fd, path);
  try {
    return work({ isHeld });
  } finally {
    if (isHeld()) rmSync(path, { force: true });
    closeSync(fd);
  }
}

function take(path: string, folder: string): number {
  const fd = create(path);
  if (fd !== undefined) return fd;
  // One from the future was made before the clock went back.
  const age = Math.abs(Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0));
  if (age >= STALE_MS) rmSync(path, { force: true });
  const second = age >= STALE_MS ? create(path) : undefined;
  if (second === undefined) throw new HooksError('captures_locked', { folder, path });
  return second;
}

/** Creates the file unless it exists; only one process succeeds. */
function create(path: string): number | undefined {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  try {
    return openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return undefined;
    throw error;
  }
}

/** Whether a path still names an open file. */
export function isSameFile(fd: number, path: string): boolean {
  const open = fstatSync(fd);
  let named: ReturnType<typeof lstatSync>;
  try {
    named = lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A file is in the place of the folder.
    if (hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
  return named !== undefined && open.ino === named.ino && open.dev === named.dev;
}
