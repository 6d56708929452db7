import { isWithin } from '../../delivery/outcome.ts';
import { type Message, SIGNED_HEADERS } from '../../message.ts';
import { addField, spaced } from '../body-forms.ts';
import { type Check, type Finding, fail, skip } from '../check.ts';
import { findFault } from '../faults.ts';
import { accepting, judgeAccepted, judgeAll, twins } from '../findings.ts';
import type { Sample } from '../samples.ts';
import { BURST_PART, type Exchange, type Workbench } from '../workbench.ts';
import { accepts, messageOf, messageOfText, textOf } from './row.ts';

const part = 'delivery';
const DUPLICATES = 5;
const BURST_SIZE = 50;
/** Timeouts in a burst that only cause a warning. */
const MAX_UNREACHED = 25;
const LARGE_BYTES = 200_000;

/** Reports how the message on a second connection was answered, which the run sends after the plain message. */
function secondConnectionCheck(): Check {
  return {
    ...accepts,
    part,
    name: 'second-connection',
    sends: 'a message on a second connection while the first is open',
    meaning: 'serves one connection at a time: a second one waits until the first is closed',
    why: 'Scalekit opens more than one connection, and each that has to wait may time out',
    fix: 'use a server that handles several connections: threaded, asynchronous or with several workers',
    needsSocket: 'a function has no connections',
    async run({ secondConnection }) {
      if (!secondConnection) return skip('not-applicable', 'no message was sent on a second connection');
      const { exchange, hadToWait } = secondConnection;
      return hadToWait
        ? fail('one-connection', 'answered only after the first connection was closed', [exchange])
        : judgeAccepted(exchange);
    },
  };
}

/** Delivery conditions that a handler must tolerate. */
export function deliveryChecks(base: Sample): Check[] {
  const repeated = {
    ...accepts,
    part,
    meaning: 'answers a repeated message with an error',
    why: 'Scalekit delivers at least once. After an error, it retries a message that was already accepted',
    fix: 'store the webhook-id, and answer 2xx to a repeated one without processing it again',
  };
  return [
    secondConnectionCheck(),
    {
      ...accepts,
      part,
      name: 'charset',
      sends: 'the content type application/json; charset=utf-8',
      meaning: 'accepts application/json only without parameters',
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
      sends: 'the header names Webhook-Id, Webhook-Timestamp and Webhook-Signature',
      meaning: 'finds only lowercase header names',
      why: 'header names are case-insensitive, and a proxy may change their case. Scalekit sends lowercase',
      fix: 'look up headers case-insensitively',
      needsSocket: 'a Request object has only lowercase header names',
      run: accepting(part, (bench) => inTitleCase(messageOf(base, bench)), { isLenient: true }),
    },
    {
      ...repeated,
      name: 'duplicate',
      sends: 'the same webhook-id and event twice, as a retry does',
      run: (bench) => sendTwice(base, bench),
    },
    {
      ...repeated,
      name: 'duplicates-at-once',
      sendsSeveral: true,
      sends: `${DUPLICATES} copies of the same message at the same time`,
      async run(bench) {
        const message = messageOf(base, bench);
        return judgeAll(await atOnce(DUPLICATES, () => bench.send(message, { part })));
      },
    },
    {
      ...accepts,
      part,
      name: 'reused-connection',
      sends: 'a valid message, an unsigned one and another valid one on the same connection',
      meaning: 'does not accept a second message on the same connection',
      why: 'senders keep connections open. Unread bytes of one request are parsed as the start of the next',
      fix: 'read the whole body before responding, or close the connection',
      needsSocket: 'a function has no connections',
      run: (bench) => reuseConnection(base, bench),
    },
    {
      ...accepts,
      part,
      name: 'large-body',
      sends: `a body of ${LARGE_BYTES / 1000} kB`,
      meaning: `does not accept a body of ${LARGE_BYTES / 1000} kB`,
      why: 'groups and attributes can make an event large, and some body parsers stop at 100 kB',
      fix: 'read the whole body, and raise the limit for it to 1 MB',
      run: (bench) => sendLargeBody(base, bench),
    },
  ];
}

async function sendTwice(base: Sample, bench: Workbench): Promise<Finding> {
  const { body } = base.build(bench.materials.now());
  const first = bench.content(body);
  const once = await bench.send(bench.sign(first), { part, role: 'the first delivery' });
  const retry = bench.sign({ ...bench.content(body), id: first.id });
  return judgeAll([await bench.send(retry, { part }), once]);
}

async function reuseConnection(base: Sample, bench: Workbench): Promise<Finding> {
  const by = bench.subject.connect!();
  const exchanges: Exchange[] = [];
  try {
    exchanges.push(await bench.send(messageOf(base, bench), { part, by }));
    // A handler that rejects a message early may leave its body unread.
    const body = () => base.build(bench.materials.now()).body;
    const { faulty } = twins(bench, body, findFault('no-headers'));
    await bench.send(faulty, { part, by, isHostile: true });
    exchanges.push(await bench.send(messageOf(base, bench), { part, by }));
  } finally {
    await by.close();
  }
  return judgeAll(exchanges);
}

async function sendLargeBody(base: Sample, bench: Workbench): Promise<Finding> {
  const send = (bytes: number) => {
    const text = addField(textOf(base, bench), JSON.stringify('x'.repeat(bytes)));
    const role = bytes === LARGE_BYTES ? undefined : 'a smaller body';
    return bench.send(messageOfText(text, bench), { part, role });
  };
  const finding = judgeAccepted(await send(LARGE_BYTES));
  if (finding.code !== 'not-accepted') return finding;
  // A limit is legitimate; a rejection as if the signature were wrong is not.
  if (isWithin(finding.exchanges[0]!.outcome, 413, 413)) return { ...finding, status: 'warn' };
  // A long text may break a rule of the app; spaces break none.
  const text = spaced(textOf(base, bench), LARGE_BYTES);
  const control = await bench.send(messageOfText(text, bench), { part, role: 'the event with spaces' });
  return judgeAccepted(control).status === 'pass' ? finding : findLimit(finding, send);
}

/** Runs last, because a rate limit that it triggers would affect other checks. */
export function burstCheck(base: Sample): Check {
  return {
    ...accepts,
    part,
    name: 'burst',
    sendsSeveral: true,
    sends: `${BURST_SIZE} messages at the same time`,
    meaning: `does not accept ${BURST_SIZE} messages at the same time`,
    why: 'a directory sync sends one event per user',
    fix: 'respond at once and do the work afterwards. Exempt the webhook route from rate limits',
    isAlone: true,
    async run(bench) {
      const exchanges = await atOnce(BURST_SIZE, () =>
        bench.send(messageOf(base, bench), { part: BURST_PART }),
      );
      const finding = judgeAll(exchanges);
      const lost = exchanges.filter((exchange) => judgeAccepted(exchange).status === 'fail');
      const isUnreached = lost.every(({ outcome }) => !outcome.answered && outcome.failure === 'timeout');
      // A few timeouts come from a development server's short accept queue, not from the handler.
      return isUnreached && lost.length > 0 && lost.length <= MAX_UNREACHED
        ? { ...finding, status: 'warn', code: 'not-connected' }
        : finding;
    },
  };
}

/** Sizes to find out up to which one a handler reads a body. */
const SMALLER_BYTES = [
  2000, 4000, 8000, 16_000, 24_000, 32_000, 48_000, 64_000, 80_000, 100_000, 150_000,
] as const;

/** Sends the same event in growing sizes until one is rejected. */
async function findLimit(finding: Finding, send: (bytes: number) => Promise<Exchange>): Promise<Finding> {
  let accepted: Exchange | undefined;
  let [rejected] = finding.exchanges;
  for (const bytes of SMALLER_BYTES) {
    const exchange = await send(bytes);
    if (judgeAccepted(exchange).status !== 'pass') {
      rejected = exchange;
      break;
    }
    accepted = exchange;
  }
  if (!accepted || !rejected) return finding;
  const [most, least] = [accepted, rejected].map(({ message }) => message.body.length);
  const found = `${finding.found}; accepted up to ${most} bytes, rejected from ${least} bytes`;
  return fail('partial-body', found, [...finding.exchanges, accepted]);
}

function atOnce(count: number, send: () => Promise<Exchange>): Promise<Exchange[]> {
  return Promise.all(Array.from({ length: count }, send));
}

function inTitleCase({ headers, body }: Message): Message {
  const titled = (name: string) => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
  return {
    body,
    headers: headers.map(
      ([name, value]) => [SIGNED_HEADERS.includes(name) ? titled(name) : name, value] as const,
    ),
  };
}
