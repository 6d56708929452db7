/** Two listeners write bodies of up to 100 kB into one folder: no event is lost and no line is torn. */
import { inFolder, load, lostOf, randomOf, readJournals, startListener } from './harness.mjs';

export const title = 'two listeners, one folder, bodies of up to 100 kB';
export const sizes = { short: 1000, long: 10_000 };

export const torture = (events, seed) =>
  inFolder(async (cwd) => {
    const random = randomOf(seed);
    const acknowledged = new Set();
    const both = await Promise.all([startListener(cwd), startListener(cwd)]);
    await Promise.all(
      both.map(({ url }) =>
        load(url, {
          connections: 8,
          sizeOf: () => Math.floor(random() * 100_000),
          isDone: () => acknowledged.size >= events,
          onAcknowledged: (id) => acknowledged.add(id),
        }),
      ),
    );
    for (const { child } of both) child.kill('SIGTERM');
    const codes = await Promise.all(both.map(({ ended }) => ended));
    const { kept, torn } = await readJournals(cwd);
    return [
      { name: 'acknowledged', value: acknowledged.size, goal: ['>=', events] },
      { name: 'acknowledged and lost', value: lostOf(acknowledged, kept), goal: ['<=', 0] },
      { name: 'torn lines', value: torn, goal: ['<=', 0] },
      {
        name: 'listeners that did not exit with 143',
        value: codes.filter((code) => code !== 143).length,
        goal: ['<=', 0],
      },
    ];
  });
