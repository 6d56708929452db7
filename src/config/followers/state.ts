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
  return orUnusable(folder, () => new StateFile(folder, key, io));
}

/** A file and its lock. The members of FollowerState throw HooksError if it cannot be written. */
class StateFile implements FollowerState {
  /** Where it stood when it was opened. */
  readonly cursor: string | undefined;
  readonly #folder: string;
  readonly #key: FollowerKey;
  readonly #path: string;
  readonly #lock: string;
  #current: string | undefined;
  #done: Set<string>;

  /** Throws the system error. */
  constructor(folder: string, key: FollowerKey, io: Pick<Io, 'pid' | 'isRunning'>) {
    this.#folder = folder;
    this.#key = key;
    this.#path = join(folder, `${fileName(key)}.json`);
    this.#lock = `${this.#path}.lock`;
    makePrivateFolder(folder);
    takeLock(this.#lock, key.name, io);
    const { cursor, done } = orRelease(this.#lock, () => readState(this.#path));
    this.cursor = cursor;
    this.#current = cursor;
    this.#done = done;
  }

  beginAt(cursor: string): void {
    this.#current = cursor;
    this.#save();
  }

  isDone(id: string): boolean {
    return this.#done.has(id);
  }

  done(id: string): void {
    this.#done.add(id);
    // Appended, because writing all ids again takes longer with each. The newline ends a line that a crash cut off.
    orUnusable(this.#folder, () => appendFileSync(this.#path, `\n${JSON.stringify(id)}`, { mode: 0o600 }));
  }

  moveTo(cursor: string): void {
    if (cursor === this.#current && this.#done.size === 0) return;
    this.#current = cursor;
    this.#done = new Set();
    this.#save();
  }

  close(): void {
    rmSync(this.#lock, { force: true });
  }

  #save(): void {
    orUnusable(this.#folder, () => {
      const text = JSON.stringify({ v: 1, ...this.#key, cursor: this.#current, done: [...this.#done] });
      // Without it, a power loss can leave an empty file, and then everything until now would not be followed.
      writeFileSync(`${this.#path}.new`, text, { mode: 0o600, flush: true });
      renameSync(`${this.#path}.new`, this.#path);
    });
  }
}

function fileName(key: FollowerKey): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.values(key)))
    .digest('hex')
    .slice(0, 32);
}

/** Turns a system error into HooksError. */
function orUnusable<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof HooksError) throw error;
    throw new HooksError('unusable_state_folder', { folder, reason: whyUnusable(error) });
  }
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
