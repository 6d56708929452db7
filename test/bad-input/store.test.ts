import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openJournals } from '../../src/captures/journal/reader.ts';
import { CaptureRecorder } from '../../src/operations/recorder.ts';
import type { Report } from '../../src/report/index.ts';
import { all, kept, keptOutcome, recordsIn, someCapture, someOutcome } from '../support/captures.ts';
import { freshId, post, secretInEnv, startListen } from '../support/listener.ts';
import { runCommand, testSecret } from '../support/memory-io.ts';
import { type Started, startBin, startProcess } from '../support/processes.ts';
import { bin } from '../support/repository.ts';
import { closedPort } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

const env = secretInEnv;
const folderOf = (cwd: string) => join(cwd, '.scalekit-hooks/captures');
const urlOf = async (started: Started) => (await started.until(/ready on (\S+)/))[1]!;

/** The webhook-ids of all stored captures, and the number of damaged records. */
async function keptIn(folder: string) {
  const reader = openJournals(folder);
  const entries = await all(reader.oldestFirst());
  const ids = entries.flatMap((entry) => (entry.kind === 'capture' ? [entry.head.webhookId] : []));
  return { ids, damaged: reader.damage.count };
}

/** Posts until one is not accepted; returns the accepted ids, and the status of the last response. */
async function postUntilRejected(url: string): Promise<{ accepted: string[]; status: number }> {
  const accepted: string[] = [];
  for (;;) {
    const id = freshId();
    const { status } = await post(url, { id, body: JSON.stringify({ type: 'x.y', data: 'x'.repeat(3000) }) });
    if (status !== 201) return { accepted, status };
    accepted.push(id);
  }
}

/** A listener must survive a lack of space: it loses nothing that it accepted, and continues afterwards. */
async function survives(started: Started, folder: string, makeRoom: () => void) {
  const url = await urlOf(started);
  const { accepted, status } = await postUntilRejected(url);
  expect(status).toBe(507);
  for (let more = 0; more < 3; more += 1) {
    const response = await post(url, { body: JSON.stringify({ data: 'x'.repeat(9000) }) });
    expect(response.status).toBe(507);
    expect(await response.json()).toEqual({ error: 'capture_not_stored' });
  }
  expect(await keptIn(folder)).toEqual({ ids: accepted, damaged: 0 });
  makeRoom();
  const ids = [freshId(), freshId()];
  for (const id of ids) expect((await post(url, { id })).status).toBe(201);
  expect(await keptIn(folder)).toEqual({ ids: [...accepted, ...ids], damaged: 0 });
  const warnings = started.stderr().match(/^note: .*\b(507|can be stored again)\b.*/gm);
  expect(warnings).toEqual([
    expect.stringMatching(/\b(ENOSPC|EFBIG|EDQUOT)\b.*\b507\b/),
    expect.stringMatching(/: 4$/),
  ]);
}

const hasLimits = spawnSync('prlimit', ['--version']).status === 0;
const hasNamespaces = spawnSync('unshare', ['-rm', 'true']).status === 0;

describe('a folder that cannot be created or written', () => {
  it.each([
    ['below a file', (cwd: string) => join(cwd, 'file/captures')],
    ['a file', (cwd: string) => join(cwd, 'file')],
    ['below /proc', () => '/proc/captures'],
  ])('%s: an error before the port is opened; --no-capture still works', async (_name, place) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'file'), '');
    const port = String(await closedPort());
    const ran = await runCommand(['listen', '--port', port, '--captures', place(cwd)], { env, cwd });
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toMatch(
      /^error: .+ \[unusable_captures_folder\]\n {2}\S.*\n {2}fix: .*--captures .*--no-capture\b.*\n$/,
    );
    expect(ran.stderr.split('\n')[0]).toContain(` ${place(cwd)} `);
    await expect(post(`http://127.0.0.1:${port}`)).rejects.toThrow();
    const listener = await startListen(['--no-capture'], { cwd });
    expect((await post(listener.url)).status).toBe(201);
    expect(listener.facts('received')[0]).toMatchObject({ capture: null });
    expect(readdirSync(cwd)).toEqual(['file']);
  });
});

describe('no space', () => {
  it.skipIf(!hasLimits)('a file size limit that is lifted later (skipped without prlimit)', async () => {
    const cwd = temporaryFolder();
    const started = startProcess(
      'bash',
      ['-c', `ulimit -S -f 40; exec '${process.execPath}' '${bin}' listen --port 0`],
      { env, cwd },
    );
    await survives(started, folderOf(cwd), () => {
      execFileSync('prlimit', ['--pid', String(started.child.pid), '--fsize=unlimited:']);
    });
  });

  it.skipIf(!hasNamespaces)(
    'a full disk that gets free space later (skipped without user namespaces)',
    async () => {
      const cwd = temporaryFolder();
      const disk = join(cwd, 'disk');
      mkdirSync(disk);
      const script = `mount -t tmpfs -o size=64k tmpfs '${disk}'; head -c 20000 /dev/zero > '${disk}/ballast'; echo mounted >&2; exec '${process.execPath}' '${bin}' listen --port 0 --captures '${disk}/captures'`;
      const started = startProcess('unshare', ['-rm', 'sh', '-c', script], { env, cwd });
      await started.until(/mounted/);
      // From outside the namespace, the mounted disk is below the folder of the process in /proc.
      const inside = `/proc/${started.child.pid}/root${disk}`;
      await survives(started, join(inside, 'captures'), () => writeFileSync(join(inside, 'ballast'), ''));
    },
  );

  it.skipIf(!hasNamespaces)(
    'on a full disk, captures clear makes space for new events (skipped without user namespaces)',
    async () => {
      const cwd = temporaryFolder();
      const disk = join(cwd, 'disk');
      mkdirSync(disk);
      const script = `mount -t tmpfs -o size=128k tmpfs '${disk}'; echo mounted >&2; exec '${process.execPath}' '${bin}' listen --port 0 --captures '${disk}/captures'`;
      const started = startProcess('unshare', ['-rm', 'sh', '-c', script], { env, cwd });
      const url = await urlOf(started);
      const folder = join(`/proc/${started.child.pid}/root${disk}`, 'captures');
      expect((await postUntilRejected(url)).status).toBe(507);
      const cleared = await runCommand(['captures', 'clear', '--yes', '--captures', folder], { cwd });
      expect(cleared.exitCode, cleared.stderr).toBe(0);
      expect((await post(url, { id: 'msg_after' })).status).toBe(201);
      expect(await keptIn(folder)).toEqual({ ids: ['msg_after'], damaged: 0 });
    },
  );

  it('an outcome that cannot be stored: one warning', async () => {
    const warnings: string[] = [];
    const writer = {
      keep: () => Promise.reject(new Error('ENOSPC: no space left')),
      close: async () => {},
    };
    const keeper = new CaptureRecorder(writer, {
      warn: (text: string) => warnings.push(text),
    } as unknown as Report);
    const outcome = keptOutcome(someOutcome(someCapture()));
    for (let count = 0; count < 3; count += 1) await keeper.keep(outcome);
    expect(warnings).toEqual([
      expect.stringMatching(/\boutcome\b.*\bENOSPC: no space left\b.*\breplay --failed\b/),
    ]);
  });

  it.each([
    ['ENOSPC', 507],
    ['EDQUOT', 507],
    ['EFBIG', 507],
    ['EROFS', 503],
    ['EIO', 503],
    ['EMFILE', 503],
  ])('%s: answered with %i, one warning, and one note when it works again', async (code, status) => {
    const warnings: string[] = [];
    let isFull = true;
    const keeper = new CaptureRecorder(
      {
        keep: async () => {
          if (isFull) throw Object.assign(new Error(`${code}: disk error`), { code });
          return { load: async () => undefined };
        },
        close: async () => {},
      },
      { warn: (text: string) => warnings.push(text) } as unknown as Report,
    );
    for (let count = 0; count < 3; count += 1)
      expect((await keeper.keep(kept(someCapture()))).failure).toBe(status);
    isFull = false;
    for (let count = 0; count < 3; count += 1)
      expect((await keeper.keep(kept(someCapture()))).failure).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(new RegExp(`\\b${code}: disk error\\b.*\\b${status}\\b`)),
      expect.stringMatching(/: 3$/),
    ]);
  });

  it.skipIf(!hasLimits)(
    'too many connections: it survives, and accepts events when they are closed (skipped without prlimit)',
    async () => {
      const cwd = temporaryFolder();
      const started = startProcess(
        'bash',
        ['-c', `ulimit -n 40; exec '${process.execPath}' '${bin}' listen --port 0`],
        { env, cwd },
      );
      const url = await urlOf(started);
      const { connect } = await import('node:net');
      const sockets = Array.from({ length: 80 }, () =>
        connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {}),
      );
      await Promise.all(
        sockets.map(
          (socket) => new Promise((resolve) => socket.once('connect', resolve).once('close', resolve)),
        ),
      );
      for (const socket of sockets) socket.destroy();
      // Until the listener has seen that they are closed, it resets new connections.
      const send = () =>
        post(url, { headers: { connection: 'close' } }).then(
          ({ status }) => status,
          () => 'reset',
        );
      await expect.poll(send, { timeout: 10_000 }).toBe(201);
      expect((await keptIn(folderOf(cwd))).ids).toHaveLength(1);
    },
  );
});

it('a truncated and a damaged line: the list has a note and exits 0; a new listener needs no repair', async () => {
  const cwd = temporaryFolder();
  const first = await startListen([], { cwd });
  await post(first.url, { id: 'msg_a' });
  await first.stop();
  const [journal] = readdirSync(folderOf(cwd)).filter((name) => name.endsWith('.jsonl'));
  const path = join(folderOf(cwd), journal!);
  writeFileSync(
    path,
    Buffer.concat([
      Buffer.alloc(100),
      Buffer.from('\n'),
      readFileSync(path),
      Buffer.from('{"v":1,"record":"capt'),
    ]),
  );
  const second = await startListen([], { cwd });
  await post(second.url, { id: 'msg_b' });
  const ran = await runCommand(['captures'], { cwd });
  expect(ran.exitCode).toBe(0);
  expect(ran.stdout.match(/msg_[ab]/g)).toEqual(['msg_b', 'msg_a']);
  expect(ran.stderr).toMatch(/^note: .*\b2 damaged records\b.*\.jsonl line \d+$/m);
});

it('two listeners in one folder: each event is stored once, and no record is damaged', async () => {
  const cwd = temporaryFolder();
  const listeners = [
    startBin(['listen', '--port', '0', '--quiet'], { env, cwd }),
    startBin(['listen', '--port', '0', '--quiet'], { env, cwd }),
  ];
  const urls = await Promise.all(listeners.map(urlOf));
  const ids = Array.from({ length: 400 }, freshId);
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < ids.length; index = next++) {
      const body = JSON.stringify({ type: 'x.y', data: 'x'.repeat((index * 997) % 100_000) });
      expect((await post(urls[index % 2]!, { id: ids[index]!, body })).status).toBe(201);
    }
  };
  await Promise.all(Array.from({ length: 16 }, lane));
  const { ids: found, damaged } = await keptIn(folderOf(cwd));
  expect(damaged).toBe(0);
  expect([...found].sort()).toEqual([...ids].sort());
  expect(readdirSync(folderOf(cwd)).filter((name) => name.endsWith('.jsonl'))).toHaveLength(2);
});

it('a store of a newer version: exit code 2, the file is unchanged, and a listener still works', async () => {
  const cwd = temporaryFolder();
  const listener = await startListen([], { cwd });
  const path = join(folderOf(cwd), 'newer.jsonl');
  const text = '{"v":7,"record":"capture","headers":[],"body":""}\n';
  writeFileSync(path, text);
  expect((await post(listener.url)).status).toBe(201);
  for (const args of [
    ['captures'],
    ['captures', 'show', 'last:5'],
    ['captures', 'clear', '--yes'],
    ['replay', '--all'],
  ]) {
    const ran = await runCommand([...args, '--json'], { env, cwd });
    expect(ran, args.join(' ')).toMatchObject({ exitCode: 2 });
    expect(ran.facts.at(-1)).toMatchObject({
      code: 'newer_captures',
      message: expect.stringContaining('newer.jsonl'),
      detail: expect.stringContaining('version 7'),
    });
  }
  expect(readFileSync(path, 'utf8')).toBe(text);
});

describe('a symbolic link', () => {
  it.each(['.scalekit-hooks', '.scalekit-hooks/captures', 'elsewhere'])(
    'in place of %s is rejected by every command',
    async (place) => {
      const cwd = temporaryFolder();
      const trap = temporaryFolder();
      mkdirSync(join(trap, 'captures'));
      if (place.includes('/')) mkdirSync(join(cwd, '.scalekit-hooks'));
      symlinkSync(place === '.scalekit-hooks' ? trap : join(trap, 'captures'), join(cwd, place));
      const where = place === 'elsewhere' ? ['--captures', 'elsewhere'] : [];
      for (const args of [
        ['listen', '--port', '0'],
        ['captures'],
        ['captures', 'clear', '--yes'],
        ['replay', '--all'],
      ]) {
        const ran = await runCommand([...args, ...where, '--json'], { env, cwd });
        expect(ran).toMatchObject({
          exitCode: 2,
          facts: [{ code: 'unusable_captures_folder', detail: expect.stringContaining('symbolic link') }],
        });
      }
      expect(readdirSync(join(trap, 'captures'))).toEqual([]);
    },
  );

  it('in place of a journal is not read', async () => {
    const cwd = temporaryFolder();
    const listener = await startListen([], { cwd });
    await post(listener.url, { id: 'msg_real' });
    const [journal] = readdirSync(folderOf(cwd)).filter((name) => name.endsWith('.jsonl'));
    symlinkSync(join(folderOf(cwd), journal!), join(folderOf(cwd), 'link.jsonl'));
    expect((await keptIn(folderOf(cwd))).ids).toEqual(['msg_real']);
  });
});

describe('modes', () => {
  it.each(['000', '022', '077', '777'])('with umask %s: folders 0700, files 0600', async (umask) => {
    const cwd = temporaryFolder();
    const script = `umask ${umask}; exec '${process.execPath}' '${bin}' listen --port 0 --quiet`;
    const started = startProcess('sh', ['-c', script], { env, cwd });
    expect((await post(await urlOf(started))).status).toBe(201);
    expect(statSync(join(cwd, '.scalekit-hooks')).mode & 0o777).toBe(0o700);
    expect(statSync(folderOf(cwd)).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folderOf(cwd)).filter((name) => name.endsWith('.jsonl')))
      expect(statSync(join(folderOf(cwd), name)).mode & 0o777).toBe(0o600);
  });

  it('a captures folder that others can read becomes private', async () => {
    const cwd = temporaryFolder();
    mkdirSync(folderOf(cwd), { recursive: true });
    chmodSync(folderOf(cwd), 0o755);
    await startListen([], { cwd });
    expect(statSync(folderOf(cwd)).mode & 0o777).toBe(0o700);
  });
});

it('ids, types and paths never become file names', async () => {
  const cwd = temporaryFolder();
  const { url } = await startListen([], { cwd });
  for (const name of ['../../x', 'a/b', 'CON', '..', 'x'.repeat(8000)]) {
    await post(`${url}/${encodeURIComponent(name)}`, {
      id: name.slice(0, 200),
      body: JSON.stringify({ type: name, id: name }),
    });
  }
  const files = readdirSync(cwd, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.jsonl') || file.includes('x'),
  );
  expect(files).toHaveLength(1);
  expect(recordsIn(folderOf(cwd))).toHaveLength(5);
});

describe('in a git work tree', () => {
  const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, encoding: 'utf8' });

  it('git does not see captures', async () => {
    const cwd = temporaryFolder();
    git(cwd, 'init', '-q');
    const { url } = await startListen([], { cwd });
    await post(url);
    expect(git(cwd, 'status', '--porcelain', '--untracked-files=all')).toBe('');
    expect(existsSync(join(cwd, '.gitignore'))).toBe(false);
  });

  it('a folder with other files is unchanged, and a note warns about it', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'app.js'), '');
    chmodSync(cwd, 0o755);
    const { io, url } = await startListen(['--captures', '.'], { cwd });
    await post(url);
    const [note] = io.stderr.text.split('\n').filter((line) => line.startsWith(`note: ${cwd} `));
    expect(note).toMatch(/\bpermissions\b.*\.gitignore\b.*\bversion control\b/);
    expect(readdirSync(cwd).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(statSync(cwd).mode & 0o777).toBe(0o755);
  });
});

it('no secret is stored: neither credentials nor the signing secret', async () => {
  const cwd = temporaryFolder();
  const { url } = await startListen([], { cwd });
  await post(url, {
    headers: { authorization: 'Bearer abc', cookie: 'sid=abc', 'proxy-authorization': 'Basic abc' },
  });
  const text = JSON.stringify(recordsIn(folderOf(cwd)));
  expect(text).not.toMatch(/Bearer abc|sid=abc|Basic abc/);
  expect(text).not.toContain(testSecret.slice(6));
  expect(text).toContain('webhook-signature');
});
