import { withStore } from '../../captures/open.ts';
import { capturesOfEvent } from '../../captures/same-event.ts';
import { findCapturesPlace } from '../../config/captures.ts';
import { findInterceptorSecrets, findSecrets, type SecretSetting } from '../../config/secrets.ts';
import { HooksError } from '../../errors.ts';
import { identifyEvent } from '../../events/identify.ts';
import { readBody } from '../../input/bytes.ts';
import { type Headers, ID_HEADER, type Message, soleHeader } from '../../message.ts';
import { readAnySecret } from '../../signature/secret.ts';
import { TOLERANCE_SECONDS } from '../../signature/verdict.ts';
import type { Context } from '../context.ts';
import { asSentFromHere } from '../sent-message.ts';
import type { VerifyFlags } from './flags.ts';
import { type GivenMessage, readMessages, type Unread } from './messages.ts';

/** Valid settings; the messages may still be unreadable. */
export interface VerifySettings {
  /** Read as they are asked for, because stdin may stay open. */
  readonly messages: Iterable<GivenMessage> | AsyncIterable<GivenMessage | Unread>;
  readonly secret: SecretSetting;
  /** For requests to interceptors; undefined if none is set. */
  readonly interceptorSecret: SecretSetting | undefined;
  /** In seconds. */
  readonly tolerance: number;
  /** Verify as of this time, in ms since 1970; undefined for the time of receipt, or else now. */
  readonly at: number | undefined;
  readonly showsSignedText: boolean;
  /** Verified messages that may be about the same event as a rejected one. */
  known(message: Message): Promise<readonly Message[]>;
}

/** Reads the body of --body, but no other message yet. Throws HooksError. */
export async function readVerifySettings(given: VerifyFlags, context: Context): Promise<VerifySettings> {
  const { io } = context;
  const hasOwnSecret = given.secret.length > 0;
  return {
    messages:
      given.body === undefined
        ? readMessages(given.message, findCapturesPlace(io, given), context)
        : [await fromFlags(given.body, given.header, context)],
    secret: findSecrets(io, given.secret, { read: readAnySecret }),
    interceptorSecret: hasOwnSecret ? undefined : findInterceptorSecrets(io, readAnySecret),
    tolerance: given.tolerance === undefined ? TOLERANCE_SECONDS : given.tolerance / 1000,
    at: given.at,
    showsSignedText: given.showSignedText,
    known: async (message) => [
      ...(await capturesOf(message, given, context)),
      ...asSentFromHere(message, context),
    ],
  };
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
