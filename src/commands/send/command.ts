import { type Command, Option } from 'commander';
import { faultNames } from '../../checks/fault-names.ts';
import { flags, oneOf, repeatable, single, suggesting } from '../../cli/flags.ts';
import { triggerPoints } from '../../events/catalog/trigger-points.ts';
import type { RunWith } from '../context.ts';
import type { SendFlags } from './options.ts';

export function register(command: Command, run: RunWith): void {
  command
    .argument('[types...]', "event types, patterns such as 'user.*', or event files such as ./event.json")
    .addOption(new Option('--all', 'send every event type'))
    .addOption(flags.to())
    .addOption(flags.secret())
    .addOption(flags.set())
    .addOption(flags.unset())
    .addOption(flags.add())
    .addOption(
      suggesting(
        repeatable(
          '--interceptor <point>',
          'ask an interceptor, as Scalekit does at a trigger point; repeatable',
        ),
        triggerPoints,
      ),
    )
    .addOption(
      new Option('--interceptor-headers-only', 'leave the webhook-* headers out, which the Go SDK reads'),
    )
    .addOption(single('--body <body>', 'send these bytes: @file, - for stdin, or JSON'))
    .addOption(flags.header())
    .addOption(single('--webhook-id <id>', 'the webhook-id of the messages (default: a new one each)'))
    .addOption(single('--timestamp <time>', 'their timestamp: seconds, or a date and time (default: now)'))
    .addOption(single('--age <duration>', 'how old they are, such as 10m; -10m is ahead'))
    .addOption(
      suggesting(
        single('--fault <name>', 'spoil them so that a right handler refuses; exit code 0 when it does'),
        faultNames,
      ),
    )
    .addOption(new Option('--dry-run', 'print the messages, send nothing'))
    .addOption(oneOf('--print <form>', 'print them as curl lines, send nothing', ['curl']))
    .addOption(flags.retry())
    .addOption(flags.retryScale())
    .addOption(flags.retrySchedule())
    .addOption(single('--count <n>', 'send everything n times, each with its own ids'))
    .addOption(flags.concurrency())
    .addOption(flags.rate())
    .addOption(flags.timeout())
    .addOption(flags.allowHost())
    .addOption(flags.insecure())
    .addOption(flags.fixtures())
    .addOption(new Option('--keep-id', 'keep the id and occurred_at of the event file'))
    .addOption(flags.force())
    .addHelpText('after', help)
    .action((types: string[], given: SendFlags) =>
      run(async (context) => {
        const [{ readSendOptions }, { send }] = await Promise.all([
          import('./options.ts'),
          import('./run.ts'),
        ]);
        return send(await readSendOptions(types, given, context), context);
      }),
    );
}

const help = `
In a pattern * stands for any characters, dots included: 'organization.*' takes organization.directory.user_created too.
Paths start at the event's root: data.email, data.groups[0].name, and in quotes what has dots: 'data."Order No."=7'.
--set and --unset need a field that is there; --add makes one. They are made in the order unset, set, add.
The exit code is the handler's answer: 0 for 2xx, 1 for another status, 3 when no answer came.

  $ scalekit-hooks send user.created
  $ scalekit-hooks send 'user.*' 'session.*' --to localhost:8080/hooks
  $ scalekit-hooks send user.created --set data.email=x@example.com --add 'data.age:=36'
  $ scalekit-hooks send --body @event.json --age 10m
  $ scalekit-hooks send user.created --fault wrong-secret
  $ scalekit-hooks send --interceptor PRE_SIGNUP --to localhost:3000/auth/interceptor
  $ scalekit-hooks send --all --count 100 --concurrency 10`;
