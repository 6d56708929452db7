import { messageOf } from '../battery/row.ts';
import { type Check, fail, pass, skip, warn } from '../check.ts';
import { baseOf, type Sample } from '../samples.ts';
import type { Exchange, Workbench } from '../workbench.ts';
import { type MakeRow, rowsIn, VISIBLE_CHECK } from './experiment.ts';
import { forgedChecks } from './forged.ts';
import { type EffectsOptions, Laboratory, EFFECTS_PART as part, requireAcknowledged } from './laboratory.ts';
import { orderChecks } from './order.ts';
import { repeatedChecks } from './repeated.ts';
import { restartChecks } from './restarts.ts';

/** What is observed. */
export interface Effects extends EffectsOptions {
  /** The event whose effect to look at; undefined to search for one. */
  readonly observedType: string | undefined;
}

/**
 * Checks of what messages do to the state of the app. A repeated or forged message counts only beside a valid one that
 * changed the state, and a change that nobody caused stops them all. `isStarted`: the app can be started again.
 */
export function effectChecks(
  samples: readonly [Sample, ...Sample[]],
  { observedType, ...options }: Effects,
  { isStarted }: { readonly isStarted: boolean },
): Check[] {
  const row = rowsIn(new Laboratory(candidatesOf(samples, observedType), options));
  return [
    visibleCheck(row),
    ...repeatedChecks(row),
    ...forgedChecks(row),
    ...orderChecks(row, samples),
    endCheck(row),
    ...(isStarted ? restartChecks(row) : []),
  ];
}

/** The event to observe; or all, those that create something first. */
function candidatesOf(
  samples: readonly [Sample, ...Sample[]],
  observedType: string | undefined,
): readonly [Sample, ...Sample[]] {
  const named = samples.find(({ type }) => type === observedType);
  if (named) return [named];
  const base = baseOf(samples);
  const creates = ({ type }: Sample) => /created$|signup$|provisioned$|enabled$/.test(type);
  const others = samples.filter((sample) => sample !== base);
  return [base, ...others.filter(creates), ...others.filter((sample) => !creates(sample))];
}

function visibleCheck(row: MakeRow): Check {
  const words = {
    name: VISIBLE_CHECK,
    sends: 'valid messages',
    expects: 'a change to the state',
    meaning: 'changes nothing that the observer sees',
    why: 'repeated and forged messages can be judged only beside a valid one with an effect',
    fix: 'observe what the handler writes, and name an event that it acts on with --observe-type',
  };
  return row(words, async (_lab, _bench, { sample, afterMs, shown }) =>
    pass(`${sample.type} changed the state ${Math.round(afterMs)} ms after the response: ${shown}`),
  );
}

function endCheck(row: MakeRow): Check {
  const words = {
    name: 'acts-until-the-end',
    sends: 'a valid message after all others',
    expects: 'a change to the state',
    meaning: 'answers 2xx, and no longer acts',
    why: 'Scalekit has its 2xx and never sends the event again: it is lost',
    fix: 'catch every error in the worker or queue, so that one event does not end it',
  };
  return row(words, async (lab, bench, { sample }) => {
    const exchange = await ignored(sample, lab, bench);
    if (!exchange) return pass('the state changed');
    const found = 'answered 2xx, and the state did not change';
    if (!bench.subject.restart) return warn('lost', `${found}, or the observer does not show it`, [exchange]);
    await lab.restart(bench, 'stop');
    return (await ignored(sample, lab, bench))
      ? skip('inconclusive', `${found}, nor did it after a restart: the observer may not show it`, [exchange])
      : fail('lost', `${found}; after a restart, it does`, [exchange]);
  });
}

/** Sends a valid message. Returns it if it does not change the state. */
async function ignored(sample: Sample, lab: Laboratory, bench: Workbench): Promise<Exchange | undefined> {
  const before = await lab.rested(bench);
  const exchange = await bench.send(messageOf(sample, bench), { part });
  requireAcknowledged(exchange);
  return (await lab.after(bench, before)) === before ? exchange : undefined;
}
