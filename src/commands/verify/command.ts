import { type Command, Option } from 'commander';
import { flags, repeatable, single } from '../../cli/flags.ts';
import type { RunWith } from '../context.ts';
import type { VerifyFlags } from './options.ts';

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
      run(async (context) => (await import('./options.ts')).verify(message, given, context)),
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
