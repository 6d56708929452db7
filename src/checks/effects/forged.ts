import { hostileParts } from '../battery/rejections.ts';
import { messageOf } from '../battery/row.ts';
import { type Check, fail, pass } from '../check.ts';
import { type Fault, findFault } from '../faults.ts';
import { twins } from '../findings.ts';
import type { Sample } from '../samples.ts';
import type { Exchange, Workbench } from '../workbench.ts';
import { describeChange } from './change.ts';
import { confirmed, type Experiment, type MakeRow } from './experiment.ts';
import { EFFECTS_PART as part } from './laboratory.ts';

/** A message that must be rejected must not change the state, whatever the handler answers. */
export function forgedChecks(row: MakeRow): Check[] {
  return [
    ...hostileParts.map(({ part: kind, faults, why }) =>
      row(
        {
          name: `${kind}-unchanged`,
          sends: `messages that must be rejected: ${faults.join(', ')}`,
          expects: 'no change to the state',
          meaning: 'acts before it verifies',
          why,
          fix: 'verify first: nothing that writes may run before the verification, and nothing if it fails',
        },
        confirmed(withoutEffect(faults.map(findFault))),
      ),
    ),
    row(
      {
        name: 'forged-first',
        sends: 'a forged message, then the real one with the same webhook-id',
        expects: 'a change to the state',
        meaning: 'stores the webhook-id before it verifies, so that a forged message blocks the real one',
        why: 'anyone who guesses or sees a webhook-id can make the handler drop the event',
        fix: 'verify first, then look the webhook-id up, and store it together with the work',
      },
      confirmed(async (lab, bench, { sample }) => {
        const before = await lab.rested(bench);
        const { secrets, headers, finish } = bench.materials;
        const content = bench.content(sample.build(bench.materials.now()).body);
        const forged = findFault('wrong-secret').makeMessage({ content, secrets, headers });
        const first = await bench.send(finish(forged), { part, role: 'the forged message', isHostile: true });
        const real = await bench.send(bench.sign(content), { part });
        if ((await lab.after(bench, before)) !== before) return pass('the state changed');
        // A handler that no longer acts at all has another fault.
        await lab.act(bench, messageOf(sample, bench), before);
        return fail('lost', 'the real message did not change the state', [real, first]);
      }),
    ),
  ];
}

/** Sends all faults, and looks for the one that acted only if one did. */
function withoutEffect(faults: readonly Fault[]): Experiment {
  return async (lab, bench, { sample }) => {
    const before = await lab.rested(bench);
    for (const fault of faults) await sendFaulty(fault, sample, bench);
    let state = await lab.rested(bench);
    if (state === before) return pass('the state did not change');
    for (const fault of faults) {
      const exchange = await sendFaulty(fault, sample, bench);
      const after = await lab.rested(bench);
      if (after !== state) {
        const found = `${fault.name} changed the state: ${describeChange(state, after)}`;
        return fail('acted-on-forgery', found, [exchange]);
      }
      state = after;
    }
    return pass('the state did not change when they were sent one at a time');
  };
}

function sendFaulty(fault: Fault, sample: Sample, bench: Workbench): Promise<Exchange> {
  const { faulty } = twins(bench, () => sample.build(bench.materials.now()).body, fault);
  return bench.send(faulty, { part, isHostile: true });
}
