import { type Command, Option } from 'commander';
import { readBody } from '../settings/body.ts';
import { type CapturesFlags, findCapturesFolder, parseMoment } from '../settings/captures.ts';
import { findInterceptorSecrets, findSecrets } from '../settings/secrets.ts';
import { parseDuration, parseHeader } from '../settings/values.ts';
import { readAnySecret } from '../signature/secret.ts';
import { TOLERANCE_SECONDS } from '../signature/verdict.ts';
import type { Context, RunWith } from './context.ts';
import { flags, refuseContradictions, repeatable, single } from './flags.ts';
import { type GivenMessage, readMessages } from './given-messages.ts';
import { verifyAll } from './verifying.ts';

interface VerifyFlags extends CapturesFlags {
  readonly body?: string;
  readonly header?: readonly string[];
  readonly secret?: readonly string[];
  readonly tolerance?: string;
  readonly at?: string;
  readonly showSignedText?: boolean;
}

export function register(command: Command, run: RunWith): void {
  command
    .argument(
      '[message]',
      'a file with an HTTP request or lines of listen --json, - for stdin, or the id of a capture',
    )
    .addOption(single('--body <body>', 'the body alone, with -H: @file, - for stdin, or JSON'))
    .addOption(repeatable('-H, --header <name: value>', 'a header of the message, with --body; repeatable'))
    .addOption(flags.secret())
    .addOption(
      single(
        '--tolerance <duration>',
        'how far its timestamp may be from now (default: 5m, as in every SDK)',
      ),
    )
    .addOption(
      single('--at <time>', 'judge as if now were then: a date, seconds since 1970, 1h ago as 1h, or now'),
    )
    .addOption(new Option('--show-signed-text', 'show what is signed, part by part, with lengths and sha256'))
    .addOption(flags.captures())
    .addHelpText('after', help)
    .action((message: string | undefined, given: VerifyFlags) =>
      run((context) => verify(message, given, context)),
    );
}

const help = `
Says whether a message verifies, with which secret, and how old it is; where a known SDK would judge otherwise; and of one
that does not, why: it searches for the mistake that makes the signature fit, in how the body was written, how the secret
was read, what was signed, and how id, time and signature stand in the headers. A capture is judged as of when it came.
Exit code 0 when it verifies, 1 when it does not. The signature that is expected is never printed.

  $ scalekit-hooks verify last
  $ scalekit-hooks verify request.http --at now
  $ scalekit-hooks listen --json | scalekit-hooks verify -
  $ scalekit-hooks verify --body @body.json -H 'webhook-id: msg_1' -H 'webhook-timestamp: 1795360000' -H 'webhook-signature: v1,…'`;

async function verify(source: string | undefined, given: VerifyFlags, context: Context): Promise<number> {
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
