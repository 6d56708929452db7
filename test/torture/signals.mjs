/** SIGTERM and SIGINT under load: the listener exits in time and every acknowledged event is stored. */
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
      let signaledAt = 0;
      const onAcknowledged = (id) => {
        acknowledged.add(id);
        if (signaledAt > 0) return;
        signaledAt = Number.POSITIVE_INFINITY;
        setTimeout(() => {
          signaledAt = performance.now();
          child.kill(signal);
        }, random() * 100);
      };
      const isDone = () => Number.isFinite(signaledAt) && signaledAt > 0;
      const loading = load(url, {
        connections: 16,
        sizeOf: () => Math.floor(random() * 20_000),
        isDone,
        onAcknowledged,
      });
      const code = await ended;
      slowest = Math.max(slowest, performance.now() - signaledAt);
      if (code !== (signal === 'SIGTERM' ? 143 : 130)) wrongCodes += 1;
      await loading;
    }
    const { kept, torn } = await readJournals(cwd);
    return [
      { name: 'signals', value: rounds },
      { name: 'acknowledged', value: acknowledged.size, goal: ['>=', rounds] },
      { name: 'acknowledged and lost', value: lostOf(acknowledged, kept), goal: ['<=', 0] },
      { name: 'torn lines', value: torn, goal: ['<=', 0] },
      { name: 'exit codes other than 143 and 130', value: wrongCodes, goal: ['<=', 0] },
      { name: 'slowest exit, ms', value: Math.round(slowest), goal: ['<=', 2500] },
    ];
  });
