import { newSecret } from '../../config/own-secret.ts';
import { SECRET_VARIABLE } from '../../config/secret-places.ts';
import { isWithin } from '../../delivery/outcome.ts';
import { WEBHOOK_TIMEOUT } from '../../delivery/schedules.ts';
import { parseTarget } from '../../delivery/target.ts';
import { eventBuilder, makeTemplate, newEventId, newWebhookId } from '../../events/build.ts';
import { readRequestedEvents } from '../../events/builders.ts';
import { admit, receive } from '../../listener/receive.ts';
import { openListener, type Receiver } from '../../listener/server.ts';
import type { Message } from '../../message.ts';
import { ReceptionTally, receivedFact } from '../../report/facts/reception.ts';
import { readSecret, type Secret } from '../../signature/secret.ts';
import { signMessage } from '../../signature/sign.ts';
import type { Context } from '../context.ts';
import { type Batch, dispatch, type Manner, type Parcel } from '../dispatch.ts';
import { GRACE_MS } from '../stop.ts';

/** Sends every event and a forged message to a temporary listener, and returns the exit code. */
export async function demo(context: Context): Promise<number> {
  const { io, report } = context;
  const fixtures = await readRequestedEvents(['*'], { root: io.root, cwd: io.cwd, fixtures: undefined });
  const secret = readSecret(newSecret()) as Secret;
  report.hide(secret.text);
  const tally = new ReceptionTally();
  const listener = await openListener('127.0.0.1', 0, receiverFor(secret, tally, context));
  const started = io.now();
  report.note(
    `listening on ${listener.url} with a temporary secret. Sending ${fixtures.length} event types:`,
  );
  const parcels = parcelsOf(
    fixtures.map((fixture) => eventBuilder(makeTemplate(fixture))),
    secret,
    context,
  );
  const batch: Batch = {
    command: 'demo',
    total: fixtures.length + 1,
    reports: 'none',
    next: () => parcels.next().value || undefined,
  };
  let exitCode = 0;
  try {
    exitCode = await dispatch(batch, mannerOf(listener.url, secret), context);
  } finally {
    await listener.close(GRACE_MS);
  }
  const isMet = exitCode === 0 && tally.verified === fixtures.length;
  report.print(tally.summary('demo', io.now() - started, { isMet }));
  if (isMet)
    report.note(
      'next, run scalekit-hooks listen in one terminal and scalekit-hooks send user.created in another',
    );
  return exitCode === 0 && !isMet ? 1 : exitCode;
}

/** One event of each type, then a forged message that the listener must reject. */
function* parcelsOf(
  builders: readonly ReturnType<typeof eventBuilder>[],
  secret: Secret,
  { io, report }: Context,
): Generator<Parcel> {
  const signed = (body: Uint8Array, now: number) =>
    signMessage({ id: newWebhookId(), timestamp: Math.floor(now / 1000), body }, [secret]);
  for (const build of builders) {
    const event = build(io.now());
    yield {
      event,
      messageAt: (now) => signed(event.body, now),
      isGood: (outcome) => isWithin(outcome, 201, 201),
    };
  }
  report.note('sending a forged message, changed after it was signed:');
  const event = builders[0]!(io.now());
  yield {
    event,
    messageAt: (now) => forge(signed(event.body, now)),
    isGood: (outcome) => isWithin(outcome, 401, 401),
  };
}

function mannerOf(url: string, secret: Secret): Manner {
  return {
    delivery: {
      target: parseTarget(`${url}/webhook`),
      secret: { secrets: [secret], source: 'this demo', isOurs: true, variable: SECRET_VARIABLE, notes: [] },
      headers: [],
      timeout: WEBHOOK_TIMEOUT,
      insecure: false,
    },
    pace: { concurrency: 1 },
    retry: undefined,
  };
}

function receiverFor(secret: Secret, tally: ReceptionTally, { io, report }: Context): Receiver {
  const rules = { secrets: [secret] };
  return {
    admit: (head) => admit(head, rules),
    receive(whole) {
      const started = performance.now();
      const { request, reception } = receive(whole, rules, io.now());
      const { status } = reception.answer;
      tally.add(reception, status);
      const milliseconds = performance.now() - started;
      const received = { request, reception, status, milliseconds, delivery: 1, capture: undefined };
      if (!report.isQuiet) report.print(receivedFact(received));
      return reception.answer;
    },
  };
}

/** Replaces the event id in the signed body, as an attacker could. */
function forge(message: Message): Message {
  const body = Buffer.from(message.body)
    .toString()
    .replace(/evt_[0-9]+/, newEventId());
  return { ...message, body: Buffer.from(body) };
}
