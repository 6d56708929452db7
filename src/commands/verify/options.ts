import { withStore } from '../../captures/open.ts';
import { capturesOfEvent } from '../../captures/same-event.ts';
import { findCapturesPlace } from '../../config/captures.ts';
import { findInterceptorSecrets, findSecrets } from '../../config/secrets.ts';
import { HooksError } from '../../errors.ts';
import { identifyEvent } from '../../events/identify.ts';
import { readBody } from '../../input/bytes.ts';
import { type Headers, ID_HEADER, type Message, soleHeader } from '../../message.ts';
import { readAnySecret } from '../../signature/secret.ts';
import { TOLERANCE_SECONDS } from '../../signature/verdict.ts';
import type { Context } from '../context.ts';
import { asSentFromHere } from '../sent-message.ts';
import type { VerifyFlags } from './flags.ts';
import { type GivenMessage, readMessages } from './messages.ts';
import { verifyAll } from './run.ts';

/** Returns the exit code. Throws HooksError. */
export async function verify(given: VerifyFlags, context: Context): Promise<number> {
  const { io } = context;
  const messages =
    given.body === undefined
      ? readMessages(given.message, findCapturesPlace(io, given), context)
      : [await fromFlags(given.body, given.header, context)];
  const hasOwnSecret = given.secret.length > 0;
  return verifyAll(
    messages,
    {
      secret: findSecrets(io, given.secret, { read: readAnySecret }),
      interceptorSecret: hasOwnSecret ? undefined : findInterceptorSecrets(io, readAnySecret),
      tolerance: given.tolerance === undefined ? TOLERANCE_SECONDS : given.tolerance / 1000,
      at: given.at,
      showsSignedText: given.showSignedText,
      known: async (message) => [
        ...(await capturesOf(message, given, context)),
        ...asSentFromHere(message, context),
      ],
    },
    context,
  );
}

/** The verified captures of the same event. Without a folder of captures, or with an unreadable one, there are none. */
async function capturesOf(
  { headers, body }: Message,
  given: VerifyFlags,
  { io }: Context,
): Promise<Message[]> {
  const names = { webhookId: soleHeader(headers, ID_HEADER) ?? null, eventId: identifyEvent(body).id };
  try {
    return await withStore(findCapturesPlace(io, given), async (store) =>
      capturesOfEvent(await store.openReader(), names),
    );
  } catch (error) {
    if (error instanceof HooksError) return [];
    throw error;
  }
}

async function fromFlags(body: string, headers: Headers, { io, report }: Context): Promise<GivenMessage> {
  if (body === '-' && io.stdin.isTerminal)
    report.note('reading the body from the terminal. Press Ctrl-D to finish');
  return {
    message: { headers, body: await readBody(body, io) },
    time: undefined,
    capture: undefined,
    isFromFlags: true,
  };
}
