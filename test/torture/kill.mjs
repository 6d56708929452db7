/**
 * Kills a listener under load with SIGKILL at random times, repeatedly, while a second listener writes to the same
 * folder. Counts the events that were acknowledged (answered 201) but are not in the journals.
 */
import { inFolder, load, lostOf, randomOf, readJournals, runToEnd, startListener } from './harness.mjs';

export const title = 'kill -9 under load, 32 connections, another listener in the same folder';
export const sizes = { short: 50, long: 1000 };

export const torture = (kills, seed) =>
  inFolder(async (cwd) => {
    const random = randomOf(seed);
    const acknowledged = new Set();
    const sizeOf = () => (random() < 0.02 ? 500_000 : Math.floor(random() * 20_000));
    const onAcknowledged = (id) => acknowledged.add(id);
    let failedStarts = 0;
    const survivor = await startListener(cwd);
    const survivorsLoad = load(survivor.url, { connections: 2, sizeOf, onAcknowledged });
    for (let kill = 0; kill < kills; kill += 1) {
      const { child, url, ended } = await startListener(cwd);
      if (!url) {
        failedStarts += 1;
        continue;
      }
      let isDoomed = false;
      const onFirst = (id) => {
        onAcknowledged(id);
        if (isDoomed) return;
        isDoomed = true;
        setTimeout(() => child.kill('SIGKILL'), random() * 100);
      };
      await Promise.all([ended, load(url, { connections: 32, sizeOf, onAcknowledged: onFirst })]);
    }
    survivor.child.kill('SIGKILL');
    await survivorsLoad;
    const { kept, torn } = await readJournals(cwd);
    const list = await runToEnd(['captures', '--limit', '1'], cwd);
    return [
      { name: 'kills', value: kills },
      { name: 'acknowledged', value: acknowledged.size, goal: ['>=', kills * 10] },
      { name: 'acknowledged and lost', value: lostOf(acknowledged, kept), goal: ['<=', 0] },
      { name: 'lines cut off by a kill, none of them acknowledged', value: torn },
      { name: 'failed starts', value: failedStarts, goal: ['<=', 0] },
      { name: 'exit code of captures afterwards', value: list.exitCode, goal: ['<=', 0] },
    ];
  });
