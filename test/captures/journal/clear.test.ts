import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clearCaptures } from '../../../src/captures/journal/clear.ts';
import { openJournals } from '../../../src/captures/journal/reader.ts';
import { openJournal } from '../../../src/captures/journal/writer.ts';
import type { Capture } from '../../../src/captures/record.ts';
import { idsOf, kept, someCapture } from '../../support/captures.ts';
import { runBin, startBin } from '../../support/processes.ts';
import { temporaryFolder } from '../../support/temporary.ts';

async function folderWith(...captures: Capture[]): Promise<{ folder: string; path: string }> {
  const folder = join(temporaryFolder(), 'captures');
  const { journal } = openJournal(folder, { sync: false, now: () => 1795360000000 });
  for (const capture of captures) await journal.keep(kept(capture));
  await journal.close();
  const [name] = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
  return { folder, path: join(folder, name!) };
}

/** A time whose first use, while the journal is read, runs `meanwhile`: a listener could write at that point. */
function momentWith(time: number, meanwhile: () => void): number {
  let isFirst = true;
  const moment = {
    valueOf() {
      if (isFirst) meanwhile();
      isFirst = false;
      return time;
    },
  };
  return moment as unknown as number;
}

it.each([
  ['everything is cleared', 1795370000000, 0],
  ['one capture stays', undefined, 1],
])('what is written while it clears is kept when %s', async (_name, before, stay) => {
  const [old, recent, late] = [someCapture(), someCapture(), someCapture()];
  const { folder, path } = await folderWith(old, recent);
  // As the writer of the journal would append it to its open file.
  const { path: other } = await folderWith(late);
  const line = readFileSync(other, 'utf8');
  const moment = momentWith(before ?? recent.time, () => appendFileSync(path, line));
  const cleared = clearCaptures(folder, moment, true);
  expect(cleared.captures).toBe(2 - stay);
  expect(await idsOf(openJournals(folder).oldestFirst())).toEqual(stay ? [recent.id, late.id] : [late.id]);
});

it('keeps files of other programs, and a line that is still being written', async () => {
  const { folder } = await folderWith(someCapture());
  const foreign = join(folder, 'training.jsonl');
  const unfinished = join(folder, '2026-11-22T15-06-40.000-00000000.jsonl');
  appendFileSync(foreign, '{"prompt":"mine"}\n');
  appendFileSync(unfinished, '{"v":1,"record":"capture","capture":"cap_1');
  expect(clearCaptures(folder, Number.POSITIVE_INFINITY, true)).toMatchObject({ captures: 1 });
  expect(readFileSync(foreign, 'utf8')).toBe('{"prompt":"mine"}\n');
  expect(readFileSync(unfinished, 'utf8')).toContain('cap_1');
  expect(readdirSync(folder).sort()).toEqual([
    '.gitignore',
    '2026-11-22T15-06-40.000-00000000.jsonl',
    'training.jsonl',
  ]);
});

it('only counts without confirmation', async () => {
  const { folder, path } = await folderWith(someCapture(), someCapture());
  const before = readFileSync(path);
  expect(clearCaptures(folder, Number.POSITIVE_INFINITY, false)).toEqual({
    captures: 2,
    bytes: before.length,
  });
  expect(readFileSync(path).equals(before)).toBe(true);
});

it('a newer version in one journal: nothing is removed from any', async () => {
  const { folder, path } = await folderWith(someCapture());
  appendFileSync(join(folder, 'z.jsonl'), '{"v":2,"headers":[]}\n');
  const before = readFileSync(path);
  expect(() => clearCaptures(folder, Number.POSITIVE_INFINITY, true)).toThrow(
    expect.objectContaining({
      code: 'newer_captures',
      message: expect.stringMatching(/\/z\.jsonl .*\bversion 2\b/),
    }),
  );
  expect(readFileSync(path).equals(before)).toBe(true);
});

it('several processes at once: one clears, and nothing that should stay is lost', async () => {
  const old = Array.from({ length: 3000 }, () => someCapture());
  const recent = Array.from({ length: 200 }, () => ({ ...someCapture(), time: 1795370000000 }));
  const { folder } = await folderWith(...old, ...recent);
  const args = [
    'captures',
    'clear',
    '--before',
    new Date(1795365000000).toISOString(),
    '--yes',
    '--captures',
    folder,
  ];
  const started = Array.from({ length: 4 }, () => startBin(args));
  const codes = await Promise.all(started.map(({ ended }) => ended));
  expect(codes).toContain(0);
  for (const [index, code] of codes.entries()) {
    if (code !== 0) expect(started[index]!.stderr()).toContain('[captures_locked]');
  }
  expect(await idsOf(openJournals(folder).oldestFirst())).toEqual(recent.map(({ id }) => id));
  expect(readdirSync(folder).filter((name) => !name.endsWith('.jsonl'))).toEqual(['.gitignore']);
}, 30_000);

it('a lock that another process holds: nothing is removed', async () => {
  const { folder, path } = await folderWith(someCapture());
  const before = readFileSync(path);
  writeFileSync(join(folder, 'clear.lock'), '');
  expect(() => clearCaptures(folder, Number.POSITIVE_INFINITY, true)).toThrow(
    expect.objectContaining({ code: 'captures_locked' }),
  );
  expect(readFileSync(path).equals(before)).toBe(true);
});

it.each([
  ['an hour ago', -3600],
  ['before the clock went back', 3600],
])(
  'what a process that was killed %s left behind is removed: its lock, and its copies',
  async (_name, seconds) => {
    const { folder, path } = await folderWith(someCapture());
    const [lock, copy] = [join(folder, 'clear.lock'), `${path}.making-1`];
    writeFileSync(lock, '');
    const made = Date.now() / 1000 + seconds;
    utimesSync(lock, made, made);
    writeFileSync(copy, readFileSync(path));
    expect(clearCaptures(folder, Number.POSITIVE_INFINITY, true).captures).toBe(1);
    expect(readdirSync(folder)).toEqual(['.gitignore']);
  },
);

it('a journal that is replaced while it is cleared is left alone', async () => {
  const [old, recent] = [someCapture(), { ...someCapture(), time: 1795370000000 }];
  const { folder, path } = await folderWith(old, recent);
  const { path: other } = await folderWith(someCapture());
  const moment = momentWith(1795365000000, () => renameSync(other, path));
  expect(() => clearCaptures(folder, moment, true)).toThrow(
    expect.objectContaining({ code: 'captures_changed' }),
  );
  expect(readdirSync(folder).filter((name) => name.includes('making'))).toEqual([]);
});

it('journals that are removed while they are cleared are no error', async () => {
  const { folder } = await folderWith(someCapture());
  const { path: second } = await folderWith(someCapture());
  renameSync(second, join(folder, basename(second)));
  const journals = () => readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  expect(journals()).toHaveLength(2);
  const moment = momentWith(1795370000000, () => {
    for (const name of journals()) rmSync(join(folder, name));
  });
  expect(clearCaptures(folder, moment, true)).toEqual({ captures: 0, bytes: 0 });
  expect(readdirSync(folder)).toEqual(['.gitignore']);
});

describe.each([
  ['is killed', 'process.kill(process.pid, "SIGKILL")', 'SIGKILL'],
  ['has a full disk', 'throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" })', 2],
] as const)('clear %s after a listener has added a record', (_name, fault, ended) => {
  it.each([1, 2, 3, 4])(
    'at step %i after the copy of what stays: nothing that stays is lost',
    async (step) => {
      const [old, recent, late] = [
        someCapture(),
        someCapture({ time: 1795370000000 }),
        someCapture({ time: 1795370000001 }),
      ];
      const { folder, path } = await folderWith(old, recent);
      const { path: other } = await folderWith(late);
      const preload = join(temporaryFolder(), 'preload.cjs');
      // Each step changes a name, or opens a file to write to it.
      writeFileSync(
        preload,
        `const fs = require('node:fs'); const { renameSync, openSync, fsyncSync, appendFileSync, readFileSync } = fs;
       let step = 0; let isCopied = false;
       const before = () => { if (isCopied && ++step === ${step}) { ${fault} } };
       fs.fsyncSync = (fd) => {
         fsyncSync(fd);
         if (!isCopied) appendFileSync(${JSON.stringify(path)}, readFileSync(${JSON.stringify(other)}));
         isCopied = true;
       };
       fs.renameSync = (...names) => { before(); renameSync(...names); };
       fs.openSync = (path, flags, ...rest) => { if (flags & 1) before(); return openSync(path, flags, ...rest); };`,
      );
      const args = ['captures', 'clear', '--before', new Date(1795365000000).toISOString(), '--yes'];
      const ran = await runBin([...args, '--captures', folder], {
        env: { NODE_OPTIONS: `--require ${preload}` },
      });
      expect(ran.exitCode).toBe(ended);
      const left = await idsOf(openJournals(folder).oldestFirst());
      expect(left.filter((id) => id !== old.id)).toEqual([recent.id, late.id]);
    },
  );
});

it('a reader that has begun finds what stays in journals that are cleared meanwhile', async () => {
  const [first, old, recent] = [
    someCapture({ time: 1795360000000 }),
    someCapture({ time: 1795361000000 }),
    someCapture({ time: 1795370000000 }),
  ];
  const { folder } = await folderWith(first);
  const { journal } = openJournal(folder, { sync: false, now: () => 1795361000000 });
  for (const capture of [old, recent]) await journal.keep(kept(capture));
  await journal.close();
  const reading = openJournals(folder).oldestFirst();
  clearCaptures(folder, 1795365000000, true);
  expect(await idsOf(reading)).toEqual([recent.id]);
});

it('a journal that became a pipe after the reader was opened is left out, without waiting for a writer', async () => {
  const { folder, path } = await folderWith(someCapture());
  const reader = openJournals(folder);
  rmSync(path);
  spawnSync('mkfifo', [path]);
  expect(await idsOf(reader.oldestFirst())).toEqual([]);
});
