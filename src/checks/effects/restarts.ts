import { messageOf } from '../battery/row.ts';
import { type Check, type Finding, fail, pass, skip } from '../check.ts';
import { describeChange } from './change.ts';
import { confirmed, type MakeRow } from './experiment.ts';
import { EFFECTS_PART as part, requireAcknowledged } from './laboratory.ts';
import { later, unchanged } from './repeated.ts';

/** What an app forgets when it is restarted, if check started it. */
export function restartChecks(row: MakeRow): Check[] {
  return [
    row(
      {
        name: 'repeated-after-restart',
        sends: 'the same message before and after a restart of the app',
        expects: 'one change to the state',
        meaning: 'forgets at a restart which messages it has processed',
        why: 'a deployment restarts the app, and what Scalekit retries then acts again',
        fix: 'store the webhook-id in the database, not in memory',
      },
      confirmed(async (lab, bench, { sample }) => {
        const content = bench.content(sample.build(bench.materials.now()).body);
        const { state, exchange } = await lab.act(bench, bench.sign(content), await lab.rested(bench));
        await lab.restart(bench, 'stop');
        const kept = await lab.rested(bench);
        if (kept !== state) return notDurable(state, kept);
        const repeated = await bench.send(bench.sign(later(content)), { part });
        return unchanged(kept, await lab.rested(bench), [repeated, exchange]);
      }),
    ),
    row(
      {
        name: 'kept-after-crash',
        sends: 'a valid message, and ends the app at once after its 2xx',
        expects: 'a change to the state',
        meaning: 'answers 2xx before the work is safe, and loses it in a crash',
        why: 'Scalekit has its 2xx and never sends the event again: it is lost',
        fix: 'commit the work, or a durable job, before answering 2xx',
      },
      confirmed(async (lab, bench, { sample }) => {
        // A state that shows nothing yet would survive anything.
        const { state } = await lab.act(bench, messageOf(sample, bench), await lab.rested(bench));
        await lab.restart(bench, 'stop');
        const before = await lab.rested(bench);
        if (before !== state) return notDurable(state, before);
        const exchange = await bench.send(messageOf(sample, bench), { part });
        requireAcknowledged(exchange);
        await lab.restart(bench, 'kill');
        return (await lab.after(bench, before)) === before
          ? fail('lost', 'answered 2xx, and after a crash the state had not changed', [exchange])
          : pass('the state changed');
      }),
    ),
  ];
}

/** What is only in memory cannot be compared across a restart. */
function notDurable(before: string, after: string): Finding {
  return skip('not-applicable', `the state does not survive a restart: ${describeChange(before, after)}`);
}
