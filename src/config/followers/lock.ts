import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { HooksError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { hasCode } from '../../system-errors.ts';

/** A process writes its id into its lock within this time, in ms. */
const WRITTEN_WITHIN_MS = 1000;

/**
 * Takes the lock of a follower. It holds the id of its process, so that one that was left behind by a crash is noticed.
 * Throws HooksError if another process has it; else the system error.
 */
export function takeLock(path: string, name: string, io: Pick<Io, 'pid' | 'isRunning'>): void {
  for (const isLast of [false, true]) {
    if (create(path, io.pid)) return;
    const text = readLock(path);
    if (isLast || (text !== undefined && isHeld(path, text, io)))
      throw new HooksError('follower_running', { name, pid: Number(text ?? 0), lock: path });
    if (text !== undefined) remove(path, text, io.pid);
  }
}

/** Only one process succeeds. Throws the system error, and then there is no lock. */
function create(path: string, pid: number): boolean {
  let fd: number;
  try {
    fd = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    return false;
  }
  try {
    writeSync(fd, String(pid));
    return true;
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Undefined if it has been released. */
function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isHeld(path: string, text: string, io: Pick<Io, 'pid' | 'isRunning'>): boolean {
  const pid = Number(text);
  // In a container, each run can have the same id.
  if (pid > 0) return pid !== io.pid && io.isRunning(pid);
  // An empty lock was made just now, or its process ended at once.
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - made < WRITTEN_WITHIN_MS;
}

/** Removes a lock that was left behind, unless another process has done so and holds it now. */
function remove(path: string, text: string, pid: number): void {
  const aside = `${path}.${pid}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8') !== text) linkSync(aside, path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') && !hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}
