import { ID_HEADER, type Message, SIGNATURE_HEADER, TIMESTAMP_HEADER } from '../../message.ts';
import { addField } from '../body-forms.ts';
import type { Check, Finding } from '../check.ts';
import { findFault } from '../faults.ts';
import { accepting, judgeAccepted, judgeAll, twins, worstOf } from '../findings.ts';
import type { Renamed } from '../fresh-ids.ts';
import { type Sample, type Undoing, undoings } from '../samples.ts';
import type { Exchange } from '../workbench.ts';
import { BURST_PART, type Workbench } from '../workbench.ts';
import { accepts, messageOf, messageOfText, textOf } from './row.ts';

const part = 'delivery';
const AT_ONCE = 5;
const BURST = 50;
/** Of a burst. */
const FEW = 25;
const LARGE = 200_000;

/** Ways in which messages come that a handler must put up with. */
export function deliveryChecks(base: Sample, samples: readonly [Sample, ...Sample[]]): Check[] {
  const again = {
    ...accepts,
    part,
    meaning: 'answers an error to a message that it has had before',
    why: 'Scalekit delivers at least once: the retry of what was taken already would never come to an end',
    fix: 'remember the webhook-id, and answer 2xx to one that was dealt with, without acting again',
  };
  return [
    {
      ...accepts,
      part,
      name: 'charset',
      sends: 'the content type application/json; charset=utf-8',
      meaning: 'takes application/json only when nothing stands behind it',
      why: 'a content type may have parameters, and a proxy may add one',
      fix: 'compare the media type without its parameters',
      run: accepting(part, (bench) => {
        const event = base.build(bench.materials.now());
        return bench.message(event, [['content-type', 'application/json; charset=utf-8']]);
      }),
    },
    {
      ...accepts,
      part,
      name: 'header-case',
      sends: 'header names as Webhook-Id, Webhook-Timestamp and Webhook-Signature',
      meaning: 'finds the headers in lower case only',
      why: 'header names have no case, and a proxy may write them so; Scalekit itself sends them in lower case',
      fix: 'look headers up without regard to case',
      needsSocket: 'a Request has its header names in lower case',
      run: accepting(part, (bench) => inTitleCase(messageOf(base, bench)), { isLenient: true }),
    },
    {
      ...again,
      name: 'duplicate',
      sends: 'the same webhook-id and event again, as a retry',
      async run(bench) {
        const { body } = base.build(bench.materials.now());
        const first = bench.content(body);
        const once = await bench.send(bench.sign(first), { part });
        const retry = bench.sign({ ...bench.content(body), id: first.id });
        return judgeAll([await bench.send(retry, { part }), once]);
      },
    },
    {
      ...again,
      name: 'duplicates-at-once',
      sendsSeveral: true,
      sends: `the same message ${AT_ONCE} times at once`,
      async run(bench) {
        const message = messageOf(base, bench);
        return judgeAll(await atOnce(AT_ONCE, () => bench.send(message, { part })));
      },
    },
    {
      ...accepts,
      part,
      name: 'deleted-before-created',
      sendsSeveral: true,
      sends: 'the deletion of something before its creation',
      meaning: 'answers an error when events come in another order than they happened',
      why: 'no order is promised, and a retry comes late: what is not answered 2xx comes again and again',
      fix: 'answer 2xx to the deletion of what is not there, and go by occurred_at',
      async run(bench) {
        const findings = await Promise.all(undoings(samples).map((pair) => outOfOrder(pair, bench)));
        return worstOf(findings.flat());
      },
    },
    {
      ...accepts,
      part,
      name: 'reused-connection',
      sends: 'a message, one without signature, and another message on one connection',
      meaning: 'does not take a second message on the same connection',
      why: 'senders keep connections open: what is left unread of one request is taken for the beginning of the next',
      fix: 'read the whole body before answering, or close the connection',
      needsSocket: 'a function has no connections',
      async run(bench) {
        const by = bench.subject.connect!();
        const exchanges: Exchange[] = [];
        try {
          exchanges.push(await bench.send(messageOf(base, bench), { part, by }));
          // One that is refused early may leave its body unread.
          const body = () => base.build(bench.materials.now()).body;
          const { faulty: spoiled } = twins(bench, body, findFault('no-headers'));
          await bench.send(spoiled, { part, by, isHostile: true });
          exchanges.push(await bench.send(messageOf(base, bench), { part, by }));
        } finally {
          await by.close();
        }
        return judgeAll(exchanges);
      },
    },
    {
      ...accepts,
      part,
      name: 'large-body',
      sends: `a body of ${LARGE / 1000} kB`,
      meaning: `takes no body of ${LARGE / 1000} kB`,
      why: 'an event with many groups or attributes can be large; express.raw and express.json stop at 100 kB',
      fix: "raise the limit: in Express express.raw({ type: 'application/json', limit: '1mb' })",
      run: accepting(
        part,
        (bench) => messageOfText(addField(textOf(base, bench), JSON.stringify('x'.repeat(LARGE))), bench),
        { isLenient: true },
      ),
    },
  ];
}

/** Comes last of all: what it brings a rate limit to say would be said to others, too. */
export function burstCheck(base: Sample): Check {
  return {
    ...accepts,
    part,
    name: 'burst',
    sendsSeveral: true,
    sends: `${BURST} messages at once`,
    meaning: `does not take ${BURST} messages at once`,
    why: 'a directory that is synchronised sends an event for each of its users',
    fix: 'answer at once and do the work afterwards; exempt the webhook route from rate limits',
    isAlone: true,
    async run(bench) {
      const exchanges = await atOnce(BURST, () => bench.send(messageOf(base, bench), { part: BURST_PART }));
      const finding = judgeAll(exchanges);
      const lost = exchanges.filter((exchange) => judgeAccepted(exchange).status === 'fail');
      const isUnheard = lost.every(({ outcome }) => !outcome.answered && outcome.failure === 'timeout');
      // A few that nobody heard were lost in the short queue of a development server, before they came to the handler.
      return isUnheard && lost.length > 0 && lost.length <= FEW
        ? { ...finding, status: 'warn', code: 'not-connected' }
        : finding;
    },
  };
}

/** How long before its deletion something was created, in milliseconds. */
const LIFETIME = 60_000;

/** Sends a deletion and then the creation; where they are refused, the same in order, to know that it is the order. */
async function outOfOrder([created, deleted]: Undoing, bench: Workbench): Promise<Finding[]> {
  const now = bench.materials.now();
  const about = (renamed: Renamed) => ({
    created: bench.message(created.build(now - LIFETIME, renamed)),
    deleted: bench.message(deleted.build(now, renamed)),
  });
  const sendAll = async (messages: readonly Message[]) => {
    const exchanges: Exchange[] = [];
    for (const message of messages) exchanges.push(await bench.send(message, { part }));
    return judgeAll(exchanges);
  };
  const one = about(new Map());
  const finding = await sendAll([one.deleted, one.created]);
  if (finding.status !== 'fail') return [finding];
  const other = about(new Map());
  const control = await sendAll([other.created, other.deleted]);
  return control.status === 'pass'
    ? [{ ...finding, found: `${finding.found}; in order: ${control.found}` }]
    : [];
}

function atOnce(count: number, send: () => Promise<Exchange>): Promise<Exchange[]> {
  return Promise.all(Array.from({ length: count }, send));
}

function inTitleCase({ headers, body }: Message): Message {
  const signed = [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER];
  const titled = (name: string) => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
  return {
    body,
    headers: headers.map(([name, value]) => [signed.includes(name) ? titled(name) : name, value] as const),
  };
}
