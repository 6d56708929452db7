/**
 * Fills the disk and frees it again, repeatedly: a small tmpfs in a separate namespace, or else a file size limit
 * (ulimit) that makes real writes fail.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pool } from 'undici';
import {
  eventOf,
  has,
  inFolder,
  lostOf,
  post,
  randomOf,
  readJournals,
  startListener,
  stillWorks,
} from './harness.mjs';

export const title = 'full disk, then free space again';
export const sizes = { short: 5, long: 100 };

export const torture = (rounds, seed) =>
  inFolder(async (cwd) => {
    const random = randomOf(seed);
    const disk = has('unshare', '-rm', 'true')
      ? await smallDisk(cwd)
      : has('prlimit', '--version')
        ? await smallFile(cwd)
        : undefined;
    if (!disk) return [{ name: 'skipped: namespaces and prlimit are not available', value: 1 }];
    const { listener, folder, fill, free } = disk;
    const acknowledged = new Set();
    let [insufficientStorage, notRecovered, otherStatuses] = [0, 0, 0];
    const pool = new Pool(listener.url, { connections: 4 });
    for (let round = 0; round < rounds; round += 1) {
      fill();
      for (let fails = 0; fails < 5; ) {
        const event = eventOf(Math.floor(random() * 8000));
        const status = await post(pool, event);
        if (status === 201) acknowledged.add(event.id);
        else fails += 1;
        if (status === 507) insufficientStorage += 1;
        else if (status !== 201) otherStatuses += 1;
      }
      free();
      if (!(await stillWorks(listener.url))) notRecovered += 1;
    }
    await pool.destroy();
    const { kept, torn } = await readJournals(cwd, folder);
    listener.child.kill('SIGKILL');
    await listener.ended;
    return [
      { name: `rounds, with ${disk.means}`, value: rounds },
      { name: 'answered 507', value: insufficientStorage, goal: ['>=', rounds * 5] },
      { name: 'answered with another status', value: otherStatuses, goal: ['<=', 0] },
      { name: 'acknowledged', value: acknowledged.size, goal: ['>=', 1] },
      { name: 'acknowledged and lost', value: lostOf(acknowledged, kept), goal: ['<=', 0] },
      { name: 'torn or joined lines', value: torn, goal: ['<=', 0] },
      { name: 'rounds after which no event was accepted', value: notRecovered, goal: ['<=', 0] },
    ];
  });

async function smallDisk(cwd) {
  const disk = join(cwd, 'disk');
  mkdirSync(disk);
  const script = `mount -t tmpfs -o size=16m tmpfs '${disk}'; exec "$@"`;
  const listener = await startListener(
    cwd,
    ['--captures', join(disk, 'captures')],
    ['unshare', '-rm', 'sh', '-c', script, 'sh', process.execPath],
  );
  // From outside the namespace, the mount is visible below /proc/<pid>/root.
  const inside = `/proc/${listener.child.pid}/root${disk}`;
  const used = () =>
    readdirSync(join(inside, 'captures')).reduce(
      (sum, name) => sum + statSync(join(inside, 'captures', name)).size,
      0,
    );
  const ballast = join(inside, 'ballast');
  return {
    means: 'a tmpfs',
    listener,
    folder: join(inside, 'captures'),
    fill: () => writeFileSync(ballast, Buffer.alloc(Math.max(0, 16 * 1024 * 1024 - used() - 120_000))),
    free: () => writeFileSync(ballast, ''),
  };
}

async function smallFile(cwd) {
  const script = 'ulimit -S -f 40; exec "$@"';
  const listener = await startListener(cwd, [], ['bash', '-c', script, 'bash', process.execPath]);
  const folder = join(cwd, '.scalekit-hooks/captures');
  const limit = (size) => execFileSync('prlimit', ['--pid', String(listener.child.pid), `--fsize=${size}:`]);
  const size = () => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  return {
    means: 'a file size limit',
    listener,
    folder,
    fill: () => limit(size() + 40_000),
    free: () => limit('unlimited'),
  };
}
