import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clearCaptures } from '../../../src/captures/journal/clear.ts';
import { followJournals } from '../../../src/captures/journal/follow.ts';
import { openJournals } from '../../../src/captures/journal/reader.ts';
import { openJournal } from '../../../src/captures/journal/writer.ts';
import type { CaptureWriter } from '../../../src/captures/store.ts';
import {
  all,
  idsOf,
  kept,
  keptOutcome,
  recordsIn,
  someCapture,
  someOutcome,
} from '../../support/captures.ts';
import { secretInEnv } from '../../support/listener.ts';
import { runBin } from '../../support/processes.ts';
import { bin } from '../../support/repository.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { holdsTheContract } from '../contract.ts';

/** The start of the journals, before the captures of the tests. */
const now = () => 1795360000000;

for (const sync of [false, true]) {
  holdsTheContract(`a journal ${sync ? 'that syncs' : 'that does not sync'}`, () => {
    const folder = join(temporaryFolder(), 'captures');
    return {
      openWriter: async () => openJournal(folder, { sync, now }).journal,
      openReader: async () => openJournals(folder),
      follow: (after, stop) => followJournals(folder, after, stop),
    };
  });
}

const journalsOf = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.jsonl'));

async function withJournal(use: (journal: CaptureWriter, folder: string) => Promise<void>): Promise<string> {
  const folder = join(temporaryFolder(), 'captures');
  const { journal } = openJournal(folder, { sync: false, now });
  await use(journal, folder);
  await journal.close();
  return folder;
}

describe('the file', () => {
  it('has one line of JSON per record: version first, searchable members before headers and body', async () => {
    const capture = someCapture();
    const folder = await withJournal(async (journal) => {
      await journal.keep(kept(capture));
      await journal.keep(keptOutcome(someOutcome(capture, { status: null, failure: 'connection_refused' })));
    });
    const [first, second] = recordsIn(folder);
    expect(Object.keys(first!)).toEqual([
      'v',
      'record',
      'capture',
      'time',
      'source',
      'event_type',
      'event_id',
      'organization_id',
      'webhook_id',
      'verified',
      'reason',
      'reason_headers',
      'age_seconds',
      'status',
      'forward_to',
      'method',
      'path',
      'headers',
      'body',
    ]);
    expect(first).toMatchObject({ v: 1, record: 'capture', body: capture.body.toString() });
    expect(second).toMatchObject({
      v: 1,
      record: 'outcome',
      capture: capture.id,
      status: null,
      failure: 'connection_refused',
    });
  });

  it('does not exist when nothing was kept', async () => {
    const folder = await withJournal(async () => {});
    expect(readdirSync(folder)).toEqual(['.gitignore']);
  });

  it('stores a body as text only if text preserves its bytes', async () => {
    const bodies = [
      Buffer.from('é'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\ufeff{}'),
      Buffer.from([0xed, 0xa0, 0x80]),
    ];
    const folder = await withJournal(async (journal) => {
      for (const body of bodies) await journal.keep(kept(someCapture({ body })));
    });
    expect(recordsIn(folder).map((record) => record.body ?? `base64 ${record.body_base64}`)).toEqual([
      'é',
      'base64 //4=',
      '\ufeff{}',
      'base64 7aCA',
    ]);
  });

  it('contains no credentials', async () => {
    const headers = [
      ['Authorization', 'Bearer abc'],
      ['cookie', 'sid=abc'],
    ] as const;
    const folder = await withJournal(async (journal) => {
      await journal.keep(kept(someCapture({ headers })));
    });
    expect(recordsIn(folder)[0]!.headers).toEqual([
      ['Authorization', '(masked)'],
      ['cookie', '(masked)'],
    ]);
  });
});

describe('a journal changed by another program while it is in use', () => {
  const rename = (from: string, to: string) => renameSync(from, to);
  it.each<[what: string, change: (path: string, folder: string) => void]>([
    ['moved', (path) => rename(path, `${path}.1`)],
    ['hard-linked and removed', (path) => void [linkSync(path, `${path}.backup`), rmSync(path)]],
    ['replaced by a copy', (path) => void [copyFileSync(path, `${path}~`), rename(`${path}~`, path)]],
    ['moved with its folder', (_path, folder) => rename(folder, `${folder}.old`)],
    ['truncated', (path) => truncateSync(path, 0)],
    ['cut in the middle of a line', (path) => truncateSync(path, statSync(path).size - 5)],
  ])('%s: what is kept afterwards is found, and nothing is joined', async (_what, change) => {
    const [before, ...later] = [someCapture(), someCapture(), someCapture()];
    const folder = await withJournal(async (journal, folder) => {
      await journal.keep(kept(before!));
      change(join(folder, journalsOf(folder)[0]!), folder);
      for (const capture of later) await journal.keep(kept(capture));
    });
    const ids = await idsOf(openJournals(folder).oldestFirst());
    expect(ids.filter((id) => id !== before!.id)).toEqual(later.map(({ id }) => id));
  });

  it.each<[what: string, change: (path: string, folder: string) => void]>([
    ['removed', (path) => rmSync(path)],
    ['moved with its folder', (_path, folder) => rename(folder, `${folder}.old`)],
    ['truncated', (path) => truncateSync(path, 0)],
    ['renamed', (path) => rename(path, `${path.slice(0, -'.jsonl'.length)}.old.jsonl`)],
    ['cleared', (_path, folder) => void clearCaptures(folder, 0, true)],
  ])('%s while it is synced: what is kept is found, once', async (_what, change) => {
    const folder = join(temporaryFolder(), 'captures');
    const { journal } = openJournal(folder, { sync: true, now });
    const capture = someCapture();
    const keeping = journal.keep(kept(capture));
    // The record is written in the turn before, and its sync ends in a later one.
    await new Promise((resolve) => setImmediate(resolve));
    const path = journalsOf(folder)
      .map((name) => join(folder, name))
      .find((each) => statSync(each).size > 0);
    change(path!, folder);
    await keeping;
    await journal.close();
    expect(await idsOf(openJournals(folder).oldestFirst())).toEqual([capture.id]);
  });

  it('a folder that became a link: an error, because readers do not follow it', async () => {
    const folder = await withJournal(async (journal, folder) => {
      await journal.keep(kept(someCapture()));
      rename(folder, `${folder}.old`);
      symlinkSync(`${folder}.old`, folder);
      await expect(journal.keep(kept(someCapture()))).rejects.toThrow(
        expect.objectContaining({ code: 'unusable_captures_folder' }),
      );
      rmSync(folder);
      await journal.keep(kept(someCapture()));
    });
    expect(await idsOf(openJournals(folder).oldestFirst())).toHaveLength(1);
  });
});

describe('rejected messages', () => {
  const rejected = (bytes: number) =>
    someCapture({
      verified: false,
      reason: 'signature_mismatch',
      status: 401,
      body: Buffer.alloc(bytes, 'x'),
    });
  const sizeOf = (folder: string) =>
    journalsOf(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

  it('take 64 MB at most, the newest of them, and never the place of others', async () => {
    const [real, last] = [someCapture(), rejected(1000)];
    const folder = await withJournal(async (journal) => {
      await journal.keep(kept(real));
      for (let count = 0; count < 400; count += 1) await journal.keep(kept(rejected(256 * 1024)));
      await journal.keep(kept(last));
    });
    expect(sizeOf(folder)).toBeLessThan(65 * 1024 * 1024);
    const ids = await idsOf(openJournals(folder).oldestFirst());
    expect([ids[0], ids.at(-1)]).toEqual([real.id, last.id]);
    expect(ids.length).toBeGreaterThan(200);
  });

  it('a folder with the name of the oldest of them is left alone', async () => {
    const folder = join(temporaryFolder(), 'captures');
    mkdirSync(join(folder, '0.rejected.jsonl'), { recursive: true });
    writeFileSync(join(folder, '1.rejected.jsonl'), Buffer.alloc(60 * 1024 * 1024, '\n'));
    const { journal } = openJournal(folder, { sync: false, now });
    await journal.keep(kept(rejected(1000)));
    await journal.close();
    expect(existsSync(join(folder, '1.rejected.jsonl'))).toBe(false);
    expect(existsSync(join(folder, '0.rejected.jsonl'))).toBe(true);
  });

  it('the quota is one for all listeners of a folder', async () => {
    const folder = join(temporaryFolder(), 'captures');
    for (let listener = 0; listener < 4; listener += 1) {
      const { journal } = openJournal(folder, { sync: false, now: () => now() + listener });
      for (let count = 0; count < 100; count += 1) await journal.keep(kept(rejected(256 * 1024)));
      await journal.close();
    }
    expect(sizeOf(folder)).toBeLessThan(65 * 1024 * 1024);
  });
});

/** An environment in which a call fails for one file. Not by permissions: root may read everything. */
function failingAt(call: string, name: string): { NODE_OPTIONS: string } {
  const preload = join(temporaryFolder(), 'preload.cjs');
  writeFileSync(
    preload,
    `const fs = require('node:fs'); const { openSync, readSync } = fs; let broken;
     const fail = () => { throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO', errno: -5, syscall: 'read' }); };
     fs.openSync = (path, ...rest) => {
       const isBroken = String(path).endsWith(${JSON.stringify(name)});
       if (isBroken && ${JSON.stringify(call)} === 'openSync') fail();
       const fd = openSync(path, ...rest);
       if (isBroken) broken = fd; else if (broken === fd) broken = undefined;
       return fd;
     };
     fs.readSync = (fd, ...rest) => (fd === broken ? fail() : readSync(fd, ...rest));`,
  );
  return { NODE_OPTIONS: `--require ${preload}` };
}

describe('a folder of many or unreadable journals', () => {
  it('.gitignore ignores everything, whatever it said before', async () => {
    const folder = await withJournal(async () => {});
    writeFileSync(join(folder, '.gitignore'), '*\n!*.jsonl\n');
    const { journal } = openJournal(folder, { sync: false, now });
    await journal.close();
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('.gitignore is replaced if it cannot be read', async () => {
    const folder = await withJournal(async () => {});
    writeFileSync(join(folder, '.gitignore'), '!*\n');
    const preload = join(temporaryFolder(), 'preload.cjs');
    // Not by permissions: root may read everything.
    writeFileSync(
      preload,
      `const fs = require('node:fs'); const { readFileSync } = fs;
       fs.readFileSync = (path, ...rest) => {
         if (String(path).endsWith('.gitignore')) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
         return readFileSync(path, ...rest);
       };`,
    );
    const args = ['listen', '--port', '0', '--expect', 'user.created=1', '--within', '1ms'];
    const ran = await runBin([...args, '--captures', folder], {
      env: { ...secretInEnv, NODE_OPTIONS: `--require ${preload}` },
    });
    expect(ran.exitCode, ran.stderr).toBe(1);
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
  });

  it.each(['openSync', 'readSync'])(
    'one that fails at %s is named, and the others are read',
    async (call) => {
      const [first, second] = [someCapture(), someCapture()];
      const folder = await withJournal(async (journal) => {
        await journal.keep(kept(first));
      });
      const [readable] = journalsOf(folder);
      const { journal } = openJournal(folder, { sync: false, now: () => now() + 1 });
      await journal.keep(kept(second));
      await journal.close();
      const broken = journalsOf(folder).find((name) => name !== readable)!;
      const env = failingAt(call, broken);
      const ran = await runBin(['captures', '--json', '--captures', folder], { env });
      expect(
        ran.stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).capture),
      ).toEqual([first.id]);
      expect(ran.stderr).toMatch(new RegExp(`could not read .*${broken}: .*i/o error`));
      expect(ran.exitCode).toBe(2);
    },
  );

  it.each([
    [['captures', 'show', 'last'], 0],
    [['captures', 'save', 'last', 'event.json'], 0],
    [['captures', 'export', 'flow.json', 'last:1'], 2],
    [['captures', 'export', 'other.json', '--type', 'no.such'], 2],
    [['captures', 'show', 'cap_unknown'], 2],
    [['verify', 'last', '--at', '1795360000'], 0],
    [['replay', 'last', '--dry-run'], 0],
    [['replay', '--type', 'no.such', '--dry-run'], 2],
  ])('%j names one that cannot be read', async (args, exitCode) => {
    const folder = await withJournal(async (journal) => {
      await journal.keep(kept(someCapture()));
    });
    const broken = '2026-11-22T15-06-40.000-00000000.jsonl';
    writeFileSync(join(folder, broken), '\n');
    const env = { ...secretInEnv, ...failingAt('openSync', broken) };
    const ran = await runBin([...args, '--captures', folder], { env });
    expect(ran.stderr.match(/could not read .*/g)).toEqual([
      expect.stringMatching(new RegExp(`${broken}: .*i/o error`)),
    ]);
    expect(ran.exitCode, ran.stderr).toBe(exitCode);
  });

  it('600 journals of one time are read with 200 open files', async () => {
    const folder = join(temporaryFolder(), 'captures');
    const captures: string[] = [];
    for (let count = 0; count < 600; count += 1) {
      const { journal } = openJournal(folder, { sync: false, now });
      const capture = someCapture({ time: now() });
      await journal.keep(kept(capture));
      await journal.close();
      captures.push(capture.id);
    }
    const limited = ['-c', 'ulimit -n 200; exec "$@"', 'bash', process.execPath, bin];
    const listed = execFileSync(
      'bash',
      [...limited, 'captures', '--limit', '1000', '--json', '--captures', folder],
      { encoding: 'utf8' },
    );
    const ids = listed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).capture);
    expect(ids.sort()).toEqual(captures.sort());
  });
});

describe('a journal removed while it is in use', () => {
  it.each(['the file', 'the folder'])(
    '%s is removed: the next capture is kept in a new one',
    async (what) => {
      const [lost, found] = [someCapture(), someCapture()];
      const folder = await withJournal(async (journal, folder) => {
        await journal.keep(kept(lost));
        rmSync(what === 'the folder' ? folder : join(folder, journalsOf(folder)[0]!), { recursive: true });
        await journal.keep(kept(found));
      });
      expect(await idsOf(openJournals(folder).oldestFirst())).toEqual([found.id]);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      expect(existsSync(join(folder, '.gitignore'))).toBe(true);
    },
  );
});

it('a folder that cannot be created again: an error until it can, and nothing is written elsewhere', async () => {
  const [lost, found] = [someCapture(), someCapture()];
  const bystander = join(temporaryFolder(), 'bystander');
  const unusable = expect.objectContaining({ code: 'unusable_captures_folder' });
  const folder = await withJournal(async (journal, folder) => {
    await journal.keep(kept(lost));
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'in its place');
    await expect(journal.keep(kept(someCapture()))).rejects.toThrow(unusable);
    // A file opened now gets the lowest free descriptor.
    const numbers = Array.from({ length: 5 }, () => openSync(bystander, 'a'));
    await expect(journal.keep(kept(someCapture()))).rejects.toThrow(unusable);
    for (const number of numbers) closeSync(number);
    rmSync(folder);
    await journal.keep(kept(found));
  });
  expect(readFileSync(bystander, 'utf8')).toBe('');
  expect(readFileSync(bystander).length).toBe(0);
  expect(await idsOf(openJournals(folder).oldestFirst())).toEqual([found.id]);
});

describe('reading damaged journals', () => {
  /** A journal of captures that was changed afterwards. */
  async function changed(change: (path: string) => void, captures = [someCapture(), someCapture()]) {
    const folder = await withJournal(async (journal) => {
      for (const capture of captures) await journal.keep(kept(capture));
    });
    change(join(folder, journalsOf(folder)[0]!));
    return { reader: openJournals(folder), ids: captures.map(({ id }) => id) };
  }
  const insertSecond = (line: string | Buffer) => (path: string) => {
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(
      path,
      Buffer.concat([Buffer.from(`${lines[0]}\n`), Buffer.from(line), Buffer.from(`\n${lines[1]}\n`)]),
    );
  };

  it.each([
    ['half a record', '{"v":1,"record":"capture","capture":"cap_x","time":"20'],
    ['NUL bytes', Buffer.alloc(5000)],
    ['binary', Buffer.from(Array.from({ length: 255 }, (_, byte) => byte).filter((byte) => byte !== 10))],
    ['text', 'hello'],
    ['other JSON', '{"v":1}'],
    ['an array', '[1,2]'],
    ['a record without its searchable members', '{"v":1,"record":"capture","headers":[],"body":""}'],
    [
      'a record with an invalid time',
      '{"v":1,"record":"outcome","capture":"cap_1","time":"yesterday","webhook_id":null,"via":"forward","url":"","status":201,"failure":null,"duration_ms":1}',
    ],
  ])('%s in the middle is skipped and counted, with its line', async (_name, line) => {
    const { reader, ids } = await changed(insertSecond(line));
    for (const walk of [
      () => idsOf(reader.oldestFirst()),
      async () => (await idsOf(reader.newestFirst())).reverse(),
    ]) {
      expect(await walk()).toEqual(ids);
      expect(reader.damage.count).toBe(1);
      expect(reader.damage.first).toMatch(/\.jsonl line 2$/);
    }
  });

  it('the last line truncated at any byte: it is skipped, and the first is read', async () => {
    const captures = [someCapture(), someCapture({ body: Buffer.from('{"a":"\\\\"}{}'), headers: [] })];
    const { reader } = await changed(() => {}, captures);
    expect(await idsOf(reader.oldestFirst())).toHaveLength(2);
    const folder = await withJournal(async (journal) => {
      for (const capture of captures) await journal.keep(kept(capture));
    });
    const path = join(folder, journalsOf(folder)[0]!);
    const whole = readFileSync(path);
    const secondAt = whole.indexOf('\n') + 1;
    for (let size = whole.length - 2; size > secondAt; size -= 1) {
      truncateSync(path, size);
      const cut = openJournals(folder);
      expect(await idsOf(cut.newestFirst())).toEqual([captures[0]!.id]);
      expect(cut.damage.count).toBe(1);
    }
  });

  it('a record with a damaged body is listed, and counted when it is loaded', async () => {
    const { reader } = await changed((path) => {
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, text.replace('"body":"', '"body":7"'));
    });
    const [first] = await all(reader.oldestFirst());
    expect(first?.kind === 'capture' && first.load()).toBeUndefined();
    expect(reader.damage.count).toBe(1);
  });

  it('reordered and additional members are accepted', async () => {
    const captures = [someCapture({ body: Buffer.from('{"a":",\\"headers\\":[1]"}') })];
    const { reader } = await changed((path) => {
      const record = JSON.parse(readFileSync(path, 'utf8'));
      const turned = Object.fromEntries(Object.entries({ ...record, new_member: 1 }).reverse());
      writeFileSync(path, `${JSON.stringify(turned)}\n`);
    }, captures);
    const [entry] = await all(reader.oldestFirst());
    expect(entry?.kind === 'capture' && entry.load()).toEqual(captures[0]);
  });

  it('a newer version is rejected, and nothing is changed', async () => {
    let before = '';
    let file = '';
    const { reader } = await changed((path) => {
      appendFileSync(path, '{"v":2,"record":"capture","headers":[]}\n');
      [file, before] = [path, readFileSync(path, 'utf8')];
    });
    await expect(idsOf(reader.oldestFirst())).rejects.toThrow(
      expect.objectContaining({
        code: 'newer_captures',
        message: expect.stringMatching(/\.jsonl .*\bversion 2\b/),
      }),
    );
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('other files and folders beside the journals are ignored', async () => {
    const folder = await withJournal(async (journal, folder) => {
      await journal.keep(kept(someCapture()));
      writeFileSync(join(folder, 'notes.txt'), 'x');
      mkdirSync(join(folder, 'folder.jsonl'));
    });
    const reader = openJournals(folder);
    expect(await idsOf(reader.oldestFirst())).toHaveLength(1);
    expect(reader.damage.count).toBe(0);
  });
});
