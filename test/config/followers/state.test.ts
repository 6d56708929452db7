import {
  appendFileSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFollowerState } from '../../../src/config/followers/state.ts';
import { memoryIo } from '../../support/memory-io.ts';
import { runBin } from '../../support/processes.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const key = { command: 'pull', name: 'ada', store: 'acme.example', target: 'http://127.0.0.1/' } as const;

/** Opens the same state again and again, as after crashes. */
function states() {
  const home = temporaryFolder();
  const { io } = memoryIo([], { env: { XDG_STATE_HOME: home } });
  const folder = join(home, 'scalekit-hooks/followers');
  return {
    open: () => openFollowerState(key, io),
    file: () => join(folder, readdirSync(folder).find((name) => name.endsWith('.json'))!),
  };
}

describe('after a crash', () => {
  it('the cursor and what was finished since are known, also before the first cursor', () => {
    const { open } = states();
    const first = open();
    expect(first.cursor).toBeUndefined();
    first.done('evt_1');
    expect(open().isDone('evt_1')).toBe(true);
    first.moveTo('here');
    first.done('evt_2');
    const second = open();
    expect(second.cursor).toBe('here');
    expect(['evt_1', 'evt_2'].map((id) => second.isDone(id))).toEqual([false, true]);
    // Another beginning: what was finished stays so.
    second.beginAt('there');
    second.done('evt_3');
    const third = open();
    expect(third.cursor).toBe('there');
    expect(['evt_2', 'evt_3'].map((id) => third.isDone(id))).toEqual([true, true]);
  });

  it('a line that was cut off costs only that one', () => {
    const { open, file } = states();
    const state = open();
    state.moveTo('here');
    for (const id of ['evt_1', 'evt_2']) state.done(id);
    truncateSync(file(), statSync(file()).size - 2);
    const next = open();
    next.done('evt_3');
    appendFileSync(file(), '\n"evt_4');
    const last = open();
    expect(last.cursor).toBe('here');
    expect(['evt_1', 'evt_2', 'evt_3', 'evt_4'].map((id) => last.isDone(id))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

it('writes as much for the last record as for the first', () => {
  const { open, file } = states();
  const state = open();
  const sizes = Array.from({ length: 100 }, (_, index) => {
    state.done(`evt_${100 + index}`);
    return readFileSync(file()).length;
  });
  const growth = sizes.slice(1).map((size, index) => size - sizes[index]!);
  expect(new Set(growth).size).toBe(1);
  // In place: a state that is replaced as a whole is another file each time.
  const { ino } = statSync(file());
  state.done('evt_200');
  expect(statSync(file()).ino).toBe(ino);
});

describe('a lock that a process has left behind', () => {
  /** The io of a process with this id, for which no other process is running. */
  const processWith = (pid: number, isRunning: (pid: number) => boolean = () => false) => {
    const { io } = memoryIo([], {});
    return { ...io, pid, isRunning };
  };

  it('is taken by one of two that find it at the same time', () => {
    const env = { XDG_STATE_HOME: temporaryFolder() };
    openFollowerState(key, { ...processWith(1), env });
    // The second takes it right after the first has found that its process has ended.
    const takenByThird = (pid: number) => {
      if (pid === 1) openFollowerState(key, { ...processWith(3), env });
      return pid !== 1;
    };
    expect(() => openFollowerState(key, { ...processWith(2, takenByThird), env })).toThrow(
      expect.objectContaining({ code: 'follower_running' }),
    );
    const folder = join(env.XDG_STATE_HOME, 'scalekit-hooks/followers');
    const [lock, ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    expect(readFileSync(join(folder, lock!), 'utf8')).toBe('3');
  });

  it('and is empty: it counts as held for a moment, because its process may be writing to it', () => {
    const env = { XDG_STATE_HOME: temporaryFolder() };
    openFollowerState(key, { ...processWith(1), env });
    const folder = join(env.XDG_STATE_HOME, 'scalekit-hooks/followers');
    const lock = join(folder, readdirSync(folder)[0]!);
    writeFileSync(lock, '');
    const open = () => openFollowerState(key, { ...processWith(2), env });
    expect(open).toThrow(expect.objectContaining({ code: 'follower_running' }));
    utimesSync(lock, 1795360000, 1795360000);
    open();
    expect(readFileSync(lock, 'utf8')).toBe('2');
  });

  it('is none if its process could not write to it', async () => {
    const env = { XDG_STATE_HOME: temporaryFolder() };
    const preload = join(temporaryFolder(), 'preload.cjs');
    writeFileSync(
      preload,
      `const fs = require('node:fs'); const { writeSync } = fs;
       fs.writeSync = (fd, ...rest) => {
         if (fd > 2) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
         return writeSync(fd, ...rest);
       };`,
    );
    const args = ['captures', '--follow', '--name', 'ada'];
    const failed = await runBin(args, { env: { ...env, NODE_OPTIONS: `--require ${preload}` } });
    expect(failed.stderr).toContain('[unusable_state_folder]');
    expect(readdirSync(join(env.XDG_STATE_HOME, 'scalekit-hooks/followers'))).toEqual([]);
  });
});
