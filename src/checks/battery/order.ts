import type { Renamed } from '../../events/fresh-ids.ts';
import type { Message } from '../../message.ts';
import { type Check, type Finding, skip } from '../check.ts';
import { judgeAll, worstOf } from '../findings.ts';
import { type Sample, undoings } from '../samples.ts';
import type { Exchange, Workbench } from '../workbench.ts';
import { accepts } from './row.ts';

const part = 'delivery';

/** Time between two events. */
const INTERVAL_MS = 60_000;

/** Reads the events of each scenario, in order. */
export type ReadFlows = () => Promise<readonly (readonly Sample[])[]>;

/** Events that arrive in another order than they occurred in. */
export function orderChecks(samples: readonly Sample[], readFlows: ReadFlows): Check[] {
  let reading: ReturnType<ReadFlows> | undefined;
  const flows = () => (reading ??= readFlows());
  const shared = {
    ...accepts,
    part,
    sendsSeveral: true,
    meaning: 'answers with an error when events arrive out of order',
    why: 'the order is not guaranteed, and retries arrive late. An event without a 2xx response is retried',
  };
  return [
    {
      ...shared,
      name: 'deleted-before-created',
      sends: 'a deletion event before the matching creation event',
      fix: 'answer 2xx to the deletion of an unknown object, and order events by occurred_at',
      run: (bench) => allOutOfOrder(undoings(samples), bench),
    },
    {
      ...shared,
      name: 'flow-reversed',
      sends: `the events of each scenario in reverse order, such as a logout before the login`,
      fix: 'answer 2xx to an event about an object that is unknown or gone, and order events by occurred_at',
      prepare: flows,
      run: async (bench) => allOutOfOrder(await flows(), bench),
    },
  ];
}

async function allOutOfOrder(flows: readonly (readonly Sample[])[], bench: Workbench): Promise<Finding> {
  const findings = await Promise.all(flows.map((flow) => outOfOrder(flow, bench)));
  return worstOf(findings);
}

/** Sends the last event first. After a failure, sends all again in order, to prove that the order is the cause. */
async function outOfOrder(flow: readonly Sample[], bench: Workbench): Promise<Finding> {
  const finding = await sendAll(messagesOf(flow, bench).reverse(), bench);
  if (finding.status !== 'fail') return finding;
  const control = await sendAll(messagesOf(flow, bench), bench);
  if (control.status === 'pass') return { ...finding, found: `${finding.found}; in order: ${control.found}` };
  const found = `${finding.found}; in order: ${control.found}, so the order is not the cause`;
  return skip('inconclusive', found, [...finding.exchanges, ...control.exchanges]);
}

/** The events in order, about the same new subject, each a while after the one before. */
function messagesOf(flow: readonly Sample[], bench: Workbench): Message[] {
  const renamed: Renamed = new Map();
  const now = bench.materials.now();
  return flow.map((sample, index) =>
    bench.message(sample.build(now - (flow.length - 1 - index) * INTERVAL_MS, renamed)),
  );
}

async function sendAll(messages: readonly Message[], bench: Workbench): Promise<Finding> {
  const exchanges: Exchange[] = [];
  for (const message of messages) exchanges.push(await bench.send(message, { part }));
  return judgeAll(exchanges);
}
