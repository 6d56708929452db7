import { refuseContradictions } from '../../cli/flags.ts';
import { parseDuration, parseHeader } from '../../cli/values.ts';
import { type CapturesFlags, findCapturesFolder, parseMoment } from '../../config/captures.ts';
import { findInterceptorSecrets, findSecrets } from '../../config/secrets.ts';
import { readBody } from '../../input/bytes.ts';
import { readAnySecret } from '../../signature/secret.ts';
import { TOLERANCE_SECONDS } from '../../signature/verdict.ts';
import type { Context } from '../context.ts';
import { type GivenMessage, readMessages } from './messages.ts';
import { verifyAll } from './run.ts';

/** The flags of `verify` as they are given. */
export interface VerifyFlags extends CapturesFlags {
  readonly body?: string;
  readonly header?: readonly string[];
  readonly secret?: readonly string[];
  readonly tolerance?: string;
  readonly at?: string;
  readonly showSignedText?: boolean;
}

/** Verifies what argument and flags mean, and returns the exit code. Throws HooksError. */
export async function verify(
  source: string | undefined,
  given: VerifyFlags,
  context: Context,
): Promise<number> {
  const { io } = context;
  const noBody = 'the file or capture has a body and headers of its own';
  refuseContradictions([
    [source !== undefined && given.body !== undefined, 'a message', '--body', noBody],
    [source !== undefined && given.header, 'a message', '-H', noBody],
    [
      given.body === undefined && source === undefined && given.header,
      '-H',
      'no --body',
      'a message has a body, if only an empty one',
    ],
  ]);
  const at = readAt(given.at, io.now());
  const tolerance =
    given.tolerance === undefined ? TOLERANCE_SECONDS : parseDuration('--tolerance', given.tolerance) / 1000;
  const messages =
    given.body === undefined
      ? readMessages(source, findCapturesFolder(io, given), context)
      : [await fromFlags(given.body, given.header ?? [], context)];
  return verifyAll(
    messages,
    {
      secret: findSecrets(io, given.secret ?? [], { read: readAnySecret }),
      interceptorSecret: given.secret ? undefined : findInterceptorSecrets(io, readAnySecret),
      tolerance,
      at,
      showsSignedText: given.showSignedText ?? false,
    },
    context,
  );
}

async function fromFlags(
  body: string,
  headers: readonly string[],
  { io, report }: Context,
): Promise<GivenMessage> {
  if (body === '-' && io.stdin.isTerminal) report.note('reading the body from the keyboard, Ctrl-D ends it');
  return {
    message: { headers: headers.map(parseHeader), body: await readBody(body, io) },
    time: undefined,
    capture: undefined,
  };
}

/** The moment to judge as of, in milliseconds since 1970; undefined for when the message came, or now. */
function readAt(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  if (text === 'now') return now;
  return /^\d{9,11}$/.test(text) ? Number(text) * 1000 : parseMoment('--at', text, now);
}
