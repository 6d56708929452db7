import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HooksError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { parseJson } from '../../json.ts';
import { makePrivateFolder } from '../../private-folder.ts';
import { hasCode, whyUnusable } from '../../system-errors.ts';
import { stateFolder } from '../own-folders.ts';
import { takeLock } from './lock.ts';

/** Who follows what, and where it goes to. Each has its own state. */
export interface FollowerKey {
  readonly command: 'captures' | 'replay' | 'pull';
  readonly name: string;
  /** The folder, or the URL of the store without its password. */
  readonly store: string;
  /** The URL that it delivers to; empty if it delivers nothing. */
  readonly target: string;
}

/** Where a follower stands. It survives restarts. */
export interface FollowerState {
  /** Undefined before its first run. */
  readonly cursor: string | undefined;
  /** Where it begins from now on. What it has finished with stays so. */
  beginAt(cursor: string): void;
  /** Whether it has finished with a record after the cursor. */
  isDone(id: string): boolean;
  /** It has finished with this record. */
  done(id: string): void;
  /** It has finished with everything before this cursor. */
  moveTo(cursor: string): void;
  /** Lets others follow under this name. */
  close(): void;
}

/** Opens a state for this process alone. Throws HooksError if another process uses it, or it cannot be written. */
export function openFollowerState(
  key: FollowerKey,
  io: Pick<Io, 'env' | 'pid' | 'isRunning'>,
): FollowerState {
  const folder = join(stateFolder(io.env), 'followers');
  const name = createHash('sha256')
    .update(JSON.stringify(Object.values(key)))
    .digest('hex')
    .slice(0, 32);
  const path = join(folder, `${name}.json`);
  const lock = `${path}.lock`;
  const orUnusable = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof HooksError) throw error;
      throw new HooksError('unusable_state_folder', { folder, reason: whyUnusable(error) });
    }
  };
  orUnusable(() => {
    makePrivateFolder(folder);
    takeLock(lock, key.name, io);
  });
  let { cursor, done } = orUnusable(() => orRelease(lock, () => readState(path)));
  const save = () =>
    orUnusable(() => {
      const text = JSON.stringify({ v: 1, ...key, cursor, done: [...done] });
      // Without it, a power loss can leave an empty file, and then everything until now would not be followed.
      writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true });
      renameSync(`${path}.new`, path);
    });
  return {
    cursor,
    beginAt(next) {
      cursor = next;
      save();
    },
    isDone: (id) => done.has(id),
    done(id) {
      done.add(id);
      // Appended, because writing all ids again takes longer with each. The newline ends a line that a crash cut off.
      orUnusable(() => appendFileSync(path, `\n${JSON.stringify(id)}`, { mode: 0o600 }));
    },
    moveTo(next) {
      if (next === cursor && done.size === 0) return;
      cursor = next;
      done = new Set();
      save();
    },
    close: () => rmSync(lock, { force: true }),
  };
}

/** A lock of a follower that never began would look like one that is running. */
function orRelease<T>(lock: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    rmSync(lock, { force: true });
    throw error;
  }
}

/** A line with the state, then one with the id of each record that was finished since. A line that was cut off is skipped. */
function readState(path: string): { cursor: string | undefined; done: Set<string> } {
  let cursor: string | undefined;
  const done = new Set<string>();
  for (const line of readLines(path)) {
    const value = parseJson(line);
    if (typeof value === 'string') done.add(value);
    const state = (value ?? {}) as { cursor?: unknown; done?: unknown };
    if (typeof state.cursor === 'string') cursor = state.cursor;
    if (Array.isArray(state.done)) for (const id of state.done) done.add(String(id));
  }
  return { cursor, done };
}

/** None if there is no file. */
function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
