/** SIGTERM and SIGINT under load: it ends in time, and all that was acknowledged is kept. */
import { inFolder, load, lostOf, randomOf, readJournals, startListener } from './harness.mjs';

export const title = 'SIGTERM and SIGINT under load';
export const sizes = { short: 6, long: 200 };

export const torture = (rounds, seed) =>
  inFolder(async (cwd) => {
    const random = randomOf(seed);
    const acknowledged = new Set();
    let [slowest, wrongCodes] = [0, 0];
    for (let round = 0; round < rounds; round += 1) {
      const { child, url, ended } = await startListener(cwd);
      const signal = round % 2 === 0 ? 'SIGTERM' : 'SIGINT';
      let asked = 0;
      const onTaken = (id) => {
        acknowledged.add(id);
        if (asked > 0) return;
        asked = Number.POSITIVE_INFINITY;
        setTimeout(() => {
          asked = performance.now();
          child.kill(signal);
        }, random() * 100);
      };
      const isDone = () => Number.isFinite(asked) && asked > 0;
      const loading = load(url, {
        connections: 16,
        sizeOf: () => Math.floor(random() * 20_000),
        isDone,
        onTaken,
      });
      const code = await ended;
      slowest = Math.max(slowest, performance.now() - asked);
      if (code !== (signal === 'SIGTERM' ? 143 : 130)) wrongCodes += 1;
      await loading;
    }
    const { kept, torn } = await readJournals(cwd);
    return [
      { name: 'signals', value: rounds },
      { name: 'acknowledged', value: acknowledged.size, goal: ['>=', rounds] },
      { name: 'acknowledged and lost', value: lostOf(acknowledged, kept), goal: ['<=', 0] },
      { name: 'torn lines', value: torn, goal: ['<=', 0] },
      { name: 'other exit codes than 143 and 130', value: wrongCodes, goal: ['<=', 0] },
      { name: 'slowest end, ms', value: Math.round(slowest), goal: ['<=', 2500] },
    ];
  });
