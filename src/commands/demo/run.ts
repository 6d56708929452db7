import { randomBytes } from 'node:crypto';
import { WEBHOOK_TIMEOUT } from '../../delivery/schedules.ts';
import { parseTarget } from '../../delivery/target.ts';
import { openDelivery } from '../../delivery/transport/index.ts';
import { buildEvent, makeTemplate, newEventId, newWebhookId } from '../../events/build.ts';
import { readRequestedEvents } from '../../events/builders.ts';
import { admit, receive } from '../../listener/receive.ts';
import { openListener, type Receiver } from '../../listener/server.ts';
import type { Message } from '../../message.ts';
import { ReceptionTally, receivedFact } from '../../report/facts/reception.ts';
import { readSecret, type Secret } from '../../signature/secret.ts';
import { signMessage } from '../../signature/sign.ts';
import { type Context, listenForStop, PATIENCE } from '../context.ts';

/** Sends every event to a listener of its own, and returns the exit code. */
export async function demo({ io, report }: Context): Promise<number> {
  const fixtures = await readRequestedEvents(['*'], { root: io.root, cwd: io.cwd, fixtures: undefined });
  const events = fixtures.map((fixture) => makeTemplate(fixture));
  const secret = readSecret(`whsec_${randomBytes(24).toString('base64')}`) as Secret;
  report.hide(secret.text);
  const tally = new ReceptionTally();
  const listener = await openListener('127.0.0.1', 0, judgeWith(secret, tally, { io, report }));
  const stop = listenForStop(io);
  const delivery = openDelivery(parseTarget(`${listener.url}/webhook`), {
    timeout: WEBHOOK_TIMEOUT,
    stop: stop.cut,
  });
  const started = io.now();
  const deliver = async (message: Message) => {
    const outcome = await delivery.deliver(message);
    return outcome.answered ? outcome.status : undefined;
  };
  const sign = (body: Uint8Array) =>
    signMessage({ id: newWebhookId(), timestamp: Math.floor(io.now() / 1000), body }, [secret]);

  report.note(`a listener on ${listener.url}, a secret for this demo only, ${events.length} event types:`);
  let held = true;
  try {
    for (const template of events) {
      if (stop.asked.aborted) break;
      const status = await deliver(sign(buildEvent(template, io.now()).body));
      held &&= status === 201;
    }
    report.note('and a message that was changed after it was signed:');
    const forgedStatus = await deliver(forge(sign(buildEvent(events[0]!, io.now()).body)));
    held &&= forgedStatus === 401 && tally.verified === events.length;
  } finally {
    stop.forget();
    await delivery.close();
    await listener.close(PATIENCE);
  }
  report.tell(tally.summary('demo', io.now() - started, { isMet: held }));
  if (held)
    report.note('next: scalekit-hooks listen in one terminal, scalekit-hooks send user.created in another');
  return stop.exitCode ?? (held ? 0 : 1);
}

function judgeWith(secret: Secret, tally: ReceptionTally, { io, report }: Context): Receiver {
  const rules = { secrets: [secret] };
  return {
    admit: (head) => admit(head, rules),
    receive(request) {
      const started = performance.now();
      const reception = receive(request, rules, io.now());
      const { status } = reception.answer;
      tally.add(reception, status);
      const milliseconds = performance.now() - started;
      const told = { request, reception, status, milliseconds, delivery: 1, capture: undefined };
      if (!report.isQuiet) report.tell(receivedFact(told));
      return reception.answer;
    },
  };
}

/** The message with another event id in its body than was signed, as somebody on the way might put there. */
function forge(message: Message): Message {
  const body = Buffer.from(message.body)
    .toString()
    .replace(/evt_[0-9]+/, newEventId());
  return { ...message, body: Buffer.from(body) };
}
