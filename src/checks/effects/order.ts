import type { Renamed } from '../../events/fresh-ids.ts';
import { textOfBody } from '../../message.ts';
import { type Check, type Finding, fail, pass, skip } from '../check.ts';
import { judgeAccepted } from '../findings.ts';
import { type Sample, undoings } from '../samples.ts';
import type { Exchange, Workbench } from '../workbench.ts';
import { changeBetween, describeChange, timesOf } from './change.ts';
import { confirmed, type Experiment, type MakeRow } from './experiment.ts';
import { isAcknowledged, type Laboratory, EFFECTS_PART as part, type Visible } from './laboratory.ts';

/** Creations, updates and deletions that come late, early or twice. */
export function orderChecks(row: MakeRow, samples: readonly Sample[]): Check[] {
  return [
    row(
      {
        name: 'deleted-twice',
        sends: 'a creation, its deletion, and the deletion again as a new event',
        expects: '2xx, and the same state as after the first deletion',
        meaning: 'does not treat a repeated deletion as done',
        why: 'two systems may report one deletion, and an error makes Scalekit retry it',
        fix: 'delete without requiring that the object is there, and answer 2xx',
      },
      confirmed(ofDeletable(samples, deletedTwice)),
    ),
    row(
      {
        name: 'deleted-early',
        sends: 'the deletion of an object that was never created',
        expects: '2xx, and no change to the state',
        meaning: 'does not accept the deletion of an unknown object',
        why: 'the order is not guaranteed, and an error makes Scalekit retry the deletion',
        fix: 'delete without requiring that the object is there, and answer 2xx',
      },
      confirmed(ofDeletable(samples, deletedEarly)),
    ),
    row(
      {
        name: 'updated-once',
        sends: 'a creation and an update of the same object',
        expects: 'no second record',
        meaning: 'stores a second record for an update',
        why: 'a later deletion or update finds only one of the records',
        fix: "update the record with the object's id: INSERT … ON CONFLICT DO UPDATE, or upsert",
      },
      confirmed(ofDeletable(samples, updatedOnce)),
    ),
    row(
      {
        name: 'updated-early',
        sends: 'an update that arrives before the creation of its object',
        expects: 'a state that shows the update',
        meaning: 'answers 2xx to an update of an unknown object, and drops it',
        why: 'the order is not guaranteed: the update is lost, and the creation that comes later is outdated',
        fix: 'insert the object if it is unknown: INSERT … ON CONFLICT DO UPDATE, or upsert; compare occurred_at',
      },
      confirmed(ofDeletable(samples, updatedEarly)),
    ),
  ];
}

/** The events about one object, each for the same map of new ids. */
interface Deletable {
  readonly created: Sample;
  readonly deleted: Sample;
  readonly updated: Sample | undefined;
}

type OrderExperiment = (
  deletable: Deletable,
  lab: Laboratory,
  bench: Workbench,
  visible: Visible,
) => Promise<Finding>;

/** Requires that a deletion undoes a creation in this state: a log of events would grow with each message. */
function ofDeletable(samples: readonly Sample[], experiment: OrderExperiment): Experiment {
  return async (lab, bench, visible) => {
    const deletable = deletableOf(samples, visible.sample);
    if (!deletable) return notApplicable(`${visible.sample.type} has no matching deletion`);
    if (!(await lab.isUndone(bench, [deletable.created, deletable.deleted])))
      return notApplicable('the state does not show that a deletion undoes a creation');
    return experiment(deletable, lab, bench, visible);
  };
}

function deletableOf(samples: readonly Sample[], sample: Sample): Deletable | undefined {
  const pair = undoings(samples).find(([created]) => created === sample);
  if (!pair) return undefined;
  const [created, deleted] = pair;
  const updated = samples.find(({ type }) => type === created.type.replace(/created$/, 'updated'));
  return { created, deleted, updated };
}

function notApplicable(reason: string): Finding {
  return skip('not-applicable', reason);
}

function sendOf(sample: Sample, renamed: Renamed, bench: Workbench, role?: string): Promise<Exchange> {
  return bench.send(bench.message(sample.build(bench.materials.now(), renamed)), { part, role });
}

const deletedTwice: OrderExperiment = async ({ created, deleted }, lab, bench) => {
  const renamed: Renamed = new Map();
  await lab.act(bench, bench.message(created.build(bench.materials.now(), renamed)), await lab.rested(bench));
  const first = await sendOf(deleted, renamed, bench, 'the first deletion');
  const before = await lab.rested(bench);
  const second = await sendOf(deleted, renamed, bench);
  return sameState(before, await lab.rested(bench), [second, first]);
};

const deletedEarly: OrderExperiment = async ({ deleted }, lab, bench) => {
  const before = await lab.rested(bench);
  const exchange = await sendOf(deleted, new Map(), bench);
  return sameState(before, await lab.rested(bench), [exchange]);
};

/** The first exchange must be accepted, and change nothing. */
function sameState(before: string, after: string, exchanges: readonly [Exchange, ...Exchange[]]): Finding {
  const answer = judgeAccepted(exchanges[0]);
  if (answer.status === 'fail') return { ...answer, exchanges };
  return after === before
    ? pass('the state did not change')
    : fail('acted-again', `the state changed: ${describeChange(before, after)}`, exchanges);
}

const updatedOnce: OrderExperiment = async ({ created, deleted, updated }, lab, bench, { single }) => {
  if (!updated) return notApplicable(`${created.type} has no matching update`);
  if (!single) return notApplicable('the state does not show how often a message acted');
  const renamed: Renamed = new Map();
  const creation = bench.message(created.build(bench.materials.now(), renamed));
  const { state: before } = await lab.act(bench, creation, await lab.rested(bench));
  const exchange = await sendOf(updated, renamed, bench);
  const after = await lab.rested(bench);
  // Leaves the state as it was.
  await sendOf(deleted, renamed, bench, 'the deletion');
  await lab.rested(bench);
  return timesOf(changeBetween(before, after), single) === 1
    ? fail('acted-again', `the update added a record: ${describeChange(before, after)}`, [exchange])
    : pass('the update added no record');
};

/** Fields that a handler probably stores, and that may have any text. */
const shownFields = [
  'name',
  'given_name',
  'family_name',
  'display_name',
  'title',
  'preferred_username',
] as const;

const updatedEarly: OrderExperiment = async ({ created, updated }, lab, bench) => {
  if (!updated) return notApplicable(`${created.type} has no matching update`);
  const marked = (marker: string, renamed: Renamed) => {
    const event = updated.build(bench.materials.now(), renamed);
    const body = Buffer.from(withMarker(textOfBody(event), marker));
    return bench.message({ ...event, body });
  };
  const known: Renamed = new Map();
  const [control, marker] = ['Known', 'Early'].map((word) => `${word}${bench.materials.now()}`) as [
    string,
    string,
  ];
  await lab.act(bench, bench.message(created.build(bench.materials.now(), known)), await lab.rested(bench));
  const inOrder = await bench.send(marked(control, known), { part, role: 'the update of a known object' });
  if (!(await lab.rested(bench)).includes(control))
    return notApplicable('the state does not show the names that an update changes');
  const early = await bench.send(marked(marker, new Map()), { part });
  const after = await lab.rested(bench);
  // An error is not a loss: Scalekit retries the update.
  if (!isAcknowledged(early) || after.includes(marker))
    return pass('the update was stored, or can be retried');
  return fail('lost', 'answered 2xx, and the state does not show the update', [early, inOrder]);
};

function withMarker(text: string, marker: string): string {
  const event = JSON.parse(text) as { data: Record<string, unknown> };
  const names = shownFields.filter((name) => typeof event.data[name] === 'string');
  return JSON.stringify({
    ...event,
    data: { ...event.data, ...Object.fromEntries(names.map((name) => [name, marker])) },
  });
}
