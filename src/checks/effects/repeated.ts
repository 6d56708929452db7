import { statusOf } from '../../delivery/outcome.ts';
import type { Message } from '../../message.ts';
import type { SignedContent } from '../../signature/sign.ts';
import { messageOf } from '../battery/row.ts';
import { type Check, type Finding, fail, pass, skip } from '../check.ts';
import type { Exchange, Workbench } from '../workbench.ts';
import { changeBetween, describeChange, isSameChange, timesOf } from './change.ts';
import { confirmed, type Experiment, type MakeRow } from './experiment.ts';
import { attempted, isAcknowledged, EFFECTS_PART as part } from './laboratory.ts';

const COPIES = 5;
/** A race shows only if two copies overlap in the handler. */
const ROUNDS = 3;
const MANY = 10;
const MAX_RETRIES = 5;

const shared = {
  expects: 'one change to the state',
  fix: 'store the webhook-id under a unique key, in the same transaction as the work, and do nothing if it is there',
} as const;

const whyRepeated = 'Scalekit delivers at least once: each retry of an event that was processed acts again';

/** A message that arrives more than once must act once. */
export function repeatedChecks(row: MakeRow): Check[] {
  return [
    row(
      {
        ...shared,
        name: 'repeated',
        sends: 'the same message twice',
        meaning: 'acts twice on a repeated message',
        why: whyRepeated,
      },
      confirmed(repeating((message) => message)),
    ),
    row(
      {
        ...shared,
        name: 'repeated-re-signed',
        sends: 'the same message again with a new timestamp and signature, as a real retry',
        meaning: 'acts again on a retry, because its timestamp or signature differs',
        why: 'each retry has a new timestamp and signature; only the webhook-id stays',
      },
      confirmed(repeating((_message, content, bench) => bench.sign(later(content)))),
    ),
    row(
      {
        ...shared,
        name: 'repeated-at-once',
        sends: `${COPIES} copies of the same message at the same time`,
        meaning: 'acts more than once on copies that arrive at the same time',
        why: 'a retry can arrive while the first delivery is still processed',
        fix: 'let the database decide: a unique key on the webhook-id. A check before the insert is a race',
      },
      atOnce,
    ),
    row(
      {
        ...shared,
        name: 'many-at-once',
        sends: `${MANY} different messages at the same time; those that get a 5xx again`,
        expects: `${MANY} changes to the state`,
        meaning: 'does not act exactly once on each of many messages',
        why: 'a directory sync sends one event per user, and Scalekit retries what gets a 5xx',
        fix: 'do the work in one transaction, without reading a value and writing it back, and store the webhook-id only with it',
      },
      many,
    ),
  ];
}

/** A retry of the same content, a second later. */
export function later(content: SignedContent): SignedContent {
  return { ...content, timestamp: content.timestamp + 1 };
}

/** Sends a message, then what `again` makes of it, which must change nothing. */
function repeating(
  again: (message: Message, content: SignedContent, bench: Workbench) => Message,
): Experiment {
  return async (lab, bench, { sample }) => {
    const content = bench.content(sample.build(bench.materials.now()).body);
    const message = bench.sign(content);
    const first = await lab.act(bench, message, await lab.rested(bench));
    const repeated = await bench.send(again(message, content, bench), { part });
    return unchanged(first.state, await lab.rested(bench), [repeated, first.exchange]);
  };
}

/** Judges what a message changed that must change nothing. */
export function unchanged(before: string, after: string, exchanges: readonly Exchange[]): Finding {
  if (after === before) return pass('the state did not change again');
  return fail('acted-again', `the state changed again: ${describeChange(before, after)}`, exchanges);
}

const atOnce: Experiment = async (lab, bench, { sample, single }) => {
  if (!single) return uncountable();
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = await lab.rested(bench);
    const message = messageOf(sample, bench);
    const exchanges = await Promise.all(Array.from({ length: COPIES }, () => bench.send(message, { part })));
    const after = await lab.after(bench, before);
    const times = timesOf(changeBetween(before, after), single);
    if (times === undefined) return uncountable(exchanges);
    if (times > 1)
      return fail('acted-again', `acted ${times} times: ${describeChange(before, after)}`, exchanges);
  }
  return pass('the state changed once');
};

const many: Experiment = async (lab, bench, { sample, single }) => {
  if (!single) return uncountable();
  const before = await lab.rested(bench);
  const contents = Array.from({ length: MANY }, () =>
    bench.content(sample.build(bench.materials.now()).body),
  );
  const first = await Promise.all(contents.map((content) => bench.send(bench.sign(content), { part })));
  const failed = contents.filter((_content, index) => isServerError(first[index]!));
  const retries: Exchange[] = [];
  for (const content of failed) retries.push(...(await retried(content, bench)));
  const last = [...first.filter((exchange) => !isServerError(exchange)), ...retries];
  const accepted = last.filter(isAcknowledged).length;
  const after = await lab.after(bench, before);
  const times = timesOf(changeBetween(before, after), single);
  const exchanges = [...retries, ...first];
  if (times === undefined) return uncountable(exchanges);
  const retriedPart = failed.length > 0 ? `, ${failed.length} of them after a 5xx` : '';
  const found = `${accepted} messages were accepted${retriedPart}, and the state changed ${times} times`;
  if (times === accepted) return pass(found);
  // A list that shows only its first page does not grow as before.
  const { state } = await attempted(() => lab.act(bench, messageOf(sample, bench), after));
  if (!isSameChange(changeBetween(after, state), single)) return uncountable(exchanges);
  return fail(
    times > accepted ? 'acted-again' : 'lost',
    `${found}: ${describeChange(before, after)}`,
    exchanges,
  );
};

/** Retries a message until it gets another answer than a 5xx. */
async function retried(content: SignedContent, bench: Workbench): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  for (let attempt = 0; attempt < MAX_RETRIES; attempt += 1) {
    const exchange = await bench.send(bench.sign(later(content)), { part, role: 'the retry' });
    exchanges.push(exchange);
    if (!isServerError(exchange)) break;
  }
  return exchanges;
}

function isServerError({ outcome }: Exchange): boolean {
  return (statusOf(outcome) ?? 0) >= 500;
}

function uncountable(exchanges: readonly Exchange[] = []): Finding {
  return skip('not-applicable', 'the state does not show how often a message acted', exchanges);
}
